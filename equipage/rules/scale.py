"""What an action is worth: one function for the estimate, the simulation and the payment. Pure.

Rates are Decimal euros, results integer cents. Times are exact fractions until the one rounding at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from equipage.rules.dated import Dated, Reference
from equipage.rules.errors import BadInput, NoRuleInForce
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.wording import NARROW, NO_BREAK, day, duration, euros, euros_exact, number

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
NO_SOURCE = Reference("")


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a scale (tarif): euros per unit for an action, from `valid_from` to `valid_to` excluded.

    `profession_group` None holds for everybody; a rate of the person's group goes before it. Quantities are in the
    unit of the rate. `code` and `version` identify the line; `source` says who decided it.
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
    min_participants: int | None = None
    rounding: str = "cent"
    rule_id: str = "scale"
    version: str = ""
    territory: str = ""
    label: str = ""
    source: Reference = NO_SOURCE
    fictitious: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise BadInput(f"L'unité «{NARROW}{self.unit}{NARROW}» n'existe pas dans un barème.")
        if self.rounding not in ROUNDINGS:
            raise BadInput(f"L'arrondi «{NARROW}{self.rounding}{NARROW}» n'existe pas dans un barème.")
        if self.amount < 0 or (self.cap_person_year_cents or 0) < 0:
            raise BadInput("Un tarif et un plafond ne peuvent pas être négatifs.")
        low, high = self.min_quantity, self.max_quantity
        if (low is not None and low < 0) or (high is not None and high < (low or 0)):
            raise BadInput("La quantité maximale d'un tarif ne peut pas être inférieure à sa quantité minimale.")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise BadInput("La fin d'un tarif doit suivre son début.")

    def covers(self, on: date) -> bool:
        """Whether the day falls in its period."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Scale:
    """A set of rates with a name and dates (barème)."""

    code: str
    label: str
    fictitious: bool
    rates: tuple[Rate, ...]
    rule: Dated

    @classmethod
    def read(cls, dated: Dated) -> Scale:
        """The scale of one dated value."""
        value = dated.value
        return cls(
            value["code"],
            value["label"],
            value["fictitious"],
            tuple(_rate(item, dated) for item in value["rates"]),
            dated,
        )


@dataclass(frozen=True, slots=True)
class Priced:
    """What one person's share in an action is worth (montant): integer cents, never negative."""

    amount_cents: int
    quantity: Decimal
    rate: Rate
    explanation: Explanation


def _rate(item: dict[str, Any], dated: Dated) -> Rate:
    quantities = {key: Decimal(item[key]) for key in ("min_quantity", "max_quantity") if key in item}
    return Rate(
        action_code=item["action"],
        unit=item["unit"],
        amount=Decimal(item["amount"]),
        valid_from=dated.valid_from,
        valid_to=dated.valid_to,
        profession_group=item.get("profession_group"),
        cap_person_year_cents=item.get("cap_person_year_cents"),
        min_participants=item.get("min_participants"),
        rounding=item.get("rounding", "cent"),
        rule_id=f"{dated.rule_id}.{dated.value['code']}",
        version=dated.version,
        territory=dated.territory,
        label=dated.value["label"],
        source=dated.reference,
        fictitious=dated.value["fictitious"],
        **quantities,
    )


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


