"""The workflow of a recognition file (dossier de reconnaissance)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.teams.actors import AGENCY, LEAD, MEMBER


def composition_met(file: Any, actor: Any) -> Sequence[str]:
    return file.team.composition_reasons()


def nothing_asked(file: Any, actor: Any) -> Sequence[str]:
    """A decision waits for the complements that were asked."""
    waiting = file.complements.filter(answered_at__isnull=True).count()
    return ("Un complément demandé attend encore sa réponse.",) if waiting else ()


def everything_answered(file: Any, actor: Any) -> Sequence[str]:
    waiting = file.complements.filter(answered_at__isnull=True).count()
    return (f"Il reste {waiting} complément(s) sans réponse : écrivez une phrase pour chacun.",) if waiting else ()


def version_blocks(file: Any, actor: Any) -> Sequence[str]:
    """What the rules forbid in the version read: a prevention action without an association, for one."""
    return file.blocking_reasons()


FILE = Workflow(
    "recognition.file",
    title="Dossier de reconnaissance",
    initial="submitted",
    texts=("decision_reason", "registration_number"),
    states=[
        State("submitted", "Déposé", tone="wait", waits_for="agency"),
        State("in_review", "En instruction", tone="wait", waits_for="agency", required=("assigned_to",)),
        State("complement", "Complément demandé", tone="info", waits_for="team", required=("assigned_to",)),
        State(
            "recognised",
            "Reconnu",
            tone="ok",
            required=("registration_number", "decided_at", "decided_by"),
            final=True,
        ),
        State("refused", "Refusé", tone="stop", required=("decision_reason", "decided_at", "decided_by"), final=True),
        State("withdrawn", "Retiré", tone="quiet", required=("decided_at",), final=True),
    ],
    transitions=[
        Transition(
            "take",
            ("submitted",),
            "in_review",
            "Prendre le dossier",
            AGENCY,
            sets={"assigned_to": lambda file, actor: actor, "waiting_since": lambda file, actor: timezone.now()},
            done="Le dossier est à vous.",
        ),
        Transition(
            "ask_complement",
            ("in_review",),
            "complement",
            "Demander un complément",
            AGENCY,
            sets={"waiting_since": lambda file, actor: timezone.now()},
            tone="quiet",
            hidden=True,
        ),
        Transition(
            "answer_complement",
            ("complement",),
            "in_review",
            "Renvoyer le dossier complété",
            MEMBER,
            guards=(everything_answered,),
            inputs=("version",),
            sets={"waiting_since": lambda file, actor: timezone.now()},
            hidden=True,
        ),
        Transition(
            "recognise",
            ("in_review",),
            "recognised",
            "Reconnaître",
            AGENCY,
            guards=(composition_met, nothing_asked, version_blocks),
            inputs=("registration_number", "decision_reason"),
            sets={
                "decided_at": lambda file, actor: timezone.now(),
                "decided_by": lambda file, actor: actor,
                "decided_on": lambda file, actor: today(),
            },
            done="L'équipe est reconnue. La lettre est prête et l'équipe est prévenue.",
        ),
        Transition(
            "refuse",
            ("in_review",),
            "refused",
            "Refuser",
            AGENCY,
            guards=(nothing_asked,),
            needs_comment=True,
            inputs=("decision_reason",),
            sets={
                "decided_at": lambda file, actor: timezone.now(),
                "decided_by": lambda file, actor: actor,
                "decided_on": lambda file, actor: today(),
            },
            tone="danger",
            comment_label="Motif du refus",
            done="Le refus est enregistré avec son motif. L'équipe est prévenue et peut déposer une nouvelle version.",
        ),
        Transition(
            "withdraw",
            ("submitted", "in_review", "complement"),
            "withdrawn",
            "Retirer le dossier",
            LEAD,
            sets={"decided_at": lambda file, actor: timezone.now(), "decided_on": lambda file, actor: today()},
            tone="quiet",
            done="Le dossier est retiré. Le projet est de nouveau modifiable.",
        ),
        Transition("reassign", ("in_review",), "in_review", "Confier à", AGENCY, inputs=("assigned_to",), hidden=True),
    ],
)
