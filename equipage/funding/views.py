"""Saying what may be spent: the regional budget of a year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipage.foundation.access import access
from equipage.foundation.money import as_euros
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.funding import services as verbs
from equipage.funding.desk import association_of, posted, year_page
from equipage.funding.forms import BudgetForm, refuse_on
from equipage.funding.models import RegionalBudget
from equipage.people.roles import ASSOCIATION_ROLES


@access(*ASSOCIATION_ROLES, writes=True)
def budget(request: HttpRequest, year: int) -> HttpResponse:
    """Enter or correct the regional budget of a year."""
    organisation = association_of(request)
    if not can(request.user, "funding.set_budget", organisation).allowed or not 2000 <= year <= 2200:
        raise Http404
    known = RegionalBudget.objects.filter(organisation=organisation, year=year).first()
    initial: dict[str, Any] = (
        {"amount": str(as_euros(known.amount_cents)).replace(".", ","), "fictitious": known.fictitious} if known else {}
    )
    form = BudgetForm(posted(request), initial=initial)
    back = year_page(year)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.set_budget(
                actor=request.user,
                organisation=organisation,
                year=year,
                amount_cents=form.cleaned_data["amount"],
                fictitious=form.cleaned_data["fictitious"],
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"Le budget {year} est enregistré.")
            return redirect(back)
    context = {"form": form, "year": year, "cancel_url": back}
    return render(request, "funding/budget.html", context, status=422 if request.method == "POST" else 200)
