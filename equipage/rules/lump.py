"""The lump sum of a team (forfait de l'équipe), shared among those who were there by a key of `rates.SHARED`. Pure.

No cent is lost: the largest remainder, the first of equal ones first. The sum of the parts is the lump sum, but for
fixed shares: the share of a profession that is not there goes to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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

TOO_MUCH = "Les parts fixes d'un forfait d'équipe dépassent 100 % : diminuez-en une."


@dataclass(frozen=True, slots=True)
class Part:
    """The part of one person: so many of `whole` of the key, of a lump sum in cents.

    For fixed shares, `weight` and `whole` are hundredths of a percent, shared equally `among` the people of the rate.
    """

    lump: Counted
    weight: int
    whole: int
    cents: int
    key: str
    among: int = 1

    def words(self) -> str:
        """« 2 points sur 7 », « 30 min sur 75 », « 1 part sur 3 », « 25 % partagés entre 2 personnes »."""
        if self.key == "points":
            return f"{self.weight} point{'s' if self.weight > 1 else ''} sur {self.whole}"
        if self.key == "time":
            return f"{self.weight} min sur {self.whole}"
        if self.key == "fixed":
            percent = f"{(Decimal(self.weight) / 100).normalize():f}".replace(".", ",")
            return f"{percent}{NARROW}%" + (f" partagés entre {self.among} personnes" if self.among > 1 else "")
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
    if key == "fixed":
        return _fixed(rates, lump)
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


_WHOLE = 10_000  # hundredths of a percent


def _fixed(rates: Sequence[Rate], lump: Counted) -> list[Part]:
    """Each rate has its share whoever else is there; its people share it equally. Raises BadInput above 100 %."""
    places: dict[str, list[int]] = {}
    for place, rate in enumerate(rates):
        places.setdefault(rate.profession_group or "", []).append(place)
    weights = [int((rates[own[0]].percent or 0) * 100) for own in places.values()]
    if sum(weights) > _WHOLE:
        raise BadInput(TOO_MUCH)
    parts: dict[int, Part] = {}
    shares = share_out(lump.cents, [*weights, _WHOLE - sum(weights)])
    for own, weight, cents in zip(places.values(), weights, shares, strict=False):
        for place, part in zip(own, share_out(cents, [1] * len(own)), strict=True):
            parts[place] = Part(lump, weight, _WHOLE, part, "fixed", len(own))
    return [parts[place] for place in range(len(rates))]
