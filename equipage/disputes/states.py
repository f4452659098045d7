"""The workflow of a dispute (contestation): opened, answered, once looked at again by somebody else."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from equipage.disputes.actors import ANSWERER, PAYEE, answerer_is_neutral, reviewer_is_another
from equipage.disputes.rules import due_on
from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow


def _now(row: Any, actor: Any) -> Any:
    return timezone.now()


def _actor(row: Any, actor: Any) -> Any:
    return actor


_ANSWERED: dict[str, Any] = {"answered_at": _now, "answered_by": _actor}
_REVIEWED: dict[str, Any] = {"reviewed_at": _now, "reviewed_by": _actor}
_FIRST = ("answer", "answered_at", "answered_by")
_SECOND = ("reopen_words", "reopened_at", "review", "reviewed_at", "reviewed_by")

OPEN = ("open", "reopened")

DISPUTE = Workflow(
    "disputes.dispute",
    title="Contestation",
    initial="open",
    texts=("answer", "review", "reopen_words"),
    states=[
        State("open", "En attente d'une réponse", tone="wait", waits_for="association", empty=("answered_at",)),
        State("kept", "Montant maintenu", tone="info", required=_FIRST, empty=("adjustment", "reopened_at")),
        State("corrected", "Montant corrigé", tone="ok", required=(*_FIRST, "adjustment"), empty=("reopened_at",)),
        State(
            "reopened",
            "À réexaminer",
            tone="wait",
            waits_for="association",
            required=(*_FIRST, "reopened_at", "reopen_words"),
            empty=("reviewed_at",),
        ),
        State("upheld", "Réponse confirmée après réexamen", tone="quiet", required=(*_FIRST, *_SECOND), final=True),
        State(
            "amended",
            "Corrigé après réexamen",
            tone="ok",
            required=(*_FIRST, *_SECOND, "second_adjustment"),
            final=True,
        ),
        State("withdrawn", "Retirée", tone="quiet", final=True),
    ],
    transitions=[
        Transition(
            "keep",
            ("open",),
            "kept",
            "Maintenir le montant",
            ANSWERER,
            guards=(answerer_is_neutral,),
            inputs=("answer",),
            sets=_ANSWERED,
            clears=("adjustment", "reopened_at"),
            done="La réponse est envoyée : le montant est maintenu.",
        ),
        Transition(
            "correct",
            ("open",),
            "corrected",
            "Corriger le montant",
            ANSWERER,
            guards=(answerer_is_neutral,),
            inputs=("answer", "adjustment"),
            sets=_ANSWERED,
            clears=("reopened_at",),
            done="La réponse est envoyée et la correction est écrite : elle compte dès le prochain mois.",
        ),
        Transition(
            "withdraw",
            ("open",),
            "withdrawn",
            "Retirer ma contestation",
            PAYEE,
            tone="quiet",
            done="Votre contestation est retirée.",
        ),
        Transition(
            "reopen",
            ("kept", "corrected"),
            "reopened",
            "Pas d'accord",
            PAYEE,
            inputs=("reopen_words",),
            sets={"reopened_at": _now, "answer_due_on": lambda row, actor: due_on(today())},
            clears=("reviewed_at",),
            tone="quiet",
            done="C'est envoyé : une autre personne de l'association réexamine.",
        ),
        Transition(
            "uphold",
            ("reopened",),
            "upheld",
            "Confirmer la réponse",
            ANSWERER,
            guards=(answerer_is_neutral, reviewer_is_another),
            inputs=("review",),
            sets=_REVIEWED,
            done="La réponse est confirmée et envoyée.",
        ),
        Transition(
            "amend",
            ("reopened",),
            "amended",
            "Corriger le montant",
            ANSWERER,
            guards=(answerer_is_neutral, reviewer_is_another),
            inputs=("review", "second_adjustment"),
            sets=_REVIEWED,
            done="La réponse est envoyée et la correction est écrite : elle compte dès le prochain mois.",
        ),
    ],
)
