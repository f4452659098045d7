"""The pages of one education programme: its file, its declaration step by step, its changes to notify."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.coordination.selectors import declarable_teams
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.prevention import selectors, services
from equipage.prevention.forms import NotifyForm, ProgrammeForm, move_form
from equipage.prevention.models import Programme, ProgrammeChange
from equipage.prevention.selectors import declaration_label, declaration_sentence
from equipage.prevention.states import PROGRAMME
from equipage.prevention.views.common import ask, programme_seen, tabs_of, team_written, written_or_404


@access(SIGNED_IN, writes=True)
def new_programme(request: HttpRequest, team_id: int) -> HttpResponse:
    """Begin a programme."""
    team = team_written(request, team_id)
    form = ProgrammeForm(request.POST or None, team=team, user=request.user)

    def create() -> Programme:
        return services.create_programme(actor=request.user, team=team, given=form.given())

    return _form_page(request, form, create, {"team": team, "programme": None})


@access(SIGNED_IN, writes=True)
def edit_programme(request: HttpRequest, programme_id: int) -> HttpResponse:
    """Change a programme; what the agency must be told of is kept apart."""
    row = programme_seen(request, programme_id)
    written_or_404(request, row.team)
    form = ProgrammeForm(request.POST or None, team=row.team, user=request.user, programme=row)

    def edit() -> Programme:
        return services.edit_programme(actor=request.user, programme=row, given=form.given())

    return _form_page(request, form, edit, {"team": row.team, "programme": row})


def _form_page(request: HttpRequest, form: Any, do: Callable[[], Programme], context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = do()
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le programme est enregistré.")
            if row.changes.filter(notified_on__isnull=True).exists():
                messages.warning(request, "Un changement est à notifier à l'ARS : il est noté ci-dessous.")
            return redirect("prevention:programme", row.pk)
    context["gate"] = selectors.gate_today(context["team"])
    status = 422 if request.method == "POST" else 200
    return render(request, "prevention/programme_form.html", {**context, "form": form}, status=status)


@access(SIGNED_IN)
def programme(request: HttpRequest, programme_id: int) -> HttpResponse:
    """One programme; the agency reads its declaration and its evaluations, nobody's name."""
    row = programme_seen(request, programme_id)
    inside = can(request.user, "prevention.see_inside", row.team).allowed
    context = {
        "programme": row,
        "team": row.team,
        "tabs": tabs_of(request, row.team, reverse("prevention:of_team", args=[row.team_id])),
        "inside": inside,
        "answers": can(request.user, "prevention.declare_programme", row).allowed,
        "may_write": can(request.user, "prevention.write_for_team", row.team).allowed,
        "may_declare": declarable_teams(request.user).filter(pk=row.team_id).exists(),
        "label": declaration_label(row),
        "sentence": declaration_sentence(row),
        "moves": _moves(row, request.user),
        "steps": list(row.steps.order_by("on", "id")),
        "evaluations": list(row.evaluations.order_by("due_on", "id")),
        "figures": selectors.with_sessions(Programme.objects.filter(pk=row.pk)).get(),
        **_inner(row, inside),
    }
    return render(request, "prevention/programme.html", context)


def _inner(row: Programme, inside: bool) -> dict[str, Any]:
    """What names people or repeats the file: for the team and the association only."""
    if not inside:
        return {"changes": [], "notified": [], "members": [], "advice": (), "sessions": []}
    changes = list(row.changes.order_by("notified_on", "changed_at", "id"))
    return {
        "changes": [change for change in changes if change.notified_on is None],
        "notified": [change for change in changes if change.notified_on is not None],
        "members": list(row.members.select_related("professional").order_by("id")),
        "advice": selectors.advice_of(row),
        "sessions": selectors.sessions_of(row),
    }


def _moves(row: Programme, user: Any) -> list[dict[str, Any]]:
    """The steps as buttons: one that asks for a day leads to a page that asks for it; what is already noted is gone."""
    return [
        {
            "name": move.name,
            "label": move.label,
            "tone": move.tone,
            "allowed": move.allowed,
            "reasons": move.reasons,
            "asks": move_form(move.name) is not None,
        }
        for move in available(PROGRAMME, row, user)
        if not (move.name == "acknowledge" and row.acknowledged_on)
    ]


