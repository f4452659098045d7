"""Pages of the method: the public page, the plans, the draw of a month, a draw made again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.controls.forms import PlanForm
from equipage.controls.lists import PlanListing
from equipage.controls.models import ControlPlan, Draw
from equipage.controls.rules import LABELS, Rate, Risk
from equipage.controls.selectors import drawn_again, plan_for, preview_of
from equipage.controls.services import draws, plans
from equipage.controls.states import PLAN
from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import Month, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, moves, open_move, posted
from equipage.people.models import Organisation
from equipage.people.roles import ASSOCIATION_ROLES

plan_list = access(*ASSOCIATION_ROLES)(listing_view(PlanListing, "funding/listing.html"))


def _rows(rates: dict[str, Rate]) -> list[dict[str, Any]]:
    return [{"label": LABELS[risk], "rate": rates[risk]} for risk in Risk if risk in rates]


@access(PUBLIC)
def method(request: HttpRequest) -> HttpResponse:
    """How controls are drawn: classes, rates, delays of each association. No name, no result of a team."""
    found = []
    for association in Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION).order_by("name", "id"):
        plan = plan_for(association, today())
        if plan is not None:
            found.append({"plan": plan, "association": association, "rates": _rows(plan.rates_by_class())})
    return render(request, "controls/method.html", {"plans": found})


@access(SIGNED_IN)
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan. An adopted one is public."""
    row = _plan_seen(request, plan_id)
    user: Any = request.user
    context = {
        "plan": row,
        "rates": _rows(row.rates_by_class()),
        "tabs": money_tabs(reverse("controls:list")) if user.holds(*ASSOCIATION_ROLES) else [],
        "actions": moves(PLAN, row, user),
        "may_edit": row.state == "draft" and can(user, "controls.draft_plan", row.organisation).allowed,
    }
    return render(request, "controls/plan.html", context)


def _plan_seen(request: HttpRequest, plan_id: int) -> Any:
    rows = ControlPlan.objects.visible_to(request.user).select_related("organisation", "drafted_by", "adopted_by")
    return get_object_or_404(rows, pk=plan_id)


@access(*ASSOCIATION_ROLES, writes=True)
def new_plan(request: HttpRequest) -> HttpResponse:
    """A draft: every figure is the association's own."""
    organisation = association_of(request)
    if not can(request.user, "controls.draft_plan", organisation).allowed:
        raise Http404
    form = PlanForm(posted(request), initial={"valid_from": Month.current().next.start})
    return _form(request, form, None, organisation)


@access(*ASSOCIATION_ROLES, writes=True)
def edit_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Change a draft, before somebody else adopts it."""
    row = _plan_seen(request, plan_id)
    if not can(request.user, "controls.draft_plan", row.organisation).allowed:
        raise Http404
    if row.state != "draft":
        messages.info(request, f"Ce plan est maintenant « {PLAN.states[row.state].label} ».")
        return redirect("controls:plan", row.pk)
    return _form(request, PlanForm.filled(posted(request), row), row, row.organisation)


def _form(request: HttpRequest, form: PlanForm, row: ControlPlan | None, organisation: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"actor": request.user, "facts": form.facts(), "rates": form.rates()}
        try:
            made = plans.edit_plan(row, **given) if row else plans.draft_plan(organisation=organisation, **given)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le brouillon est enregistré. Une deuxième personne l'adopte.")
            return redirect("controls:plan", made.pk)
    context = {"form": form, "plan": row}
    return render(request, "controls/plan_form.html", context, status=422 if request.method == "POST" else 200)


@access(*ASSOCIATION_ROLES, writes=True)
def plan_move(request: HttpRequest, plan_id: int, move: str) -> HttpResponse:
    """Adopt or abandon a draft."""
    row = _plan_seen(request, plan_id)
    found = open_move(PLAN, row, request.user, move)
    if found is None:
        messages.info(request, f"Ce plan est maintenant « {PLAN.states[row.state].label} ».")
    elif request.method == "POST":
        try:
            if move == "adopt":
                plans.adopt(row, actor=request.user, seen=request.POST.get("seen", ""))
            else:
                plans.abandon(row, actor=request.user)
            messages.success(request, PLAN.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("controls:plan", row.pk)


@access(*ASSOCIATION_ROLES, writes=True)
def draw_month(request: HttpRequest) -> HttpResponse:
    """What would be drawn of a month: population, rates, how many; then the draw, once."""
    organisation = association_of(request)
    try:
        month = Month.parse(request.POST.get("mois") or request.GET.get("mois") or str(Month.current().previous))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("controls:draw_month")
    problem = ""
    if request.method == "POST":
        try:
            made = draws.draw_month(organisation, month, actor=request.user)
            messages.success(request, "L'échantillon est tiré : chaque équipe est prévenue.")
            return redirect("controls:replay", made.pk)
        except Refused as refused:
            problem = refused.sentence
    context = {
        "preview": preview_of(organisation, month),
        "month": month,
        "problem": problem,
        "tabs": money_tabs(reverse("controls:list")),
    }
    return render(request, "controls/draw.html", context, status=422 if problem else 200)


@access(SIGNED_IN)
def replay(request: HttpRequest, draw_id: int) -> HttpResponse:
    """« Refaire le tirage » : inputs, print, ranking, computed again on this very page."""
    rows = Draw.objects.visible_to(request.user).select_related("organisation", "plan", "opened_by")
    row = get_object_or_404(rows, pk=draw_id)
    user: Any = request.user
    context = {
        "row": row,
        "month": Month.of(row.month),
        "found": drawn_again(row) if row.drawn_at else None,
        "tabs": money_tabs(reverse("controls:list")) if user.holds(*ASSOCIATION_ROLES) else [],
    }
    return render(request, "controls/replay.html", context)
