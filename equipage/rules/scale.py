"""Scales, and what one person's share in an action is worth before the ceilings that people share. Pure.

`pricing` prices a whole action; `price` stands alone where there is one person, and only their own yearly ceiling.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from equipage.rules.dated import Dated
from equipage.rules.errors import BadInput, NoRuleInForce
from equipage.rules.explaining import node, price_node, steps_of, whole
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.rates import ROUNDINGS, TIMED, UNITS, Counted, Rate, rate_for, worth
from equipage.rules.wording import NARROW, day, euros

__all__ = [
    "ROUNDINGS",
    "TIMED",
    "UNITS",
    "Adopted",
    "Priced",
    "Rate",
    "Scale",
    "decimal_of",
    "inputs_of",
    "price",
    "rate_for",
    "scale_on",
]


@dataclass(frozen=True, slots=True)
class Scale:
    """A set of rates with a name and dates (barème).

    `cap_person_year_cents` is the most that one person receives in a civil year, all kinds and all teams together.
    """

    code: str
    label: str
    fictitious: bool
    rates: tuple[Rate, ...]
    rule: Dated
    cap_person_year_cents: int | None = None

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
            value.get("cap_person_year_cents"),
        )

    @property
    def valid_from(self) -> date:
        """The first day it holds."""
        return self.rule.valid_from

    @property
    def valid_to(self) -> date | None:
        """The first day it no longer holds, None while it is open."""
        return self.rule.valid_to

    @property
    def adopted_on(self) -> date | None:
        """The day from which it is known."""
        return self.rule.known


class Adopted(Protocol):
    """What `scale_on` asks of a scale: its period (end excluded), and the day it was adopted, None for a draft."""

    @property
    def valid_from(self) -> date:
        """The first day it holds."""

    @property
    def valid_to(self) -> date | None:
        """The first day it no longer holds, None while it is open."""

    @property
    def adopted_on(self) -> date | None:
        """The day it was adopted, None for a draft."""


S = TypeVar("S", bound=Adopted)


def scale_on(scales: Iterable[S], on: date, known_on: date | None = None) -> S:
    """The scale that applies on a day, as known on a day (None = with all we know now).

    Two time axes: among the scales adopted by `known_on`, the last adopted of those that cover the day wins, as
    `Timeline` lays later knowledge over earlier one; adopted the same day, the one that begins later, then the last
    given. Raises NoRuleInForce when none covers the day: never a guess.
    """
    found: S | None = None
    best = (date.min, date.min)
    for scale in scales:
        known = scale.adopted_on
        if known is None or (known_on is not None and known > known_on):
            continue
        if scale.valid_from <= on and (scale.valid_to is None or on < scale.valid_to):
            rank = (known, scale.valid_from)
            if rank >= best:
                found, best = scale, rank
    if found is None:
        then = f" tel qu'on le connaissait le {day(known_on)}" if known_on else ""
        raise NoRuleInForce(
            f"Aucun barème n'est adopté pour le {day(on)}{then}{NARROW}: adoptez-en un qui couvre cette date."
        )
    return found


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
        cap_action_cents=item.get("cap_action_cents"),
        cap_team_year_cents=item.get("cap_team_year_cents"),
        min_participants=item.get("min_participants"),
        rounding=item.get("rounding", "cent"),
        rule_id=f"{dated.rule_id}.{dated.value['code']}",
        version=dated.version,
        territory=dated.territory,
        label=dated.value["label"],
        source=dated.reference,
        fictitious=dated.value["fictitious"],
        min_quantity=quantities.get("min_quantity"),
        max_quantity=quantities.get("max_quantity"),
    )


def decimal_of(quantity: Fraction) -> Decimal:
    """A quantity with four decimals, as a line keeps it."""
    return round(Decimal(quantity.numerator) / Decimal(quantity.denominator), 4)


def inputs_of(rate: Rate, on: date, profession: str, facts: tuple[int, int, int, int | None]) -> dict[str, Plain]:
    """What a price was computed from: the facts are minutes, patients, documents and participants."""
    minutes, patients, documents, participants = facts
    return {
        "on": on.isoformat(),
        "action": rate.action_code,
        "profession": profession,
        "minutes": minutes,
        "patients": patients,
        "documents": documents,
        "participants": participants,
        "unit": rate.unit,
        "rate": str(rate.amount),
    }


def _under_cap(rate: Rate, counted: Counted, person_year_cents: int, steps: list[str]) -> int:
    """What is left of a price under the yearly cap of a person."""
    cap = rate.cap_person_year_cents
    if cap is None or counted.cents <= max(0, cap - person_year_cents):
        return counted.cents
    left = max(0, cap - person_year_cents)
    steps.append(f"ramené à {euros(left)} par le plafond annuel de {euros(cap)} par personne")
    return left


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
    if person_year_cents < 0:
        raise BadInput("Une durée, un nombre ou un montant ne peut pas être négatif.")
    facts = (minutes, patients, documents, participants)
    rate = rate_for(rates, action_code, profession, on)
    if rate.shared_by:
        raise BadInput("Un forfait d'équipe se partage entre les présents : il se calcule pour toute l'action.")
    counted = worth(rate, *facts)
    steps = steps_of(rate, counted, minutes, whole_minutes, participants)
    amount = _under_cap(rate, counted, person_year_cents, steps)
    inputs = inputs_of(rate, on, profession, facts)
    if rate.cap_person_year_cents is not None:
        inputs["person_year_cents"] = person_year_cents
    if whole_minutes is not None and whole_minutes != minutes:
        inputs["whole_minutes"] = whole_minutes
    nodes = [price_node(rate, counted, minutes, whole_minutes, participants)]
    if amount != counted.cents:
        nodes.append(node("Plafond annuel par personne pour ce type d'action", amount - counted.cents, rate))
    return Priced(amount, decimal_of(counted.quantity), rate, whole(rate, amount, inputs, steps, nodes))
