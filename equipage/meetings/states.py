"""The workflows of a meeting and of a task."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import Actor, State, Transition, Workflow
from equipage.teams.actors import LEAD, MEMBER, NOBODY_BY_HAND, is_member


def is_organiser(user: Any, meeting: Any) -> bool:
    """Whoever called the meeting, as long as a member of the team."""
    return bool(meeting.organiser_id == getattr(user, "pk", None)) and is_member(user, meeting)


def next_sequence(meeting: Any, actor: Any) -> int:
    """Calendars are told something new (RFC 5545, SEQUENCE)."""
    return int(meeting.sequence) + 1


ORGANISER = Actor("la personne qui organise la réunion", is_organiser)

MEETING = Workflow(
    "meetings.meeting",
    title="Réunion",
    initial="polling",
    texts=("cancel_reason",),
    states=[
        State("polling", "Date à choisir", tone="wait", waits_for="team", empty=("starts_at",)),
        State("fixed", "Prévue", tone="info", required=("starts_at",)),
        State("held", "Tenue", tone="ok", required=("starts_at", "held_at"), final=True),
        State("cancelled", "Annulée", tone="quiet", required=("cancel_reason",), final=True),
    ],
    transitions=[
        # The date comes with the verb: `data={"starts_at": …}`.
        Transition(
            "fix",
            ("polling",),
            "fixed",
            "Fixer la date",
            ORGANISER | LEAD,
            inputs=("starts_at",),
            done="La date est fixée, les personnes invitées sont prévenues.",
        ),
        Transition(
            "hold",
            ("fixed",),
            "held",
            "Terminer la réunion",
            MEMBER,
            sets={"held_at": lambda meeting, actor: timezone.now()},
            done="La réunion est terminée : le compte rendu est prêt.",
        ),
        Transition(
            "cancel",
            ("polling", "fixed"),
            "cancelled",
            "Annuler la réunion",
            ORGANISER | LEAD,
            needs_comment=True,
            inputs=("cancel_reason",),
            sets={"sequence": next_sequence},
            tone="danger",
            done="La réunion est annulée, les personnes invitées sont prévenues.",
        ),
        Transition(
            "fall",
            ("polling", "fixed"),
            "cancelled",
            "Annuler avec l'équipe",
            NOBODY_BY_HAND,
            inputs=("cancel_reason",),
            sets={"sequence": next_sequence},
            hidden=True,
        ),
    ],
)

TASK = Workflow(
    "meetings.task",
    title="Tâche",
    initial="open",
    states=[
        State("open", "À faire", tone="wait", waits_for="member", empty=("done_at", "done_by")),
        State("done", "Faite", tone="ok", required=("done_at", "done_by")),
        State("dropped", "Sans objet", tone="quiet", required=("done_at", "done_by")),
    ],
    transitions=[
        Transition(
            "finish",
            ("open",),
            "done",
            "C'est fait",
            MEMBER,
            sets={"done_at": lambda task, actor: timezone.now(), "done_by": lambda task, actor: actor},
            done="C'est noté : la tâche est faite.",
        ),
        Transition(
            "drop",
            ("open",),
            "dropped",
            "Sans objet",
            MEMBER,
            sets={"done_at": lambda task, actor: timezone.now(), "done_by": lambda task, actor: actor},
            tone="quiet",
            done="La tâche est classée sans objet.",
        ),
        Transition(
            "reopen",
            ("done", "dropped"),
            "open",
            "Finalement, à faire",
            MEMBER,
            clears=("done_at", "done_by"),
            tone="quiet",
            done="La tâche est de nouveau à faire.",
        ),
    ],
)
