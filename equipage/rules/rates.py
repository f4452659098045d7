"""What one quantity of an action is worth under one rate (tarif): whole numbers from end to end. Pure.

Rates are Decimal euros, results integer cents; quantities are exact fractions until the one rounding at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from equipage.rules.dated import Reference
from equipage.rules.errors import BadInput, NoRuleInForce
from equipage.rules.wording import NARROW, day

UNITS = {
    "hour": ("heure", "heures"),
    "started_half_hour": ("demi-heure commencée", "demi-heures commencées"),
    "meeting": ("réunion", "réunions"),
    "document": ("document", "documents"),
    "patient": ("patient", "patients"),
    "session": ("séance", "séances"),
}
# The units in which the time of each person counts.
TIMED = ("hour", "started_half_hour")
ROUNDINGS = {"cent": "au centime", "euro": "à l'euro", "euro_down": "à l'euro inférieur"}
# How the lump sum of a team is shared among those who were there: the key, in words.
SHARED = {
    "equal": "à parts égales",
    "time": "selon le temps passé",
    "points": "selon les points de chaque profession",
    "fixed": "selon la part fixe de chaque profession",
}
NO_SOURCE = Reference("")


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a scale (tarif): euros per unit for an action, from `valid_from` to `valid_to` excluded.

    `profession_group` None holds for everybody; a rate of the person's group goes before it. Quantities are in the
    unit of the rate. Ceilings are in cents: what one person receives in a civil year for this kind of action, all
    teams together; what all the people of one action receive together; what one team receives in a civil year for
    this kind. `shared_by` says that the amount is a lump sum for the whole action (forfait de l'équipe), shared among
    those present by this key of `SHARED`; "" pays each person. `points` are those of a person, for the key "points";
    `percent` is what goes to those whom this rate pays, together, for the key "fixed": what belongs to a profession
    that is not there is not paid.
    `rule_id` and `version` identify the line; `source` says who decided it.
    """

    action_code: str
    unit: str
    amount: Decimal
    valid_from: date
    valid_to: date | None = None
    profession_group: str | None = None
    min_quantity: Decimal | None = None
    max_quantity: Decimal | None = None
    cap_person_year_cents: int | None = None
    cap_action_cents: int | None = None
    cap_team_year_cents: int | None = None
    min_participants: int | None = None
    rounding: str = "cent"
    rule_id: str = "scale"
    version: str = ""
    territory: str = ""
    label: str = ""
    source: Reference = NO_SOURCE
    fictitious: bool = False
    shared_by: str = ""
    points: int | None = None
    percent: Decimal | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise BadInput(f"L'unité «{NARROW}{self.unit}{NARROW}» n'existe pas dans un barème.")
        if self.rounding not in ROUNDINGS:
            raise BadInput(f"L'arrondi «{NARROW}{self.rounding}{NARROW}» n'existe pas dans un barème.")
        if self.shared_by and self.shared_by not in SHARED:
            raise BadInput(f"La clé de partage «{NARROW}{self.shared_by}{NARROW}» n'existe pas dans un barème.")
        if (self.points or 0) < 0 or (self.shared_by == "points" and not self.points):
            raise BadInput("Un forfait partagé selon les points donne au moins un point à chaque profession.")
        if (self.percent is None) != (self.shared_by != "fixed") or (
            self.percent is not None and not 0 < self.percent <= 100
        ):
            raise BadInput("Un forfait à parts fixes donne à chaque profession une part, de plus de 0 à 100 %.")
        _exact(self.amount)
        caps = (self.cap_person_year_cents, self.cap_action_cents, self.cap_team_year_cents)
        if self.amount < 0 or any(cap is not None and cap < 0 for cap in caps):
            raise BadInput("Un tarif et un plafond ne peuvent pas être négatifs.")
        low, high = self.min_quantity, self.max_quantity
        if (low is not None and low < 0) or (high is not None and high < (low or 0)):
            raise BadInput("La quantité maximale d'un tarif ne peut pas être inférieure à sa quantité minimale.")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise BadInput("La fin d'un tarif doit suivre son début.")

    def covers(self, on: date) -> bool:
        """Whether the day falls in its period."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def _exact(amount: Any) -> None:
    if isinstance(amount, float) or not Decimal(amount).is_finite():
        raise BadInput(
            f"Le tarif «{NARROW}{amount}{NARROW}» n'est pas un montant exact{NARROW}: écrivez des euros en décimal."
        )


class Counted(NamedTuple):
    """What was counted: the quantity asked for and the one kept, and the price before any ceiling, in cents.

    Quantities are numerators over `base` (60 for an hour, 1 for the other units); `kept` may be any fraction of it.
    """

    asked: int
    kept: int | Fraction
    base: int
    cents: int

    @property
    def quantity(self) -> Fraction:
        """The quantity kept, in the unit of the rate."""
        return Fraction(self.kept) / self.base


def cents_of(rate: Rate, quantity: int | Fraction, base: int, rounding: str = "") -> int:
    """The cents of a quantity over `base`, rounded once as `rounding` or else the rate says, the half going up."""
    numerator, denominator = rate.amount.as_integer_ratio()
    numerator, denominator = numerator * quantity.numerator, denominator * quantity.denominator * base
    rounding = rounding or rate.rounding
    if rounding == "euro_down":
        return numerator // denominator * 100
    if rounding == "euro":
        return (2 * numerator + denominator) // (2 * denominator) * 100
    return (200 * numerator + denominator) // (2 * denominator)


def _asked(unit: str, minutes: int, patients: int, documents: int) -> int:
    if unit == "hour":
        return minutes
    if unit == "started_half_hour":
        return -(-minutes // 30)
    if unit == "patient":
        return patients
    return documents if unit == "document" else 1


def worth(rate: Rate, minutes: int, patients: int, documents: int, participants: int | None) -> Counted:
    """What a rate makes of the facts: limits, product, rounding. Raises BadInput when one is negative."""
    if minutes < 0 or patients < 0 or documents < 0 or (participants or 0) < 0:
        raise BadInput("Une durée, un nombre ou un montant ne peut pas être négatif.")
    base = 60 if rate.unit == "hour" else 1
    asked = _asked(rate.unit, minutes, patients, documents)
    kept: int | Fraction = asked
    if rate.min_quantity is not None and asked < rate.min_quantity * base:
        kept = 0
    elif rate.max_quantity is not None and asked > rate.max_quantity * base:
        kept = Fraction(rate.max_quantity) * base
    if rate.min_participants is not None and participants is not None and participants < rate.min_participants:
        kept = 0
    return Counted(asked, kept, base, cents_of(rate, kept, base))


def rate_for(rates: Iterable[Rate], action_code: str, profession: str, on: date) -> Rate:
    """The rate of an action for a pay group on a day. Raises NoRuleInForce when there is none, or two."""
    found = [rate for rate in rates if rate.action_code == action_code and rate.covers(on)]
    fitting = [r for r in found if r.profession_group == profession] or [r for r in found if r.profession_group is None]
    if not fitting:
        raise NoRuleInForce(
            f"Aucun tarif n'est en vigueur le {day(on)} pour l'action «{NARROW}{action_code}{NARROW}»{NARROW}: "
            "complétez le barème à cette date."
        )
    if len(fitting) > 1:
        raise NoRuleInForce(
            f"Deux tarifs se recouvrent le {day(on)} pour l'action «{NARROW}{action_code}{NARROW}»{NARROW}: "
            "mettez fin à l'un des deux."
        )
    return fitting[0]
