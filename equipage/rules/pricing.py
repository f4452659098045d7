"""The whole price of an action: one computation for the estimate, the simulation and the payment. Pure, integer cents.

Every ceiling is a step, in this order: rate → limits → rounding → person, kind and year → person and year → action →
team, kind and year → envelope of the team → remainder of the funder. The first two ceilings are one person's own; the
others are common: what remains is shared in proportion to what each still had (`sharing`), ties in the order of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from equipage.rules.dated import Dated
from equipage.rules.errors import BadInput
from equipage.rules.explaining import node, price_node, steps_of, whole
from equipage.rules.explanation import Explanation
from equipage.rules.lump import Part, one_lump, parts_of
from equipage.rules.rates import Counted, Rate, rate_for, worth
from equipage.rules.scale import decimal_of, inputs_of
from equipage.rules.sharing import share_out
from equipage.rules.wording import NARROW, euros

PERSON_KIND, PERSON, ACTION, TEAM_KIND, ENVELOPE, BUDGET = (
    "person_kind_year", "person_year", "action", "team_kind_year", "envelope", "budget",
)  # fmt: skip
# In the order of the computation: the name of each ceiling, and how it is said to be reached.
CEILINGS: dict[str, tuple[str, str]] = {
    PERSON_KIND: (
        "Plafond annuel par personne pour ce type d'action",
        "le plafond annuel de {limit} par personne pour ce type d'action est atteint",
    ),
    PERSON: (
        "Plafond annuel par personne, toutes actions",
        "le plafond annuel de {limit} par personne, toutes actions, est atteint",
    ),
    ACTION: ("Plafond par action", "le plafond de {limit} par action est atteint"),
    TEAM_KIND: (
        "Plafond annuel de l'équipe pour ce type d'action",
        "le plafond annuel de {limit} de l'équipe pour ce type d'action est atteint",
    ),
    ENVELOPE: ("Enveloppe annuelle de l'équipe", "l'enveloppe annuelle de l'équipe est atteinte"),
    BUDGET: ("Crédit du financeur", "le crédit du financeur arrive à sa fin"),
}
COMMON = (ACTION, TEAM_KIND, ENVELOPE, BUDGET)
_NEGATIVE = "Une durée, un nombre, un montant ou un plafond ne peut pas être négatif."


class Tariff:
    """The rates of a scale, ready to be looked up (barème prêt au calcul), and its ceiling for a person and a year."""

    __slots__ = ("_by_kind", "cap_person_year_cents", "rates")

    def __init__(self, rates: Iterable[Rate], cap_person_year_cents: int | None = None) -> None:
        if cap_person_year_cents is not None and cap_person_year_cents < 0:
            raise BadInput(_NEGATIVE)
        self.rates = tuple(rates)
        self.cap_person_year_cents = cap_person_year_cents
        self._by_kind: dict[str, list[Rate]] = {}
        for rate in self.rates:
            self._by_kind.setdefault(rate.action_code, []).append(rate)

    def of(self, kind: str, on: date) -> list[Rate]:
        """The rates of a kind of action on a day, every pay group."""
        return [rate for rate in self._by_kind.get(kind, ()) if rate.covers(on)]


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What is known of an action (faits de l'action): its kind, its day, how long it lasted, how many patients."""

    kind: str
    on: date
    minutes: int = 0
    patients: int = 0
    documents: int = 1


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person who was there: `key` names them, `group` is the pay group, `minutes` theirs (None = the whole).

    `kind_year_cents` and `year_cents` are what they already have in the civil year, in all teams: for this kind of
    action, and for all of them.
    """

    key: int | str
    group: str = ""
    minutes: int | None = None
    kind_year_cents: int = 0
    year_cents: int = 0


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The common ceilings of a team and year, in cents, and what is already used of each. None sets no ceiling.

    The ceilings that a rate carries (action, team and kind) come from the rate: only what is used stands here.
    """

    team_kind_used_cents: int = 0
    envelope_cents: int | None = None
    envelope_used_cents: int = 0
    envelope_rule: Dated | None = None
    budget_cents: int | None = None
    budget_used_cents: int = 0
    budget_rule: Dated | None = None

    def __post_init__(self) -> None:
        used = min(self.team_kind_used_cents, self.envelope_used_cents, self.budget_used_cents)
        if used < 0 or (self.envelope_cents or 0) < 0 or (self.budget_cents or 0) < 0:
            raise BadInput(_NEGATIVE)


