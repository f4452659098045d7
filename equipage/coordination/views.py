"""Pages of the actions: declare, confirm, correct, validate. Thin: forms in, verbs, answers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.coordination import selectors, services
from equipage.coordination.forms import ActionForm, EvidenceForm, ReasonForm
from equipage.coordination.lists import Everything, Mine, OfTeam, ToValidate
from equipage.coordination.models import Action, Presence
from equipage.coordination.states import ACTION
from equipage.foundation import audit
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents import check_upload
from equipage.foundation.documents.models import Attachment
from equipage.foundation.documents.services import content_of, keep_upload
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL
from equipage.teams.models import Team

EVIDENCE = "coordination.evidence"
mine = access(PROFESSIONAL)(listing_view(Mine))
to_validate = access(*ASSOCIATION_ROLES, writes=True)(listing_view(ToValidate))
everything = access(*ASSOCIATION_ROLES)(listing_view(Everything))
_of_team = listing_view(OfTeam)


@access(SIGNED_IN)
def of_team(request: HttpRequest, team_id: int) -> Any:
    """Every action of one team, for those who see the team's actions."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=team_id)
    inside = can(request.user, "coordination.declare_action", team).allowed
    if not inside and not request.user.holds(*ASSOCIATION_ROLES):  # type: ignore[union-attr]
        raise Http404
    return _of_team(request, team_id=team_id)


@access(PROFESSIONAL)
def choose_team(request: HttpRequest) -> HttpResponse:
    """Straight to the card of the usual team; which one, when asked; what comes before, when there is none."""
    teams = list(selectors.declarable_teams(request.user))
    usual = selectors.usual_team(request.user)
    if usual is not None and (len(teams) == 1 or "choisir" not in request.GET):
        return redirect("coordination:declare_for", usual.pk)
    return render(request, "coordination/choose_team.html", {"teams": teams})


@access(PROFESSIONAL, writes=True)
def declare(request: HttpRequest, team_id: int) -> HttpResponse:
    """The card: everything proposed, one button."""
    team = get_object_or_404(selectors.declarable_teams(request.user), pk=team_id)
    form = ActionForm(request.POST or None, team=team, user=request.user)
    same = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            action = services.declare(
                actor=request.user,
                team=team,
                facts=form.facts(),
                client_key=given["client_key"],
                another=given["another"],
            )
        except services.AlreadyDeclared as question:
            same = question.existing
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            _tell(request, action, "C'est déclaré.")
            return redirect("coordination:action", action.pk)
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "team": team,
        "several": selectors.declarable_teams(request.user).count() > 1,
        "same": same,
        "same_label": selectors.kind_label(same) if same else "",
    }
    return render(request, "coordination/declare.html", context, status=status)


def _tell(request: HttpRequest, action: Action, first: str) -> None:
    """What happens next, in one message: what it makes, who is awaited."""
    said = [tell(action, request.user) for tell in selectors.told_after]
    waited = [p.professional.formal_name for p in selectors.presences_of(action) if p.state == "expected"]
    awaited = f"On attend encore : {', '.join(waited)}." if waited else ""
    messages.success(request, " ".join(part for part in (first, *said, awaited) if part))


def _refuse_on(form: Any, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)


def _seen(request: HttpRequest, action_id: int) -> Action:
    rows = Action.objects.visible_to(request.user).select_related("team__region", "declared_by", "validated_by")
    found: Action = get_object_or_404(rows, pk=action_id)
    return found


@access(SIGNED_IN)
def action(request: HttpRequest, action_id: int) -> HttpResponse:
    """One action: what was done, who was there, what it makes, what can be done now."""
    row = _seen(request, action_id)
    user: Any = request.user
    presences = selectors.presences_of(row)
    own = next((p for p in presences if p.professional.user_id == user.pk), None)
    context = {
        "action": row,
        "label": selectors.kind_label(row),
        "state": ACTION.states[row.state],
        "presences": presences,
        "own": own,
        "missing": row.missing_voices() if row.state == "declared" else (),
        "moves": available(ACTION, row, user),
        "may_edit": can(user, "coordination.edit_action", row).allowed,
        "files": Attachment.objects.visible_to(user).filter(about=audit.about(row)),
        "panels": [panel for read in selectors.action_panels if (panel := read(row, user)) is not None],
    }
    return render(request, "coordination/action.html", context)


