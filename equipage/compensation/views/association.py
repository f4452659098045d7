"""The association's own money: its account, its year, its budget."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.compensation.dashboard import Year, year_of, years_of
from equipage.compensation.forms.runs import AccountForm, BudgetForm, refuse_on
from equipage.compensation.lists import money_tabs
from equipage.compensation.models import AssociationAccount, RegionalBudget
from equipage.compensation.services import treasury
from equipage.compensation.views.common import association_of, posted
from equipage.foundation.access import access
from equipage.foundation.fields import warnings_of
from equipage.foundation.french import euros
from equipage.foundation.money import as_euros
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.roles import ASSOCIATION_ROLES


@access(*ASSOCIATION_ROLES)
def dashboard(request: HttpRequest) -> HttpResponse:
    """The year month by month, against the regional budget."""
    organisation = association_of(request)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2200 else today().year
    here = reverse("compensation:dashboard")
    years = sorted({*years_of(organisation), today().year}, reverse=True)
    data = year_of(organisation, year)
    context = {
        "data": data,
        **_budget_gauge(data),
        "tabs": money_tabs(request.path),
        "years": [{"label": str(known), "url": f"{here}?annee={known}", "current": known == year} for known in years],
        "may_budget": can(request.user, "compensation.set_budget", organisation).allowed,
    }
    return render(request, "compensation/dashboard.html", context)


def _budget_gauge(data: Year) -> dict[str, Any]:
    """The words of the gauge of the budget."""
    if data.budget is None or data.left_cents is None:
        return {"shown": "", "sentence": "", "keys": ()}
    left = data.left_cents
    return {
        "shown": f"{euros(data.committed_cents)} sur {euros(data.budget.amount_cents)}",
        "keys": (f"engagés : {euros(data.committed_cents)}", f"à valider : {euros(data.estimated_cents)}"),
        "sentence": f"Il reste {euros(left)} à engager."
        if left >= 0
        else f"Le budget est dépassé de {euros(-left)} : parlez-en à l'ARS avant la prochaine campagne.",
    }


@access(*ASSOCIATION_ROLES, writes=True)
def budget(request: HttpRequest, year: int) -> HttpResponse:
    """Enter or correct the regional budget of a year."""
    organisation = association_of(request)
    if not can(request.user, "compensation.set_budget", organisation).allowed or not 2000 <= year <= 2200:
        raise Http404
    known = RegionalBudget.objects.filter(organisation=organisation, year=year).first()
    initial: dict[str, Any] = (
        {"amount": str(as_euros(known.amount_cents)).replace(".", ","), "fictitious": known.fictitious} if known else {}
    )
    form = BudgetForm(posted(request), initial=initial)
    back = f"{reverse('compensation:dashboard')}?annee={year}"
    if request.method == "POST" and form.is_valid():
        try:
            treasury.set_budget(
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
    return render(request, "compensation/budget.html", context, status=422 if request.method == "POST" else 200)


@access(*ASSOCIATION_ROLES, writes=True)
def account(request: HttpRequest) -> HttpResponse:
    """The account the association pays from; only its administration changes it."""
    organisation = association_of(request)
    known = AssociationAccount.objects.filter(organisation=organisation).select_related("given_by").first()
    decision = can(request.user, "compensation.give_account", organisation)
    form = AccountForm(posted(request), initial={"holder": known.holder if known else organisation.name[:70]})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                treasury.give_account(actor=request.user, organisation=organisation, **form.cleaned_data)
            except Refused as refused:
                refuse_on(form, refused)
            else:
                for warning in warnings_of(form).values():
                    messages.warning(request, warning)
                messages.success(request, "Le compte de l'association est enregistré.")
                return redirect("compensation:account")
    context = {"known": known, "form": form, "decision": decision, "tabs": money_tabs(request.path)}
    return render(request, "compensation/account.html", context, status=status)
