"""The lump sum of a team (forfait de l'équipe), shared among those who were there by a key of `rates.SHARED`. Pure.

No cent is lost: the largest remainder, the first of equal ones first. The sum of the parts is the lump sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipage.rules.errors import BadInput
from equipage.rules.explaining import node, told
from equipage.rules.explanation import Explanation
from equipage.rules.rates import SHARED, Counted, Rate
from equipage.rules.sharing import share_out
from equipage.rules.wording import NARROW, euros

_MIXED = (
    "Les tarifs d'un même type d'action se contredisent : un forfait d'équipe a un seul montant et une seule clé de "
    "partage pour toutes les professions."
)


@dataclass(frozen=True, slots=True)
class Part:
    """The part of one person: so many of `whole` of the key, of a lump sum in cents."""

    lump: Counted
    weight: int
    whole: int
    cents: int
    key: str

    def words(self) -> str:
        """« 2 points sur 7 », « 30 min sur 75 », « 1 part sur 3 »."""
        if self.key == "points":
            return f"{self.weight} point{'s' if self.weight > 1 else ''} sur {self.whole}"
        if self.key == "time":
            return f"{self.weight} min sur {self.whole}"
        return f"{self.weight} part sur {self.whole}"

    def steps(self, rate: Rate, minutes: int) -> list[str]:
        """How the part is made, in words."""
        lump = told(rate, self.lump.quantity, minutes) if self.lump.kept else "rien à partager"
        return [
            f"forfait de l'équipe{NARROW}: {lump} = {euros(self.lump.cents)}, partagé {SHARED[self.key]}",
            f"soit {self.words()} = {euros(self.cents)}",
        ]

    def node(self, rate: Rate) -> Explanation:
        """The part as one node."""
        return node(f"Part du forfait de {euros(self.lump.cents)}{NARROW}: {self.words()}", self.cents, rate)


def one_lump(rates: Sequence[Rate]) -> None:
    """Raise BadInput when rates that share a lump sum do not agree on it."""
    if len({(rate.shared_by, rate.amount, rate.unit, rate.rounding, *_limits(rate)) for rate in rates}) > 1:
        raise BadInput(_MIXED)


def _limits(rate: Rate) -> tuple[object, ...]:
    return rate.min_quantity, rate.max_quantity, rate.min_participants


def parts_of(rates: Sequence[Rate], lump: Counted, minutes: Sequence[int]) -> list[Part]:
    """The part of each person. Where nobody has any time at all, the parts are equal."""
    key = rates[0].shared_by
    weights = [1] * len(rates)
    if key == "points":
        weights = [rate.points or 0 for rate in rates]
    elif key == "time" and any(minutes):
        weights = list(minutes)
    elif key == "time":
        key = "equal"
    cents = share_out(lump.cents, weights)
    whole = sum(weights)
    return [Part(lump, weight, whole, part, key) for weight, part in zip(weights, cents, strict=True)]
