"""The workflows of a team and of a membership."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.teams.actors import ASSOCIATION_ADMIN, LEAD, MEMBER, NOBODY_BY_HAND, OFFICER, SELF


def composition_met(team: Any, actor: Any) -> Sequence[str]:
    """Every reason for which the composition is not met today, as the rule says it."""
    return team.composition_reasons()


def meeting_not_in_future(team: Any, actor: Any) -> Sequence[str]:
    """Judges the date once it is given: before that, the button only opens the form that asks for it."""
    if team.met_on is None or team.met_on <= today():
        return ()
    return ("La rencontre est datée dans le futur : enregistrez-la quand elle a eu lieu.",)


TEAM = Workflow(
    "teams.team",
    title="Équipe",
    initial="forming",
    texts=("registration_number", "closing_reason"),
    states=[
        State("forming", "En constitution", tone="wait", waits_for="team"),
        State(
            "meeting_requested",
            "Rencontre demandée",
            tone="wait",
            waits_for="association",
            required=("meeting_requested_at",),
        ),
        State("accompanied", "Accompagnée", tone="info", waits_for="team", required=("met_on",)),
        State("recognised", "Reconnue", tone="ok", required=("registration_number", "recognised_on")),
        State("closed", "Fermée", tone="quiet", required=("closing_reason", "closed_at"), final=True),
    ],
    transitions=[
        Transition(
            "request_meeting",
            ("forming",),
            "meeting_requested",
            "Demander à rencontrer l'association",
            MEMBER,
            guards=(composition_met,),
            sets={"meeting_requested_at": lambda team, actor: timezone.now()},
            done="La demande est partie. L'association vous propose une date.",
        ),
        Transition(
            "cancel_meeting_request",
            ("meeting_requested",),
            "forming",
            "Annuler la demande",
            MEMBER,
            clears=("meeting_requested_at",),
            tone="quiet",
            done="La demande est annulée.",
        ),
        Transition(
            "record_meeting",
            ("forming", "meeting_requested"),
            "accompanied",
            "Enregistrer la rencontre",
            OFFICER,
            guards=(meeting_not_in_future,),
            inputs=("met_on", "meeting_place", "meeting_notes"),
            sets={"met_by": lambda team, actor: actor},
            done="La rencontre est enregistrée. L'équipe peut choisir ses thèmes et écrire son projet.",
        ),
        Transition(
            "recognise",
            ("accompanied",),
            "recognised",
            "Reconnaître",
            NOBODY_BY_HAND,
            inputs=("registration_number", "recognised_on"),
            hidden=True,
        ),
        Transition(
            "close",
            ("forming", "meeting_requested", "accompanied", "recognised"),
            "closed",
            "Fermer l'équipe",
            OFFICER | ASSOCIATION_ADMIN,
            needs_comment=True,
            inputs=("closing_reason",),
            sets={"closed_at": lambda team, actor: timezone.now()},
            tone="danger",
            done="L'équipe est fermée. Son histoire reste lisible.",
        ),
    ],
)


def not_last_lead(membership: Any, actor: Any) -> Sequence[str]:
    """A team that lives keeps somebody to answer for it."""
    if membership.role != "lead" or membership.team.state == "closed":
        return ()
    others = membership.team.memberships.in_force().filter(role="lead", state="confirmed").exclude(pk=membership.pk)
    return (
        () if others.exists() else ("Nommez d'abord une autre personne référente : une équipe en garde toujours une.",)
    )


MEMBERSHIP = Workflow(
    "teams.membership",
    title="Membre d'une équipe",
    initial="uncertain",
    texts=("leaving_reason",),
    states=[
        State("uncertain", "Pressenti", tone="quiet", waits_for="member", empty=("confirmed_at",)),
        State("confirmed", "Confirmé", tone="ok", required=("confirmed_at",)),
        State("declined", "A décliné", tone="quiet", final=True),
        State("left", "Parti", tone="quiet", required=("valid_to", "leaving_reason"), final=True),
    ],
    transitions=[
        Transition(
            "accept",
            ("uncertain",),
            "confirmed",
            "J'accepte de rejoindre l'équipe",
            SELF,
            sets={
                "confirmed_at": lambda membership, actor: timezone.now(),
                "confirmed_by": lambda membership, actor: actor,
                "accepted_at": lambda membership, actor: timezone.now(),
            },
            done="Bienvenue dans l'équipe.",
        ),
        Transition(
            "vouch",
            ("uncertain",),
            "confirmed",
            "M'a donné son accord",
            LEAD,
            sets={
                "confirmed_at": lambda membership, actor: timezone.now(),
                "confirmed_by": lambda membership, actor: actor,
            },
            tone="quiet",
            done="Le membre est confirmé ; un message le lui dit et lui permet de corriger.",
        ),
        Transition("decline", ("uncertain",), "declined", "Décliner", SELF | LEAD, tone="quiet"),
        Transition(
            "leave",
            ("confirmed",),
            "left",
            "Quitter l'équipe",
            SELF | LEAD | OFFICER,
            guards=(not_last_lead,),
            needs_comment=True,
            inputs=("valid_to", "leaving_reason"),
            tone="danger",
            done="Le départ est enregistré.",
        ),
    ],
)
