"""A plan: its page, its cards, its problems, its moves, its reviews."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.clinical import chain, contents
from equipage.clinical.contents import PLAN_CARDS, PROBLEM
from equipage.clinical.forms import ActionFormSet, CardForm, ReasonForm, ReviewForm, ValidateForm
from equipage.clinical.models import Plan
from equipage.clinical.nomenclatures import Closing
from equipage.clinical.reading import identity_of, names_of, plan_cards, problems
from equipage.clinical.services import plans
from equipage.clinical.states import PLAN
from equipage.clinical.views.common import patient_seen, plan_seen, refuse_on, status_of, vault_page
from equipage.foundation.periods import add_months, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available

MONTHS_TO_REVIEW = 3


@vault_page(writes=True)
def new_plan(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Begin a plan; asked by a POST only."""
    row = patient_seen(request, patient_id)
    if request.method != "POST" or not can(request.user, "clinical.edit_patient", row).allowed:
        raise Http404
    try:
        plan = plans.start_plan(actor=request.user, patient=row)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("clinical:patient", row.pk)
    return redirect("clinical:plan", plan.pk)


@vault_page()
def plan(request: HttpRequest, plan_id: str) -> HttpResponse:
    """One plan, in short cards: what is written, what is missing, what may be done now."""
    row = plan_seen(request, plan_id)
    chain.note("read.plan", row.patient, request.user, about=row)
    content = row.content
    versions = list(row.versions.order_by("-number"))
    reviews = list(row.reviews.order_by("-held_on", "pk"))
    for review in reviews:
        review.plan = row
    context = {
        "plan": row,
        "patient": row.patient,
        "identity": identity_of(row.patient.content),
        "cards": plan_cards(content),
        "problems": problems(content),
        "title": contents.card_of(content, "contexte").get("title", ""),
        "state": PLAN.states[row.state],
        "lacking": contents.lacking(content) if row.state == "draft" else [],
        "moves": available(PLAN, row, request.user),
        "moves_base": f"{row.moves_base}gestes/",
        "may_edit": row.state == "draft" and can(request.user, "clinical.edit_patient", row.patient).allowed,
        "may_review": row.state != "closed" and can(request.user, "clinical.edit_patient", row.patient).allowed,
        "referent": names_of({row.referent_id}).get(row.referent_id, ""),
        "versions": versions,
        "reviews": [(review, review.content["found"]) for review in reviews],
        "declared": row.actions.count(),
    }
    return render(request, "clinical/plan.html", context)


def _draft(request: HttpRequest, plan_id: str) -> Plan:
    """A plan that is being written, for those who may write in it; else 404."""
    row = plan_seen(request, plan_id)
    if row.state != "draft" or not can(request.user, "clinical.edit_patient", row.patient).allowed:
        raise Http404
    return row


@vault_page(writes=True)
def card(request: HttpRequest, plan_id: str, card: str) -> HttpResponse:
    """Write one card of a plan."""
    row = _draft(request, plan_id)
    if card not in PLAN_CARDS:
        raise Http404
    content, wanted = row.content, PLAN_CARDS[card]
    form = CardForm(
        request.POST or None,
        card=wanted,
        shown=contents.card_of(content, card),
        count=contents.count_of(content, card),
    )
    theirs: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        try:
            plans.save_card(
                actor=request.user, plan=row, card=card, given=form.given(), based_on=form.cleaned_data["based_on"]
            )
        except Refused as refused:
            theirs = refuse_on(form, refused)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect(f"{reverse('clinical:plan', args=[row.pk])}#{card}")
    if request.method == "GET":
        chain.note("read.plan", row.patient, request.user, about=row, facts={"card": card})
    context = {
        "form": form,
        "heading": wanted.title,
        "lede": wanted.lede,
        "patient": row.patient,
        "plan": row,
        "theirs": wanted.shown(theirs) if theirs else [],
    }
    return render(request, "clinical/card.html", context, status=status_of(request))


