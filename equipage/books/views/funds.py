"""Subsidies and dedicated funds, funder by funder."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.books import subsidies
from equipage.books.forms import SubsidyForm
from equipage.books.selectors import year_asked, years_of_books
from equipage.books.services import closed_until
from equipage.foundation.access import access
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, posted
from equipage.people.roles import ASSOCIATION_ROLES, Role


@access(*ASSOCIATION_ROLES)
def funds(request: HttpRequest) -> HttpResponse:
    """The table of the annex: brought, notified, received, spent, used, put aside, left."""
    organisation = association_of(request)
    year = year_asked(organisation, request.GET.get("annee", ""))
    here = reverse("books:funds")
    rows = subsidies.funds_of(organisation, year)
    context = {
        "year": year,
        "rows": rows,
        "unnamed": any(row.spent_cents and not row.funder for row in rows),
        "closed": year <= closed_until(organisation),
        "may_record": can(request.user, "books.record_subsidy", organisation).allowed,
        "tabs": money_tabs(request.path),
        "years": [
            {"label": str(known), "url": f"{here}?annee={known}", "current": known == year}
            for known in reversed(years_of_books(organisation))
        ],
    }
    return render(request, "books/funds.html", context)


@access(Role.ASSOCIATION_TREASURER, writes=True)
def new_subsidy(request: HttpRequest) -> HttpResponse:
    """Write that a funder notified, or paid, a subsidy."""
    organisation = association_of(request)
    form = SubsidyForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                form.record(organisation, request.user)
            except Refused as refused:
                refuse_on(form, refused)
            else:
                messages.success(request, "La subvention est écrite au livre.")
                return redirect("books:funds")
    context = {"form": form, "back": reverse("books:funds")}
    return render(request, "books/subsidy_form.html", context, status=status)
