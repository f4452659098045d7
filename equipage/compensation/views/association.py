"""The association's own money: its lines, its year."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from equipage.compensation.dashboard import Year, year_of, years_of
from equipage.compensation.delays import delays_of
from equipage.compensation.lists import LineListing
from equipage.foundation.access import access
from equipage.foundation.french import euros
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.funding.desk import association_of, money_tabs
from equipage.people.roles import ASSOCIATION_ROLES

line_list = access(*ASSOCIATION_ROLES)(listing_view(LineListing, "funding/listing.html"))


@access(*ASSOCIATION_ROLES)
def dashboard(request: HttpRequest) -> HttpResponse:
    """The year month by month, against what funders give."""
    organisation = association_of(request)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2200 else today().year
    here = reverse("compensation:dashboard")
    years = sorted({*years_of(organisation), today().year}, reverse=True)
    data = year_of(organisation, year)
    context = {
        "data": data,
        "delays": delays_of(organisation, year),
        **_budget_gauge(data),
        "tabs": money_tabs(request.path),
        "years": [{"label": str(known), "url": f"{here}?annee={known}", "current": known == year} for known in years],
    }
    return render(request, "compensation/dashboard.html", context)


def _budget_gauge(data: Year) -> dict[str, Any]:
    """The words of the gauge of the credits."""
    amount = data.credits.amount_cents
    if amount is None or data.left_cents is None:
        return {"shown": "", "sentence": "", "keys": ()}
    left = data.left_cents
    return {
        "shown": f"{euros(data.committed_cents)} sur {euros(amount)}",
        "keys": (f"engagés : {euros(data.committed_cents)}", f"à valider : {euros(data.estimated_cents)}"),
        "sentence": f"Il reste {euros(left)} à engager."
        if left >= 0
        else f"Les crédits sont dépassés de {euros(-left)} : parlez-en aux financeurs avant la prochaine campagne.",
    }
