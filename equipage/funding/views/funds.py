"""The credits of a year: what funders give, for what, and what is left of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.french import euros
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, posted
from equipage.funding.forms import FundForm, PlanForm, earmark_choices
from equipage.funding.models import Fund, YearPlan
from equipage.funding.selectors import credits_of, years_of
from equipage.funding.services import envelopes
from equipage.funding.services import funds as verbs
from equipage.people.roles import ASSOCIATION_ROLES


def year_or_404(year: int) -> int:
    """A year in which somebody may give money."""
    if not 2000 <= year <= 2200:
        raise Http404
    return year


def year_links(organisation: Any, year: int, name: str) -> list[dict[str, Any]]:
    """The years of an association, as tabs of the page `name`."""
    years = sorted({*years_of(organisation), year}, reverse=True)
    return [{"label": str(one), "url": reverse(name, args=[one]), "current": one == year} for one in years]


@access(*ASSOCIATION_ROLES)
def this_year(request: HttpRequest) -> HttpResponse:
    """The credits of the present year."""
    return redirect("funding:year", today().year)


@access(*ASSOCIATION_ROLES)
def year(request: HttpRequest, year: int) -> HttpResponse:
    """The credits of a year, each with its gauge, its earmark and what is left."""
    organisation = association_of(request)
    found = credits_of(organisation, year_or_404(year))
    names = {key: dict(choices) for key, choices in earmark_choices(organisation.region_id).items()}
    context = {
        "credits": found,
        "funds": [_shown(fund, names) for fund in found.funds],
        "plan": YearPlan.objects.filter(organisation=organisation, year=year).first(),
        "left_cents": (found.amount_cents or 0) - found.committed_cents,
        "tabs": money_tabs(request.path),
        "years": year_links(organisation, year, "funding:year"),
        "may_enter": can(request.user, "funding.enter_fund", organisation).allowed,
    }
    return render(request, "funding/year.html", context)


def _shown(fund: Fund, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A credit with the words of its earmark."""
    marks = [names[key].get(code, code) for key in ("kinds", "themes", "departments") for code in getattr(fund, key)]
    return {
        "fund": fund,
        "marks": marks,
        "shown": f"{euros(fund.committed_cents)} sur {euros(fund.amount_cents)}",
        "sentence": f"Il reste {euros(fund.left_cents)} à engager.",
    }


@access(*ASSOCIATION_ROLES, writes=True)
def new_fund(request: HttpRequest, year: int) -> HttpResponse:
    """Enter what a funder gives."""
    return _edit(request, association_of(request), year_or_404(year), None)


@access(*ASSOCIATION_ROLES, writes=True)
def edit_fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Correct a credit."""
    row = get_object_or_404(Fund.objects.visible_to(request.user).select_related("organisation"), pk=fund_id)
    return _edit(request, row.organisation, row.year, row)


def _edit(request: HttpRequest, organisation: Any, year: int, row: Fund | None) -> HttpResponse:
    if not can(request.user, "funding.enter_fund", organisation).allowed:
        raise Http404
    initial = {name: getattr(row, name) for name in FundForm.base_fields if name != "amount"} if row else {}
    if row:
        initial["amount"] = row.amount_cents
    form = FundForm(posted(request), initial=initial, region_id=organisation.region_id)
    if request.method == "POST" and form.is_valid():
        try:
            saved = verbs.save_fund(actor=request.user, organisation=organisation, year=year, fund=row, **form.given())
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"Le crédit « {saved.label} » est enregistré.")
            return redirect("funding:year", year)
    context = {"form": form, "year": year, "fund": row, "cancel_url": reverse("funding:year", args=[year])}
    return render(request, "funding/fund_form.html", context, status=422 if request.method == "POST" else 200)


@access(*ASSOCIATION_ROLES, writes=True)
def remove_fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Take away a credit entered by mistake, asked once more."""
    row = get_object_or_404(Fund.objects.visible_to(request.user).select_related("organisation"), pk=fund_id)
    if not can(request.user, "funding.enter_fund", row.organisation).allowed:
        raise Http404
    back = reverse("funding:year", args=[row.year])
    if request.method == "POST":
        try:
            verbs.remove_fund(row, actor=request.user)
            messages.success(request, f"Le crédit « {row.label} » est retiré.")
        except Refused as refused:
            messages.error(request, refused.sentence)
        return redirect(back)
    context = {
        "heading": f"Retirer « {row.label} »",
        "sentence": f"{euros(row.amount_cents)} pour {row.year}.",
        "consequences": ["Possible seulement tant que rien n'est engagé dessus."],
        "form": None,
        "button": "Retirer ce crédit",
        "tone": "stop",
        "cancel_url": back,
    }
    return render(request, "web/confirm.html", context)


@access(*ASSOCIATION_ROLES, writes=True)
def plan(request: HttpRequest, year: int) -> HttpResponse:
    """What every team begins the year with."""
    organisation = association_of(request)
    if not can(request.user, "funding.plan_year", organisation).allowed:
        raise Http404
    known = YearPlan.objects.filter(organisation=organisation, year=year_or_404(year)).first()
    form = PlanForm(posted(request), initial={"team_amount": known.team_cents} if known else {})
    back = reverse("funding:teams", args=[year])
    if request.method == "POST" and form.is_valid():
        cents = form.cleaned_data["team_amount"]
        try:
            envelopes.plan_year(actor=request.user, organisation=organisation, year=year, team_cents=cents)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"Chaque équipe commence {year} avec {euros(cents)} au plus.")
            return redirect(back)
    context = {"form": form, "year": year, "cancel_url": back}
    return render(request, "funding/plan.html", context, status=422 if request.method == "POST" else 200)