@vault_page(writes=True)
def problem(request: HttpRequest, plan_id: str, problem: str = "") -> HttpResponse:
    """Write one problem of the plan with its actions; without a key, a new one."""
    row = _draft(request, plan_id)
    known = contents.problem_of(row.content, problem) if problem else None
    if problem and known is None and request.method == "GET":
        raise Http404
    shown = known or {"count": 0, "actions": []}
    form = CardForm(request.POST or None, card=PROBLEM, shown=shown, count=shown["count"])
    lines = ActionFormSet(request.POST or None, initial=shown["actions"], prefix="actions")
    theirs: dict[str, str] = {}
    if request.method == "POST" and all([form.is_valid(), lines.is_valid()]):
        try:
            plans.save_problem(
                actor=request.user,
                plan=row,
                key=problem,
                given=form.given(),
                actions=lines.given(),
                based_on=form.cleaned_data["based_on"],
            )
        except Refused as refused:
            theirs = refuse_on(form, refused)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect(f"{reverse('clinical:plan', args=[row.pk])}#problemes")
    if request.method == "GET":
        chain.note("read.plan", row.patient, request.user, about=row, facts={"card": "probleme"})
    context = {
        "form": form,
        "lines": lines,
        "plan": row,
        "key": problem if known else "",
        "theirs": PROBLEM.shown(theirs) if theirs else [],
    }
    return render(request, "clinical/problem.html", context, status=status_of(request))


@vault_page(writes=True)
def remove_problem(request: HttpRequest, plan_id: str, problem: str) -> HttpResponse:
    """Take a problem out; asked by a POST only."""
    row = _draft(request, plan_id)
    if request.method != "POST":
        raise Http404
    try:
        plans.remove_problem(actor=request.user, plan=row, key=problem)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Le problème est retiré du plan. Les versions validées le gardent.")
    return redirect("clinical:plan", row.pk)


@vault_page(writes=True)
def move(request: HttpRequest, plan_id: str, move: str) -> HttpResponse:
    """The moves of a plan: at once, or after a question."""
    row = plan_seen(request, plan_id)
    transition = PLAN.transitions.get(move)
    if transition is None or not transition.who.test(request.user, row):
        raise Http404
    if move == "validate":
        form: Any = ValidateForm(request.POST or None, proposed=row.review_on or add_months(today(), MONTHS_TO_REVIEW))
        return _asked(request, row, form, plans.validate, transition, "review_on")
    if move == "close":
        return _asked(request, row, ReasonForm(request.POST or None, of=Closing), plans.close, transition, "reason")
    if request.method != "POST":
        raise Http404
    try:
        plans.revise(actor=request.user, plan=row)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, transition.done)
    return redirect("clinical:plan", row.pk)


def _asked(
    request: HttpRequest, row: Plan, form: Any, verb: Callable[..., Any], transition: Any, field: str
) -> HttpResponse:
    here = reverse("clinical:plan", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            verb(actor=request.user, plan=row, **{field: form.cleaned_data[field]})
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, transition.done)
            return redirect(here)
    context = {
        "heading": transition.label,
        "sentence": f"Plan {row.pk}.",
        "consequences": [],
        "form": form,
        "button": transition.label,
        "tone": "stop" if transition.name == "close" else "main",
        "cancel_url": here,
    }
    return render(request, "web/confirm.html", context, status=status_of(request))


@vault_page(writes=True)
def review(request: HttpRequest, plan_id: str) -> HttpResponse:
    """Note a review that was held."""
    row = plan_seen(request, plan_id)
    if row.state == "closed" or not can(request.user, "clinical.edit_patient", row.patient).allowed:
        raise Http404
    form = ReviewForm(request.POST or None, proposed=add_months(today(), MONTHS_TO_REVIEW))
    here = reverse("clinical:plan", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            plans.record_review(actor=request.user, plan=row, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La revue est notée, la prochaine est fixée.")
            return redirect(here)
    context = {
        "heading": "Noter une revue",
        "sentence": f"Plan {row.pk}.",
        "consequences": [],
        "form": form,
        "button": "Enregistrer la revue",
        "tone": "main",
        "cancel_url": here,
    }
    return render(request, "web/confirm.html", context, status=status_of(request))