def _quantity(unit: str, minutes: int, patients: int, documents: int) -> Fraction:
    if unit == "hour":
        return Fraction(minutes, 60)
    if unit == "started_half_hour":
        return Fraction(-(-minutes // 30))
    if unit == "patient":
        return Fraction(patients)
    return Fraction(documents) if unit == "document" else Fraction(1)


def _round(euros_: Fraction, rounding: str) -> int:
    """Integer cents, half up."""
    if rounding == "euro_down":
        return int(euros_) * 100
    if rounding == "euro":
        return int(euros_ + Fraction(1, 2)) * 100
    return int(euros_ * 100 + Fraction(1, 2))


def _told(rate: Rate, quantity: Fraction, minutes: int) -> str:
    """The multiplication as it is read: « 45 min à 50,00 € l'heure »."""
    price = euros_exact(rate.amount)
    if rate.unit == "hour" and quantity == Fraction(minutes, 60):
        return f"{duration(minutes)} à {price} l'heure"
    shown = Decimal(quantity.numerator) / Decimal(quantity.denominator)
    one, many = UNITS[rate.unit]
    word = one if quantity < 2 else many
    if rate.unit == "hour":
        return f"{number(round(shown, 2))}{NO_BREAK}{word} à {price} l'heure"
    return f"{number(shown)}{NO_BREAK}{word} × {price}"


def _present(minutes: int, whole_minutes: int | None, unit: str) -> list[str]:
    """What is said of somebody who was there for a part of it only, where time is paid: « présente 30 min sur 45 »."""
    if whole_minutes is None or whole_minutes == minutes or unit not in TIMED:
        return []
    short = minutes < 60 and whole_minutes < 60
    return [f"présente {duration(minutes)} sur {whole_minutes if short else duration(whole_minutes)}"]


def _limited(rate: Rate, asked: Fraction, steps: list[str]) -> Fraction:
    """The quantity kept between the limits of the rate."""
    one, many = UNITS[rate.unit]
    if rate.min_quantity is not None and asked < Fraction(rate.min_quantity):
        word = many if rate.min_quantity >= 2 else one
        steps.append(f"moins que le minimum de {number(rate.min_quantity)}{NO_BREAK}{word}")
        return Fraction(0)
    if rate.max_quantity is not None and asked > Fraction(rate.max_quantity):
        word = many if rate.max_quantity >= 2 else one
        steps.append(f"retenu dans la limite de {number(rate.max_quantity)}{NO_BREAK}{word}")
        return Fraction(rate.max_quantity)
    return asked


def _counted(rate: Rate, quantity: Fraction, minutes: int, steps: list[str]) -> int:
    """The rounded product, in cents."""
    amount = _round(Fraction(rate.amount) * quantity, rate.rounding)
    if quantity:
        steps.insert(0, f"{_told(rate, quantity, minutes)} = {euros(amount)}")
        if rate.rounding != "cent":
            steps.append(f"arrondi {ROUNDINGS[rate.rounding]}")
    return amount


def _under_cap(rate: Rate, amount: int, person_year_cents: int, steps: list[str]) -> int:
    """What is left of an amount under the yearly cap of a person."""
    cap = rate.cap_person_year_cents
    if cap is None or amount <= max(0, cap - person_year_cents):
        return amount
    left = max(0, cap - person_year_cents)
    steps.append(f"ramené à {euros(left)} par le plafond annuel de {euros(cap)} par personne")
    return left


def _explained(rate: Rate, amount: int, inputs: dict[str, Plain], steps: list[str]) -> Explanation:
    scale = f" «{NARROW}{rate.label}{NARROW}»" if rate.label else ""
    return Explanation(
        rate.rule_id,
        rate.version or rate.valid_from.isoformat(),
        rate.territory,
        rate.valid_from,
        rate.source,
        inputs,
        tuple(steps),
        f"{euros(amount)} d'après le barème{scale}",
    )


def price(
    rates: Iterable[Rate],
    action_code: str,
    profession: str = "",
    minutes: int = 0,
    patients: int = 0,
    participants: int | None = None,
    *,
    on: date,
    documents: int = 1,
    person_year_cents: int = 0,
    whole_minutes: int | None = None,
) -> Priced:
    """What one person's share in one action is worth on the day of the action.

    `profession` is the pay group (`FormView.group_of`). `patients`, `documents` are those of the action; `minutes` are
    those of the person, `whole_minutes` those of the action where they differ; `person_year_cents` what the person
    already has for this action this civil year, for a rate with a yearly cap.
    Raises NoRuleInForce without exactly one rate, BadInput for negative facts.
    """
    if min(minutes, patients, documents, person_year_cents, participants or 0) < 0:
        raise BadInput("Une durée, un nombre ou un montant ne peut pas être négatif.")
    rate = rate_for(rates, action_code, profession, on)
    steps = _present(minutes, whole_minutes, rate.unit)
    quantity = _limited(rate, _quantity(rate.unit, minutes, patients, documents), steps)
    if rate.min_participants is not None and participants is not None and participants < rate.min_participants:
        steps.append(f"il faut au moins {rate.min_participants} personnes présentes, {participants} le sont")
        quantity = Fraction(0)
    amount = _under_cap(rate, _counted(rate, quantity, minutes, steps), person_year_cents, steps)
    inputs: dict[str, Plain] = {
        "on": on.isoformat(),
        "action": action_code,
        "profession": profession,
        "minutes": minutes,
        "patients": patients,
        "documents": documents,
        "participants": participants,
        "unit": rate.unit,
        "rate": str(rate.amount),
    }
    if rate.cap_person_year_cents is not None:
        inputs["person_year_cents"] = person_year_cents
    if whole_minutes is not None and whole_minutes != minutes:
        inputs["whole_minutes"] = whole_minutes
    explanation = _explained(rate, amount, inputs, steps)
    kept = Decimal(quantity.numerator) / Decimal(quantity.denominator)
    return Priced(amount, round(kept, 4), rate, explanation)