@access(SIGNED_IN, writes=True)
def correct(request: HttpRequest, action_id: int) -> HttpResponse:
    """Change an open action; one that was returned goes back to the association with the same button."""
    row = _seen(request, action_id)
    if not can(request.user, "coordination.edit_action", row).allowed:
        raise Http404
    form = ActionForm(request.POST or None, team=row.team, user=request.user, facts=services.facts_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.correct(row, actor=request.user, facts=form.facts())
            if changed.state == "returned":
                changed = services.declare_again(changed, actor=request.user)
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            _tell(request, changed, "C'est corrigé.")
            return redirect("coordination:action", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "coordination/correct.html", {"form": form, "action": row, "team": row.team}, status=status)


_ANSWERS: dict[str, Callable[..., Presence]] = {"confirm": services.confirm_presence, "deny": services.deny_presence}


@access(PROFESSIONAL, writes=True)
def answer(request: HttpRequest, presence_id: int, answer: str) -> HttpResponse:
    """« J'y étais » or not: one tap; without JavaScript, one page with one button."""
    presence = get_object_or_404(Presence.objects.visible_to(request.user), pk=presence_id)
    if answer not in _ANSWERS or presence.professional.user_id != request.user.pk:
        raise Http404
    back = reverse("coordination:action", args=[presence.action_id])
    if request.method != "POST":
        return redirect(back)
    try:
        _ANSWERS[answer](presence, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect(back)
    _tell(request, presence.action, "Merci, votre présence est confirmée." if answer == "confirm" else "C'est noté.")
    return redirect("web:home" if request.POST.get("next") == "home" else back)


_SIMPLE = {"validate": services.validate, "declare_again": services.declare_again}
_WITH_REASON = {
    "return_it": (services.return_to_team, "Dites ce qu'il faut corriger", "Renvoyer à corriger"),
    "cancel": (services.cancel, "Retirer cette déclaration ?", "Retirer la déclaration"),
}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, action_id: int, move: str) -> HttpResponse:
    """The moves of the workflow: at once, or after a sentence."""
    row = _seen(request, action_id)
    if move in _WITH_REASON:
        return _move_with_reason(request, row, move)
    if move not in _SIMPLE or request.method != "POST":
        raise Http404
    try:
        _SIMPLE[move](row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, ACTION.transitions[move].done)
    return redirect("coordination:action", row.pk)


def _move_with_reason(request: HttpRequest, row: Action, move: str) -> HttpResponse:
    verb, heading, button = _WITH_REASON[move]
    transition = ACTION.transitions[move]
    if not transition.who.test(request.user, row):
        raise Http404
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = transition.comment_label
    if request.method == "POST" and form.is_valid():
        try:
            verb(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, transition.done)
            return redirect("coordination:action", row.pk)
    context = {
        "heading": heading,
        "sentence": f"{selectors.kind_label(row)}, {row.team.name}.",
        "consequences": [],
        "form": form,
        "button": button,
        "tone": "stop" if transition.tone == "danger" else "main",
        "cancel_url": reverse("coordination:action", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


@access(SIGNED_IN, writes=True)
def add_evidence(request: HttpRequest, action_id: int) -> HttpResponse:
    """Hand in a file that proves the action; never asked for, always possible while it is open."""
    row = _seen(request, action_id)
    if not can(request.user, "coordination.edit_action", row).allowed:
        raise Http404
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else EvidenceForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = check_upload(file, field="file")
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            keep_upload(upload, file, kind=EVIDENCE, about=audit.about(row), actor=request.user, region=row.region_id)
            messages.success(request, "La pièce est jointe à l'action.")
            return redirect("coordination:action", row.pk)
    context = {"form": form, "action": row}
    return render(request, "coordination/evidence.html", context, status=422 if request.method == "POST" else 200)


@access(SIGNED_IN)
def evidence(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Download a piece; always as a file, never shown inside our pages."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user).filter(kind=EVIDENCE), pk=attachment_id)
    response = HttpResponse(content_of(found), content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="piece-{found.pk}.{found.name.rpartition(".")[2]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
