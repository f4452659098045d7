"""The workflows of what is owed: a scale, a claim line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import State, Transition, Workflow
from equipage.funding.actors import ADMINISTRATOR, APPROVER, PREPARER
from equipage.teams.actors import NOBODY_BY_HAND


def second_person_on_scale(scale: Any, actor: Any) -> Sequence[str]:
    own = scale.drafted_by_id == actor.pk
    return ("Vous avez saisi ce barème : une deuxième personne l'adopte.",) if own else ()


def scale_has_rates(scale: Any, actor: Any) -> Sequence[str]:
    return () if scale.rates.exists() else ("Ajoutez au moins un tarif.",)


SCALE = Workflow(
    "compensation.scale",
    title="Barème",
    initial="draft",
    states=[
        State("draft", "Brouillon", tone="wait", waits_for="association"),
        State("in_force", "Adopté", tone="ok", required=("adopted_at", "adopted_by"), final=True),
        State("abandoned", "Abandonné", tone="quiet", final=True),
    ],
    transitions=[
        Transition(
            "adopt",
            ("draft",),
            "in_force",
            "Adopter",
            APPROVER | ADMINISTRATOR,
            guards=(second_person_on_scale, scale_has_rates),
            sets={"adopted_at": lambda scale, actor: timezone.now(), "adopted_by": lambda scale, actor: actor},
            done="Le barème est adopté. Il s'applique aux actions de sa période qui ne sont pas encore validées.",
        ),
        Transition("abandon", ("draft",), "abandoned", "Abandonner", PREPARER | ADMINISTRATOR, tone="quiet"),
    ],
)


# What counts against an envelope and a yearly cap: all that is owed, was paid or was given back.
COMMITTED = ("validated", "locked", "returned", "paid", "repaid")
# What really left the association, and what came back to it.
SETTLED = ("paid", "repaid")
# What is owed and on its way to the person.
COMING = ("validated", "locked", "returned")

LINE = Workflow(
    "compensation.claim_line",
    title="Ligne d'indemnisation",
    initial="estimated",
    texts=("cancel_reason",),
    states=[
        State("estimated", "Estimée", tone="info", waits_for="association"),
        State("validated", "À payer", tone="wait", waits_for="association", required=("frozen_at",)),
        State("locked", "En paiement", tone="info", waits_for="association", required=("frozen_at", "payment")),
        State("paid", "Versée", tone="ok", required=("frozen_at", "payment", "paid_at", "settled_by")),
        State(
            "returned",
            "Virement revenu",
            tone="stop",
            waits_for="association",
            required=("frozen_at", "payment"),
            empty=("paid_at", "settled_by"),
        ),
        State("repaid", "Remboursée", tone="ok", required=("frozen_at", "paid_at"), final=True),
        State("cancelled", "Annulée", tone="quiet", required=("cancel_reason",), final=True),
    ],
    transitions=[
        Transition(
            "freeze",
            ("estimated",),
            "validated",
            "Figer",
            NOBODY_BY_HAND,
            sets={"frozen_at": lambda line, actor: timezone.now()},
            inputs=("rate", "unit", "quantity", "rate_amount", "amount_cents", "cut_cents", "explanation", "sentence"),
            hidden=True,
        ),
        Transition(
            "lock", ("validated",), "locked", "Mettre en paiement", NOBODY_BY_HAND, inputs=("payment",), hidden=True
        ),
        Transition("unlock", ("locked",), "validated", "Rendre", NOBODY_BY_HAND, clears=("payment",), hidden=True),
        Transition(
            "pay",
            ("locked", "returned"),
            "paid",
            "Verser",
            NOBODY_BY_HAND,
            sets={"paid_at": lambda line, actor: timezone.now()},
            inputs=("settled_by",),
            hidden=True,
        ),
        # The transfer was rejected, or its money came back: what it paid is owed again, by a later transfer.
        Transition(
            "come_back",
            ("locked", "paid"),
            "returned",
            "Constater le retour",
            NOBODY_BY_HAND,
            clears=("paid_at", "settled_by"),
            hidden=True,
        ),
        Transition(
            "repay",
            ("validated",),
            "repaid",
            "Rembourser",
            NOBODY_BY_HAND,
            sets={"paid_at": lambda line, actor: timezone.now()},
            hidden=True,
        ),
        Transition(
            "cancel",
            ("estimated", "validated"),
            "cancelled",
            "Annuler",
            NOBODY_BY_HAND,
            inputs=("cancel_reason",),
            hidden=True,
        ),
    ],
)
