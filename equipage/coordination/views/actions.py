"""Pages of the actions: declare, confirm, correct, validate. Thin: forms in, verbs, answers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.coordination import selectors, services
from equipage.coordination.forms import ActionForm, ReasonForm
from equipage.coordination.lists import Everything, Mine, OfTeam, ToValidate
from equipage.coordination.models import Action, Presence
from equipage.coordination.selectors.proof import proof_of
from equipage.coordination.states import ACTION
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL
from equipage.teams.models import Team

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
    form = ActionForm(request.POST or None, team=team, user=request.user, asked=request.GET.dict())
    same, question = None, ""
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
        except services.AlreadyDeclared as asked:
            same, question = asked.existing, asked.sentence
        except Refused as refused:
            refuse_on(form, refused)
        else:
            tell(request, action, "C'est déclaré.")
            return redirect("coordination:action", action.pk)
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "team": team,
        "several": selectors.declarable_teams(request.user).count() > 1,
        "same": same,
        "same_label": selectors.kind_label(same) if same else "",
        "question": question,
    }
    return render(request, "coordination/declare.html", context, status=status)


def tell(request: HttpRequest, action: Action, first: str) -> None:
    """What happens next, in one message: what it makes, who is awaited."""
    said = [tell(action, request.user) for tell in selectors.told_after]
    waited = [p.professional.formal_name for p in selectors.presences_of(action) if p.state == "expected"]
    awaited = f"On attend encore : {', '.join(waited)}." if waited else ""
    messages.success(request, " ".join(part for part in (first, *said, awaited) if part))


def seen(request: HttpRequest, action_id: int) -> Action:
    rows = Action.objects.visible_to(request.user).select_related("team__region", "declared_by", "validated_by")
    found: Action = get_object_or_404(rows, pk=action_id)
    return found


@access(SIGNED_IN)
def action(request: HttpRequest, action_id: int) -> HttpResponse:
    """One action: what was done, who was there, what it makes, what can be done now."""
    row = seen(request, action_id)
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
        "undo_seconds": selectors.undo_seconds(row, user),
        "counters": list(row.counter_entries.order_by("id")),
        "may_counter": can(user, "coordination.ask_counter_entry", row).allowed,
        "overlaps": list(selectors.overlaps_of(row, user)),
        "moves": available(ACTION, row, user),
        "may_edit": can(user, "coordination.edit_action", row).allowed,
        "proof": proof_of(row, user, presences),
        "panels": [panel for read in selectors.action_panels if (panel := read(row, user)) is not None],
    }
    return render(request, "coordination/action.html", context)


@access(SIGNED_IN, writes=True)
def correct(request: HttpRequest, action_id: int) -> HttpResponse:
    """Change an open action; one that was returned goes back to the association with the same button."""
    row = seen(request, action_id)
    if not can(request.user, "coordination.edit_action", row).allowed:
        raise Http404
    form = ActionForm(request.POST or None, team=row.team, user=request.user, facts=services.facts_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.correct(row, actor=request.user, facts=form.facts())
            if changed.state == "returned":
                changed = services.declare_again(changed, actor=request.user)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            tell(request, changed, "C'est corrigé.")
            return redirect("coordination:action", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "coordination/correct.html", {"form": form, "action": row, "team": row.team}, status=status)


@access(PROFESSIONAL, writes=True)
def undo(request: HttpRequest, action_id: int) -> HttpResponse:
    """« Annuler », for ten seconds after a declaration."""
    row = seen(request, action_id)
    if request.method != "POST":
        return redirect("coordination:action", row.pk)
    try:
        services.undo(row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("coordination:action", row.pk)
    messages.success(request, ACTION.transitions["undo"].done)
    return redirect("coordination:declare_for", row.team_id)


@access(PROFESSIONAL, writes=True)
def join(request: HttpRequest, action_id: int) -> HttpResponse:
    """« C'est la même, j'y étais » : one voice more on what a colleague declared."""
    row = seen(request, action_id)
    if request.method == "POST":
        try:
            services.join(row, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            tell(request, row, "Merci, votre présence est confirmée.")
    return redirect("coordination:action", row.pk)


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
    tell(request, presence.action, "Merci, votre présence est confirmée." if answer == "confirm" else "C'est noté.")
    following = {"home": "web:home", "to_confirm": "coordination:to_confirm"}
    return redirect(following.get(request.POST.get("next", ""), back))


_SIMPLE = {"validate": services.validate, "declare_again": services.declare_again}
_WITH_REASON = {
    "return_it": (services.return_to_team, "Dites ce qu'il faut corriger", "Renvoyer à corriger"),
    "cancel": (services.cancel, "Retirer cette déclaration ?", "Retirer la déclaration"),
}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, action_id: int, move: str) -> HttpResponse:
    """The moves of the workflow: at once, or after a sentence."""
    row = seen(request, action_id)
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
