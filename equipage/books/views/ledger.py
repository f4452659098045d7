"""The books as pages and files: the balance of a year, and its FEC."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from equipage.books import fec
from equipage.books.lists import LedgerListing
from equipage.books.selectors import movements, trial_balance, year_asked, years_of_books
from equipage.foundation.access import access
from equipage.foundation.listing import listing_view
from equipage.funding.desk import association_of, money_tabs
from equipage.people.roles import ASSOCIATION_ROLES

ledger = access(*ASSOCIATION_ROLES)(listing_view(LedgerListing, "funding/listing.html"))


@access(*ASSOCIATION_ROLES)
def balance(request: HttpRequest) -> HttpResponse:
    """What each account received and gave in a year: the last one written, or the one asked for."""
    organisation = association_of(request)
    years = years_of_books(organisation)
    year = year_asked(organisation, request.GET.get("annee", ""))
    here = reverse("books:balance")
    context = {
        "balance": trial_balance(organisation, year),
        "organisation": organisation,
        "tabs": money_tabs(request.path),
        "years": [
            {"label": str(known), "url": f"{here}?annee={known}", "current": known == year} for known in reversed(years)
        ],
    }
    return render(request, "books/balance.html", context)


@access(*ASSOCIATION_ROLES)
def fec_file(request: HttpRequest, year: int) -> Any:
    """The FEC of a year, written as it is read; of a year without entries, its header."""
    organisation = association_of(request)
    answer = StreamingHttpResponse(
        fec.lines(movements(organisation, year)), content_type=f"text/plain; charset={fec.ENCODING}"
    )
    answer["Content-Disposition"] = f'attachment; filename="{fec.name(organisation.siren, year)}"'
    return answer
