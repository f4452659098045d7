"""The workflow of a re-allotment between two teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import State, Transition, Workflow
from equipage.funding.actors import APPROVER, PREPARER


def decider_did_not_propose(row: Any, actor: Any) -> Sequence[str]:
    """Two people: one proposes, another decides."""
    own = row.proposed_by_id == actor.pk
    return ("Vous avez proposé cette réaffectation : une deuxième personne la décide.",) if own else ()


_DECIDED = {"decided_at": lambda row, actor: timezone.now(), "decided_by": lambda row, actor: actor}

REALLOTMENT = Workflow(
    "funding.reallotment",
    title="Réaffectation",
    initial="proposed",
    texts=("refusal_reason",),
    states=[
        State("proposed", "À décider", tone="wait", waits_for="treasurer"),
        State("decided", "Décidée", tone="ok", required=("decided_at", "decided_by"), final=True),
        State("refused", "Refusée", tone="quiet", required=("decided_at", "decided_by", "refusal_reason"), final=True),
        State("withdrawn", "Retirée", tone="quiet", final=True),
    ],
    transitions=[
        Transition(
            "decide",
            ("proposed",),
            "decided",
            "Décider",
            APPROVER,
            guards=(decider_did_not_propose,),
            sets=_DECIDED,
            done="La réaffectation est faite : les deux équipes sont prévenues.",
        ),
        Transition(
            "refuse",
            ("proposed",),
            "refused",
            "Refuser",
            APPROVER,
            guards=(decider_did_not_propose,),
            sets=_DECIDED,
            needs_comment=True,
            inputs=("refusal_reason",),
            tone="quiet",
            done="La réaffectation est refusée : rien ne change.",
        ),
        Transition(
            "withdraw",
            ("proposed",),
            "withdrawn",
            "Retirer la proposition",
            PREPARER,
            tone="quiet",
            done="La proposition est retirée : rien ne change.",
        ),
    ],
)