_HONOUR: dict[str, Any] = {
    "heading": "Attester sur l’honneur",
    "consequences": [
        "J'atteste sur l'honneur que les renseignements de ce dossier sont exacts.",
        "J'atteste que le programme respecte les interdictions des articles L.1161-1 et L.1161-4 du code de la "
        "santé publique, qui tiennent l'industrie à distance des programmes et des patients.",
    ],
    "form": None,
    "button": "Je l'atteste sur l'honneur",
    "tone": "main",
}


@access(SIGNED_IN, writes=True)
def honour(request: HttpRequest, programme_id: int) -> HttpResponse:
    """The statement of honour of the file: read, then signed by a button."""
    row = programme_seen(request, programme_id)
    if not can(request.user, "prevention.declare_programme", row).allowed:
        raise Http404
    if request.method == "POST":
        try:
            services.state_on_honour(actor=request.user, programme=row)
            messages.success(request, "L'attestation sur l'honneur est signée.")
        except Refused as refused:
            messages.error(request, refused.sentence)
        return redirect("prevention:programme", row.pk)
    context = {**_HONOUR, "cancel_url": reverse("prevention:programme", args=[row.pk])}
    context["sentence"] = f"Programme « {row.title} ». Lisez, puis signez : votre nom et l'heure sont gardés."
    return render(request, "web/confirm.html", context)


_VERBS: dict[str, Callable[..., Programme]] = {
    "send": services.send,
    "acknowledge": services.acknowledge,
    "note_silence": services.note_silence,
    "ask_complement": services.ask_complement,
    "send_complement": services.send_complement,
    "refuse": services.refuse,
    "prepare_again": services.prepare_again,
    "stop": services.stop,
}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, programme_id: int, move: str) -> HttpResponse:
    """A step of the declaration: at once, or after its day and its words."""
    row = programme_seen(request, programme_id)
    if move not in _VERBS or not PROGRAMME.transitions[move].who.test(request.user, row):
        raise Http404
    form = move_form(move, request.POST or None)
    if form is None and request.method != "POST":
        raise Http404
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _VERBS[move](row, actor=request.user, **(form.cleaned_data if form else {}))
        except Refused as refused:
            if form is None:
                messages.error(request, refused.sentence)
                return redirect("prevention:programme", row.pk)
            refuse_on(form, refused)
        else:
            messages.success(request, PROGRAMME.transitions[move].done)
            return redirect("prevention:programme", row.pk)
    return _ask(request, row, move, form)


_CONSEQUENCES = {
    "send": ["L'ARS a deux mois pour répondre. Sans réponse, la déclaration est complète."],
    "send_complement": [
        "Deux nouveaux mois sont comptés depuis l'envoi du complément : c'est une lecture prudente, à vérifier."
    ],
    "stop": ["Les évaluations ne sont plus rappelées.", "Ses séances déjà déclarées restent."],
}


def _ask(request: HttpRequest, row: Programme, move: str, form: Any) -> HttpResponse:
    transition = PROGRAMME.transitions[move]
    return ask(
        request,
        form,
        reverse("prevention:programme", args=[row.pk]),
        heading=transition.label,
        sentence=f"Programme « {row.title} ».",
        consequences=_CONSEQUENCES.get(move, []),
        button=transition.label,
        tone="stop" if transition.tone == "danger" else "main",
    )


@access(SIGNED_IN, writes=True)
def notify(request: HttpRequest, programme_change_id: int) -> HttpResponse:
    """The agency was told of a change."""
    rows = ProgrammeChange.objects.visible_to(request.user).select_related("programme__team")
    row = get_object_or_404(rows, pk=programme_change_id)
    if not can(request.user, "prevention.declare_programme", row.programme).allowed:
        raise Http404
    form = NotifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.notify_change(actor=request.user, change=row, notified_on=form.cleaned_data["notified_on"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La notification est notée.")
            return redirect("prevention:programme", row.programme_id)
    return ask(
        request,
        form,
        reverse("prevention:programme", args=[row.programme_id]),
        heading=f"Notifier : {row.get_field_display().lower()}",
        sentence=f"Programme « {row.programme.title} ». Écrivez d'abord à l'ARS, puis notez la date ici.",
        button="Noter la notification",
    )
