"""The pages of one prevention action: its sheet, its results, its summary on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.coordination.selectors import declarable_teams
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.prevention import printing, selectors, services
from equipage.prevention.forms import PreventionActionForm, ReasonForm, ResultsForm
from equipage.prevention.models import PreventionAction
from equipage.prevention.rules import measure
from equipage.prevention.states import PREVENTION_ACTION
from equipage.prevention.views.common import action_seen, ask, tabs_of, team_written, written_or_404


@access(SIGNED_IN, writes=True)
def new_action(request: HttpRequest, team_id: int) -> HttpResponse:
    """Plan a prevention action."""
    team = team_written(request, team_id)
    form = PreventionActionForm(request.POST or None, team=team, user=request.user)

    def create() -> PreventionAction:
        return services.create_action(actor=request.user, team=team, given=form.given())

    return _form_page(request, form, create, {"team": team, "action": None}, "L'action est prête.")


@access(SIGNED_IN, writes=True)
def edit_action(request: HttpRequest, prevention_id: int) -> HttpResponse:
    """Change a prevention action that is neither finished nor given up."""
    row = action_seen(request, prevention_id)
    written_or_404(request, row.team)
    form = PreventionActionForm(request.POST or None, team=row.team, user=request.user, action=row)

    def edit() -> PreventionAction:
        return services.edit_action(actor=request.user, action=row, given=form.given())

    return _form_page(request, form, edit, {"team": row.team, "action": row}, "C'est enregistré.")


def _form_page(
    request: HttpRequest, form: Any, do: Callable[[], PreventionAction], context: dict[str, Any], done: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = do()
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, done)
            return redirect("prevention:action", row.pk)
    context["gate"] = selectors.gate_today(context["team"])
    status = 422 if request.method == "POST" else 200
    return render(request, "prevention/action_form.html", {**context, "form": form}, status=status)


@access(SIGNED_IN)
def action(request: HttpRequest, prevention_id: int) -> HttpResponse:
    """One prevention action: what is planned, its sessions, its results against what was expected."""
    row = action_seen(request, prevention_id)
    sessions = selectors.sessions_of(row)
    held = [session for session in sessions if session.action.state not in selectors.NOT_HELD]
    context = {
        "action": row,
        "team": row.team,
        "tabs": tabs_of(request, row.team, reverse("prevention:of_team", args=[row.team_id])),
        "state": PREVENTION_ACTION.states[row.state],
        "may_write": can(request.user, "prevention.write_for_team", row.team).allowed,
        "may_declare": declarable_teams(request.user).filter(pk=row.team_id).exists(),
        "open": row.state in ("planned", "under_way"),
        "begun": row.first_on <= today(),
        "over": row.is_over(today()),
        "moves": available(PREVENTION_ACTION, row, request.user),
        "columns": ["Indicateur", "Prévu", "Obtenu", "En mots"],
        "results": _results(row),
        "sessions": sessions,
        "session_count": len(held),
        "reached": sum(session.audience for session in held),
    }
    return render(request, "prevention/action.html", context)


def _results(row: PreventionAction) -> list[list[Any]]:
    """The rows of the table: what is planned is said as planned, what was obtained apart."""
    return [
        [
            {"text": indicator.name, "note": indicator.comment},
            measure(indicator.expected, indicator.unit),
            measure(indicator.achieved, indicator.unit) if indicator.achieved is not None else "",
            indicator.in_words,
        ]
        for indicator in row.indicators.order_by("id")
    ]


@access(SIGNED_IN, writes=True)
def results(request: HttpRequest, prevention_id: int) -> HttpResponse:
    """What each indicator reached; « Terminer » finishes the action, « Enregistrer » keeps what is known so far."""
    row = action_seen(request, prevention_id)
    written_or_404(request, row.team)
    form = ResultsForm(request.POST or None, action=row)
    finish = request.POST.get("geste") == "terminer"
    if request.method == "POST" and form.is_valid():
        try:
            services.save_results(
                actor=request.user,
                action=row,
                results=form.results(),
                outcome=form.cleaned_data["outcome"],
                finished_on=(form.cleaned_data["finished_on"] or today()) if finish else None,
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, PREVENTION_ACTION.transitions["finish"].done if finish else "C'est enregistré.")
            return redirect("prevention:action", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "prevention/results.html", {"action": row, "team": row.team, "form": form}, status=status)


@access(SIGNED_IN)
def summary(request: HttpRequest, prevention_id: int) -> HttpResponse:
    """The action on one page, for those who give money."""
    row = action_seen(request, prevention_id)
    response = HttpResponse(printing.summary_pdf(row), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="action-prevention-{row.pk}.pdf"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


_SIMPLE = {"start": services.start_action, "reopen": services.reopen_action}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, prevention_id: int, move: str) -> HttpResponse:
    """The moves of the workflow: at once, or after a sentence."""
    row = action_seen(request, prevention_id)
    if move == "cancel":
        return _cancel(request, row)
    if move not in _SIMPLE or request.method != "POST":
        raise Http404
    try:
        _SIMPLE[move](row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, PREVENTION_ACTION.transitions[move].done)
    return redirect("prevention:action", row.pk)


_GIVEN_UP = ("Les séances déjà déclarées restent déclarées et payées.", "L'action ne pourra plus en recevoir.")


def _cancel(request: HttpRequest, row: PreventionAction) -> HttpResponse:
    transition = PREVENTION_ACTION.transitions["cancel"]
    if not transition.who.test(request.user, row):
        raise Http404
    form = ReasonForm(request.POST or None, label=transition.comment_label)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_action(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, transition.done)
            return redirect("prevention:action", row.pk)
    return ask(
        request,
        form,
        reverse("prevention:action", args=[row.pk]),
        heading="Abandonner l’action",
        sentence=f"« {row.title} », {row.when}.",
        consequences=_GIVEN_UP,
        button=transition.label,
        tone="stop",
    )
