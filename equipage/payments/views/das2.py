"""The preparation of the DAS2, as a list and as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from equipage.foundation.access import access
from equipage.foundation.listing import listing_view
from equipage.payments.das2 import last_full_year
from equipage.payments.lists import Das2Listing
from equipage.people.roles import ASSOCIATION_ROLES

das2 = access(*ASSOCIATION_ROLES)(listing_view(Das2Listing, "payments/das2.html"))


@access(*ASSOCIATION_ROLES)
def last(request: HttpRequest) -> HttpResponse:
    """The year to declare."""
    return redirect("payments:das2", last_full_year())
