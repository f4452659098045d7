"""What may still be paid under a ceiling (plafond, enveloppe). Pure, integer cents."""

from __future__ import annotations

from dataclasses import dataclass

from equipage.rules.dated import Dated, Reference
from equipage.rules.errors import BadInput
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.wording import NARROW, euros


@dataclass(frozen=True, slots=True)
class Capped:
    """An amount under a ceiling: `paid_cents` + `cut_cents` is the amount asked, to the cent."""

    paid_cents: int
    cut_cents: int
    explanation: Explanation


def apply_ceiling(
    amount_cents: int, committed_cents: int, ceiling_cents: int, rule: Dated | None = None, name: str = "enveloppe"
) -> Capped:
    """The part of an amount that fits under a ceiling already used up to `committed_cents`.

    `rule` is the dated ceiling, for the explanation. Nothing is paid above the ceiling, and nothing already committed
    is taken back. Raises BadInput for a negative figure.
    """
    if min(amount_cents, committed_cents, ceiling_cents) < 0:
        raise BadInput("Un montant, un engagement ou un plafond ne peut pas être négatif.")
    left = max(0, ceiling_cents - committed_cents)
    paid = min(amount_cents, left)
    cut = amount_cents - paid
    steps = (
        f"{name} de {euros(ceiling_cents)}",
        f"{euros(committed_cents)} déjà engagés",
        f"{euros(left)} disponibles",
    )
    conclusion = (
        f"{euros(paid)} retenus sur {euros(amount_cents)}, {euros(cut)} au-delà du plafond"
        if cut
        else f"{euros(paid)} retenus en entier, plafond non atteint"
    )
    inputs: dict[str, Plain] = {
        "amount_cents": amount_cents,
        "committed_cents": committed_cents,
        "ceiling_cents": ceiling_cents,
    }
    if rule is not None:
        return Capped(paid, cut, Explanation.of(rule, inputs, steps, conclusion))
    reference = Reference(f"plafond enregistré dans l'application{NARROW}: {name}")
    return Capped(paid, cut, Explanation("ceiling", "", "", None, reference, inputs, steps, conclusion))
