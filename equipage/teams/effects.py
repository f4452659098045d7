"""What follows the moves of a team and of a membership: who is told."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.foundation.french import day
from equipage.foundation.workflow.table import Happened
from equipage.messaging.services import notify
from equipage.people.roles import Role
from equipage.people.selectors import holders
from equipage.teams.selectors import accounts_of, leads
from equipage.teams.states import MEMBERSHIP, TEAM


def _page(team: Any) -> str:
    return reverse("teams:team", args=[team.pk])


def _name(actor: Any) -> str:
    return str(getattr(actor, "full_name", "") or "Équipage")


@TEAM.effect("request_meeting")
def tell_association(happened: Happened) -> None:
    """The officers of the region: a team waits for a date."""
    team = happened.obj
    for officer in holders(Role.ASSOCIATION_OFFICER, region_id=team.region_id):
        notify(
            officer,
            "teams.meeting_requested",
            f"{team.name} demande à vous rencontrer",
            f"{_name(happened.actor)} demande une rencontre pour l'équipe {team.name} ({team.commune.label}). "
            "Sa composition est complète.\n\nProposez une date, puis enregistrez la rencontre quand elle a eu lieu.",
            _page(team),
            urgent=True,
        )


@TEAM.effect("cancel_meeting_request")
def tell_association_of_cancel(happened: Happened) -> None:
    """The same officers: nobody waits any more."""
    team = happened.obj
    for officer in holders(Role.ASSOCIATION_OFFICER, region_id=team.region_id):
        notify(
            officer,
            "teams.meeting_cancelled",
            f"{team.name} annule sa demande de rencontre",
            "L'équipe n'attend plus de rencontre pour l'instant. Vous n'avez rien à faire.",
            _page(team),
        )


@TEAM.effect("record_meeting")
def tell_team_of_meeting(happened: Happened) -> None:
    """Every member: the next step is theirs."""
    team = happened.obj
    _tell_members(
        happened,
        "teams.meeting_recorded",
        "La rencontre avec l'association est enregistrée",
        f"La rencontre du {day(team.met_on)} est enregistrée pour {team.name}.\n\n"
        "L'étape suivante : choisir vos thèmes, puis écrire votre projet de santé.",
        urgent=True,
    )


@TEAM.effect("close")
def tell_team_of_closing(happened: Happened) -> None:
    """Every member: the team is closed, and why."""
    _tell_members(
        happened,
        "teams.closed",
        f"{happened.obj.name} est fermée",
        f"L'équipe est fermée. Motif : {happened.obj.closing_reason}\n\nSon histoire reste lisible.",
    )


def _tell_members(happened: Happened, kind: str, subject: str, body: str, *, urgent: bool = False) -> None:
    for user in accounts_of(happened.obj):
        if user.pk != getattr(happened.actor, "pk", None):
            notify(user, kind, subject, body, _page(happened.obj), urgent=urgent)


@MEMBERSHIP.effect("vouch")
def tell_member(happened: Happened) -> None:
    """The person for whom a lead vouched: it can be corrected in one tap."""
    row = happened.obj
    if row.professional.user is None or row.professional.user == happened.actor:
        return
    notify(
        row.professional.user,
        "teams.vouched",
        f"Vous êtes membre de {row.team.name}",
        f"{_name(happened.actor)} vous a inscrit comme membre de {row.team.name}, en disant avoir votre accord.\n\n"
        "Si ce n'est pas exact, quittez l'équipe depuis la page ci-dessous : cela ne vous engage à rien.",
        reverse("teams:invitation", args=[row.pk]),
    )


@MEMBERSHIP.effect("accept", "decline", "leave")
def tell_leads(happened: Happened) -> None:
    """The people who answer for the team: somebody joined, declined or leaves."""
    row, team = happened.obj, happened.obj.team
    name = row.professional.full_name
    said = {
        "accept": (f"{name} rejoint {team.name}", f"{name} a accepté votre invitation et compte dans l'équipe."),
        "decline": (
            f"{name} ne rejoint pas {team.name}",
            f"{name} a décliné l'invitation. Vous pouvez inviter quelqu'un d'autre.",
        ),
        "leave": (f"{name} quitte {team.name}", f"Le départ est enregistré. Motif : {row.leaving_reason}"),
    }
    subject, body = said[happened.transition.name]
    told = {lead.professional.user for lead in leads(team)}
    if happened.transition.name == "leave":
        told.add(row.professional.user)
    for user in sorted((user for user in told if user and user.is_active), key=lambda user: user.pk):
        if user != happened.actor:
            notify(user, f"teams.{happened.transition.name}", subject, body, reverse("teams:members", args=[team.pk]))
