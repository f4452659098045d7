"""A team: created, shown, moved along its path, described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.fields import warnings_of
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.people.roles import PROFESSIONAL
from equipage.teams import journal, panels, path, selectors, services
from equipage.teams.forms import (
    AssociationForm,
    CloseForm,
    EditTeamForm,
    EndAssociationForm,
    MeetingForm,
    TeamForm,
    ThemesForm,
)
from equipage.teams.lists import LIST_ROLES, TeamListing
from equipage.teams.models import Team
from equipage.teams.states import TEAM
from equipage.teams.views.common import head, team_seen

team_list = access(*LIST_ROLES)(listing_view(TeamListing))
_SIMPLE_MOVES = ("request_meeting", "cancel_meeting_request")


@access(PROFESSIONAL)
def mine(request: HttpRequest) -> HttpResponse:
    """My teams, and those that wait for my answer."""
    user: Any = request.user
    teams = selectors.teams_of(user)
    return render(request, "teams/mine.html", {"teams": teams, "invitations": selectors.invitations_of(user)})


@access(PROFESSIONAL, writes=True)
def create(request: HttpRequest) -> HttpResponse:
    """A new team, of which I am the lead."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = services.create_team(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            for warning in warnings_of(form).values():
                messages.info(request, warning)
            messages.success(request, "Votre équipe est créée. Ajoutez les collègues avec qui vous travaillez.")
            return redirect("teams:members", team.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "teams/create.html", {"form": form}, status=status)


@access(SIGNED_IN)
def team(request: HttpRequest, team_id: int) -> HttpResponse:
    """One team: where it stands, who is in it, what it may do next."""
    row = team_seen(request, team_id)
    gauge = selectors.gauge_of(row)
    moves = available(TEAM, row, request.user)
    context = {
        **head(request, row),
        "gauge": gauge,
        "steps": path.path_of(row),
        "next_moves": [move for move in moves if move.tone != "danger"],
        "last_moves": [move for move in moves if move.tone == "danger"],
        "moves": f"{reverse('teams:team', args=[row.pk])}etapes/",
        "themes": list(row.themes.order_by("label", "id")),
        "journal": journal.journal_of(row, request.user),
        "panels": panels.panels_of(row, request.user),
        "lede": _lede(row, gauge),
    }
    return render(request, "teams/team.html", context)