class Cut(NamedTuple):
    """What one ceiling took from one person: `code` is one of `CEILINGS`, `cents` is above zero."""

    code: str
    cents: int
    limit_cents: int
    rule: Rate | Dated | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one person receives for an action: `price_cents` before ceilings is the amount and the cuts, to the cent.

    `explanation` is None when it was not asked for.
    """

    key: int | str
    rate: Rate
    counted: Counted
    price_cents: int
    amount_cents: int
    cuts: tuple[Cut, ...] = ()
    explanation: Explanation | None = None

    @property
    def cut_cents(self) -> int:
        """What all the ceilings took away."""
        return self.price_cents - self.amount_cents

    @property
    def quantity(self) -> Decimal:
        """The quantity kept, in the unit of the rate, with four decimals."""
        return decimal_of(self.counted.quantity)

    @property
    def sentence(self) -> str:
        """The explanation in one French sentence, "" when it was not asked for."""
        return self.explanation.sentence() if self.explanation else ""


class _Limit(NamedTuple):
    code: str
    limit_cents: int
    used_cents: int
    rule: Rate | Dated | None


def _lowest(rates: Sequence[Rate], column: str) -> tuple[int, Rate] | None:
    """The lowest common ceiling among the rates of a kind, whoever was there: it does not depend on the people."""
    found = [(cap, place) for place, rate in enumerate(rates) if (cap := getattr(rate, column)) is not None]
    if not found:
        return None
    cap, place = min(found)
    return cap, rates[place]


def _common(rates: Sequence[Rate], ceilings: Ceilings) -> list[_Limit]:
    """The common ceilings that exist, in their order."""
    limits = []
    if (found := _lowest(rates, "cap_action_cents")) is not None:
        limits.append(_Limit(ACTION, found[0], 0, found[1]))
    if (found := _lowest(rates, "cap_team_year_cents")) is not None:
        limits.append(_Limit(TEAM_KIND, found[0], ceilings.team_kind_used_cents, found[1]))
    if ceilings.envelope_cents is not None:
        limits.append(_Limit(ENVELOPE, ceilings.envelope_cents, ceilings.envelope_used_cents, ceilings.envelope_rule))
    if ceilings.budget_cents is not None:
        limits.append(_Limit(BUDGET, ceilings.budget_cents, ceilings.budget_used_cents, ceilings.budget_rule))
    return limits


def _own(rate: Rate, tariff: Tariff, person: PersonFacts, price_cents: int, cuts: list[Cut]) -> int:
    """What a price keeps under the yearly ceilings of one person."""
    amount = price_cents
    for code, cap, used in (
        (PERSON_KIND, rate.cap_person_year_cents, person.kind_year_cents),
        (PERSON, tariff.cap_person_year_cents, person.year_cents),
    ):
        if cap is not None and amount > (left := max(0, cap - used)):
            cuts.append(Cut(code, amount - left, cap, rate))
            amount = left
    return amount


def _shared(amounts: list[int], limits: Sequence[_Limit], cuts: list[list[Cut]]) -> list[int]:
    """What the amounts keep under the common ceilings, one ceiling after the other."""
    for code, limit, used, rule in limits:
        left = max(0, limit - used)
        if sum(amounts) <= left:
            continue
        kept = share_out(left, amounts)
        for place, amount in enumerate(kept):
            if amount < amounts[place]:
                cuts[place].append(Cut(code, amounts[place] - amount, limit, rule))
        amounts = kept
    return amounts


def _in_order(people: Iterable[PersonFacts]) -> list[PersonFacts]:
    try:
        ordered = sorted(people, key=lambda person: person.key)
    except TypeError as mixed:
        raise BadInput("Les clés des personnes d'une action sont toutes des nombres, ou toutes des textes.") from mixed
    for place, person in enumerate(ordered):
        if place and person.key == ordered[place - 1].key:
            raise BadInput(f"La personne {person.key} est donnée deux fois dans la même action{NARROW}: gardez-en une.")
        if min(person.kind_year_cents, person.year_cents) < 0:
            raise BadInput(_NEGATIVE)
    return ordered


def price_action(
    tariff: Tariff,
    action: ActionFacts,
    people: Iterable[PersonFacts],
    ceilings: Ceilings = Ceilings(),
    *,
    explain: bool = True,
) -> tuple[Share, ...]:
    """What each person receives for an action, every ceiling applied in the order stated above; sorted by key.

    The order in which people are given changes nothing. Amounts are never negative, their sum is never above what is
    left of a common ceiling. `explain=False` gives the same amounts without their words, much faster.
    Raises NoRuleInForce for a person without exactly one rate that day, BadInput for a negative fact, a person given
    twice, or keys of several types.
    """
    ordered = _in_order(people)
    rates = tariff.of(action.kind, action.on)
    used = [_rate_of(rates, action, person.group) for person in ordered]
    parts = _parts(used, action, ordered)
    counted, cuts, amounts = [], [], []
    for place, (person, rate) in enumerate(zip(ordered, used, strict=True)):
        part = parts.get(place)
        minutes = action.minutes if person.minutes is None else person.minutes
        found = worth(rate, minutes, action.patients, action.documents, len(ordered))
        if part is not None:
            found = part.lump._replace(cents=part.cents)
        mine: list[Cut] = []
        amounts.append(_own(rate, tariff, person, found.cents, mine))
        counted.append(found)
        cuts.append(mine)
    amounts = _shared(amounts, _common(rates, ceilings), cuts)
    shares = []
    for place, (person, rate, found, amount, mine) in enumerate(
        zip(ordered, used, counted, amounts, cuts, strict=True)
    ):
        told = None
        if explain:
            told = _explained(rate, action, person, found, amount, mine, len(ordered), parts.get(place))
        shares.append(Share(person.key, rate, found, found.cents, amount, tuple(mine), told))
    return tuple(shares)


def _parts(rates: Sequence[Rate], action: ActionFacts, people: Sequence[PersonFacts]) -> dict[int, Part]:
    """The parts of those who share the lump sum of the action, by their place."""
    places = [place for place, rate in enumerate(rates) if rate.shared_by]
    if not places:
        return {}
    sharing = [rates[place] for place in places]
    one_lump(sharing)
    lump = worth(sharing[0], action.minutes, action.patients, action.documents, len(people))
    own = (people[place].minutes for place in places)
    minutes = [action.minutes if mine is None else mine for mine in own]
    return dict(zip(places, parts_of(sharing, lump, minutes), strict=True))


def _rate_of(rates: Sequence[Rate], action: ActionFacts, group: str) -> Rate:
    """The rate of a pay group: the only one there is, or the one that `rate_for` finds."""
    if len(rates) == 1 and rates[0].profession_group is None:
        return rates[0]
    return rate_for(rates, action.kind, group, action.on)


def _explained(
    rate: Rate,
    action: ActionFacts,
    person: PersonFacts,
    counted: Counted,
    amount: int,
    cuts: list[Cut],
    many: int,
    part: Part | None,
) -> Explanation:
    minutes = action.minutes if person.minutes is None else person.minutes
    inputs = inputs_of(rate, action.on, person.group, (minutes, action.patients, action.documents, many))
    if rate.cap_person_year_cents is not None:
        inputs["person_year_cents"] = person.kind_year_cents
    if minutes != action.minutes:
        inputs["whole_minutes"] = action.minutes
    if part is not None:
        inputs |= {"shared_by": part.key, "part": part.weight, "parts": part.whole, "lump_cents": part.lump.cents}
        steps, nodes = part.steps(rate, action.minutes), [part.node(rate)]
    else:
        steps = steps_of(rate, counted, minutes, action.minutes, many)
        nodes = [price_node(rate, counted, minutes, action.minutes, many)]
    for cut in cuts:
        label, reached = CEILINGS[cut.code]
        why = reached.format(limit=euros(cut.limit_cents))
        if cut.code in COMMON and many > 1:
            why += ", les personnes présentes se partagent ce qui restait"
        steps.append(f"{why}, soit {euros(cut.cents)} de moins")
        nodes.append(node(label, -cut.cents, cut.rule, why=why))
    return whole(rate, amount, inputs, steps, nodes)