def _lede(team: Team, gauge: selectors.Gauge) -> str:
    """The conclusion of the page in one sentence."""
    match team.state:
        case "forming":
            return f"{gauge.headline}." + (" L'équipe peut demander à rencontrer l'association." if gauge.ok else "")
        case "meeting_requested":
            return "La rencontre est demandée : l'association propose une date à l'équipe."
        case "accompanied":
            return "L'association accompagne l'équipe, qui choisit ses thèmes et écrit son projet de santé."
        case "recognised":
            return f"Équipe reconnue, enregistrée sous le numéro {team.registration_number}."
    return f"Équipe fermée. {team.closing_reason}"


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, team_id: int, move: str) -> HttpResponse:
    """A move of the path: at once when a click is enough, by a small form when something must be said."""
    row = team_seen(request, team_id)
    if move == "record_meeting":
        return _asked(request, row, MeetingForm, _record, "Enregistrer la rencontre", "main")
    if move == "close":
        return _asked(request, row, CloseForm, _close, "Fermer l'équipe", "stop")
    if move not in _SIMPLE_MOVES:
        raise Http404
    if request.method == "POST":
        try:
            services.move(actor=request.user, team=row, name=move)
            messages.success(request, TEAM.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("teams:team", row.pk)


def _record(actor: Any, team: Team, met_on: Any, place: str, notes: str) -> None:
    services.record_meeting(actor=actor, team=team, met_on=met_on, place=place, notes=notes)


def _close(actor: Any, team: Team, reason: str) -> None:
    services.close_team(actor=actor, team=team, reason=reason)


def _asked(
    request: HttpRequest, team: Team, form_class: Any, do: Callable[..., None], button: str, tone: str
) -> HttpResponse:
    """The page that asks what a move needs; 404 to those whose move it is not."""
    name = request.path.rstrip("/").rpartition("/")[2]
    if name not in {open_move.name for open_move in available(TEAM, team, request.user)}:
        return _too_late(request, team, name)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            do(request.user, team, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, TEAM.transitions[name].done)
            return redirect("teams:team", team.pk)
    status = 422 if request.method == "POST" else 200
    context = {**head(request, team), "form": form, "button": button, "tone": tone, "name": name}
    return render(request, "teams/move.html", context, status=status)


def _too_late(request: HttpRequest, team: Team, name: str) -> HttpResponse:
    """The move is not open: not this person's (404), or the team is elsewhere by now (said on its page)."""
    transition = TEAM.transitions[name]
    if not transition.who.test(request.user, team):
        raise Http404
    label = TEAM.states[team.state].label
    messages.info(request, f"« {transition.label} » n'est plus possible : l'équipe est maintenant « {label} ».")
    return redirect("teams:team", team.pk)


@access(SIGNED_IN, writes=True)
def edit(request: HttpRequest, team_id: int) -> HttpResponse:
    """The name and the commune."""
    row = team_seen(request, team_id)
    form = EditTeamForm(request.POST or None, initial={"name": row.name, "commune": row.commune})
    return _form_page(request, row, form, services.edit_team, "La fiche est enregistrée.", "Modifier la fiche")


@access(SIGNED_IN, writes=True)
def themes(request: HttpRequest, team_id: int) -> HttpResponse:
    """The themes, by a member or by the officer, once the team was met."""
    row = team_seen(request, team_id)
    form = ThemesForm(request.POST or None, team=row)
    sentence = "Les thèmes sont enregistrés. L'étape suivante : écrire le projet de santé."
    return _form_page(
        request, row, form, services.choose_themes, sentence, "Choisir les thèmes", action="teams.choose_themes"
    )


@access(SIGNED_IN, writes=True)
def association(request: HttpRequest, team_id: int) -> HttpResponse:
    """The association loi 1901 of the team: needed for prevention and therapeutic education."""
    row = team_seen(request, team_id)
    initial = {name: getattr(row, f"association_{name}") for name in AssociationForm.base_fields}
    form = AssociationForm(request.POST or None, initial=initial)
    sentence = "L'association est enregistrée : les actions de prévention sont ouvertes à l'équipe."
    return _form_page(request, row, form, services.set_association, sentence, "Association loi 1901")


@access(SIGNED_IN, writes=True)
def end_association(request: HttpRequest, team_id: int) -> HttpResponse:
    """The association is no more."""
    row = team_seen(request, team_id)
    form = EndAssociationForm(request.POST or None)

    def end(*, actor: Any, team: Team, comment: str) -> None:
        services.end_association(actor=actor, team=team, reason=comment)

    return _form_page(request, row, form, end, "La fin de l'association est enregistrée.", "Fin de l'association")


def _form_page(
    request: HttpRequest,
    team: Team,
    form: Any,
    do: Callable[..., Any],
    done: str,
    title: str,
    *,
    action: str = "teams.edit_team",
) -> HttpResponse:
    """A page with one form about the team. Who may not change it reads why instead of the form."""
    decision = can(request.user, action, team)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                do(actor=request.user, team=team, **form.cleaned_data)
            except Refused as refused:
                refuse_on(form, refused)
            else:
                for warning in warnings_of(form).values():
                    messages.warning(request, warning)
                messages.success(request, done)
                return redirect("teams:team", team.pk)
    context = {**head(request, team), "form": form, "title": title, "decision": decision}
    return render(request, "teams/form.html", context, status=status)


@access(SIGNED_IN, writes=True)
def publicly(request: HttpRequest, team_id: int) -> HttpResponse:
    """Agree, or no longer agree, to be shown to the public."""
    row = team_seen(request, team_id)
    if request.method == "POST":
        shown = request.POST.get("montrer") == "oui"
        try:
            services.show_publicly(actor=request.user, team=row, shown=shown)
            said = "L'équipe accepte d'être montrée au public." if shown else "L'équipe n'est plus montrée au public."
            messages.success(request, said)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("teams:team", row.pk)
