"""How a run differs from the one before, to the cent: who is new or gone, and why the others get more or less.

`explain` is pure: it adds up, whatever it is given. Each person's difference is cut into causes in a stated order:
corrections, lines put aside and paid now, the scale, the number of actions; what is left is their length and the
ceilings. The sums of the people are those of the run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from equipage.compensation.models import ClaimLine, MonthDecision
from equipage.foundation.french import counted, euros
from equipage.payments.models import Payment
from equipage.payments.selectors.runs import previous_run
from equipage.people.models import Professional

BIGGEST = 5
# The causes, in the order they are taken out and told.
CAUSES = {
    "corrections": "Corrections",
    "released": "Lignes mises de côté, versées maintenant",
    "scale": "Changement de tarif",
    "count": "Nombre d'actions",
    "length": "Durée des actions et plafonds",
    "other": "Virements présentés à nouveau",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a run: whose, for how much, of which kind and rate; a correction, or released from an older month."""

    person: int
    cents: int
    kind: str = ""
    rate_key: str = ""
    rate: Decimal = Decimal(0)
    correction: bool = False
    released: bool = False


@dataclass(frozen=True)
class Side:
    """A run: what each person gets, and the lines that say why."""

    totals: Mapping[int, int]
    facts: Iterable[Fact]


@dataclass
class Change:
    """One person between two runs: before, now, and the causes of the difference when both paid them."""

    person: int
    before: int
    now: int
    standing: str
    causes: dict[str, int] = field(default_factory=dict)
    actions: int = 0

    @property
    def cents(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Row:
    """One part of the difference: what, how many people, how much."""

    label: str
    people: int
    cents: int


@dataclass(frozen=True)
class Difference:
    """The whole: parts by person and parts by cause of those in both runs; each list adds up."""

    changes: tuple[Change, ...]

    @property
    def cents(self) -> int:
        return sum(change.cents for change in self.changes)

    @property
    def people(self) -> list[Row]:
        """New, gone, put aside, released, more, less: adds up to the difference."""
        rows = []
        for standing, label in STANDINGS.items():
            found = [change for change in self.changes if change.standing == standing]
            if found:
                rows.append(Row(label, len(found), sum(change.cents for change in found)))
        return rows

    @property
    def causes(self) -> list[Row]:
        """Why those in both runs get more or less: adds up to their part."""
        rows = []
        for code, label in CAUSES.items():
            found = [change for change in self.changes if change.causes.get(code)]
            if found:
                rows.append(Row(label, len(found), sum(change.causes[code] for change in found)))
        return rows

    @property
    def biggest(self) -> list[Change]:
        ordered = sorted(self.changes, key=lambda change: (-abs(change.cents), change.person))
        return [change for change in ordered if change.cents][:BIGGEST]


STANDINGS = {
    "new": "Personnes absentes de la campagne précédente",
    "released": "Mises de côté auparavant, versées maintenant",
    "aside": "Mises de côté ce mois-ci",
    "gone": "Personnes sans virement cette fois",
    "more": "Mêmes personnes, qui reçoivent plus",
    "less": "Mêmes personnes, qui reçoivent moins",
    "same": "Mêmes personnes, même montant",
}


def explain(now: Side, before: Side, *, aside: Iterable[int] = ()) -> Difference:
    """The difference between two runs; `aside` are those who were decided to wait in the first of them."""
    waiting = set(aside)
    facts_now, facts_before = _by_person(now.facts), _by_person(before.facts)
    rates = _usual_rates(before.facts)
    changes = []
    for person in sorted({*now.totals, *before.totals}):
        amounts = before.totals.get(person, 0), now.totals.get(person, 0)
        mine, former = facts_now[person], facts_before[person]
        change = Change(person, *amounts, _standing(person, now, before, mine, waiting))
        change.actions = _actions(mine) - _actions(former)
        if person in now.totals and person in before.totals:
            change.causes = _causes(mine, former, change.cents, rates)
        changes.append(change)
    return Difference(tuple(changes))


def _standing(person: int, now: Side, before: Side, mine: list[Fact], waiting: set[int]) -> str:
    if person not in before.totals:
        return "released" if any(fact.released for fact in mine) else "new"
    if person not in now.totals:
        return "aside" if person in waiting else "gone"
    cents = now.totals[person] - before.totals[person]
    return "same" if cents == 0 else "more" if cents > 0 else "less"


def _causes(now: list[Fact], before: list[Fact], cents: int, rates: Mapping[str, Decimal]) -> dict[str, int]:
    """Cut a person's difference; the last two causes take what the others leave, so that the sum is exact."""
    lines = _sum(now) - _sum(before)
    found = {
        "corrections": _sum(f for f in now if f.correction) - _sum(f for f in before if f.correction),
        "released": _sum(f for f in now if f.released and not f.correction),
    }
    plain = [f for f in now if not f.correction and not f.released]
    former = [f for f in before if not f.correction]
    at_old_rate = [(f.kind, _at(f, rates.get(f.rate_key))) for f in plain]
    found["scale"] = _sum(plain) - sum(amount for _, amount in at_old_rate)
    found["count"] = _of_count(at_old_rate, [(f.kind, f.cents) for f in former])
    found["length"] = lines - sum(found.values())
    found["other"] = cents - lines
    return found


def _at(fact: Fact, rate: Decimal | None) -> int:
    """What a line would be at the rate of the run before; as it is where that run had no such rate."""
    if rate is None or not fact.rate or rate == fact.rate:
        return fact.cents
    return int((fact.cents * rate / fact.rate).quantize(Decimal(1), ROUND_HALF_EVEN))


def _of_count(now: list[tuple[str, int]], before: list[tuple[str, int]]) -> int:
    """The actions more or fewer, each at the mean of its kind in the run before; a kind that is new counts whole."""
    total = 0
    amounts_now, amounts_before = _by_kind(now), _by_kind(before)
    for kind in {*amounts_now, *amounts_before}:
        mine, former = amounts_now[kind], amounts_before[kind]
        if not former or not mine:
            total += sum(mine) - sum(former)
        else:
            more = Decimal(sum(former) * (len(mine) - len(former))) / len(former)
            total += int(more.quantize(Decimal(1), ROUND_HALF_EVEN))
    return total


def _usual_rates(facts: Iterable[Fact]) -> dict[str, Decimal]:
    """The rates of a run by key; where it had two, the scale changed within it: the highest, always the same one."""
    found: dict[str, Decimal] = {}
    for fact in facts:
        found[fact.rate_key] = max(fact.rate, found.get(fact.rate_key, fact.rate))
    return found


def _by_person(facts: Iterable[Fact]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.person].append(fact)
    return found


def _by_kind(amounts: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for kind, cents in amounts:
        found[kind].append(cents)
    return found


def _sum(facts: Iterable[Fact]) -> int:
    return sum(fact.cents for fact in facts)


def _actions(facts: Iterable[Fact]) -> int:
    return sum(not fact.correction for fact in facts)


# --- in words ---------------------------------------------------------------------------------------------------------


def signed(cents: int) -> str:
    """« +75,00 € », « −12,50 € »."""
    return f"{'+' if cents > 0 else '−' if cents < 0 else ''}{euros(abs(cents))}"


_SAID: dict[str, Callable[[Change], str]] = {
    "new": lambda change: f"absente de la campagne précédente, {counted(change.actions, 'action', 'actions')}",
    "released": lambda change: "mise de côté auparavant, versée maintenant",
    "aside": lambda change: "mise de côté ce mois-ci, après une décision",
    "gone": lambda change: (
        f"aucun virement cette fois, {counted(-change.actions, 'action', 'actions')} la fois d'avant"
    ),
}


def sentence_of(change: Change) -> str:
    """« 120,00 € au lieu de 45,00 € : nombre d'actions +75,00 €. »"""
    said = _SAID.get(change.standing)
    amounts = f"{euros(change.now)} au lieu de {euros(change.before)}"
    if said is not None:
        return f"{amounts} : {said(change)}."
    causes = sorted(((code, cents) for code, cents in change.causes.items() if cents), key=lambda one: -abs(one[1]))
    told = ", ".join(f"{_lower(CAUSES[code])} {signed(cents)}" for code, cents in causes)
    return f"{amounts} : {told}."


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


# --- read -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One of the biggest changes, with the name of the person and one sentence."""

    name: str
    cents: int
    sentence: str


@dataclass(frozen=True)
class Compared:
    """What the page of a run reads."""

    before: Any
    difference: Difference
    biggest: list[Told]
    total_cents: int

    @property
    def shown(self) -> str:
        return signed(self.difference.cents)


def difference_of(run: Any) -> Compared | None:
    """How a run differs from the one before, None for the first; six queries, whatever the number of lines."""
    before = previous_run(run)
    if before is None:
        return None
    keys = (run.pk, before.pk)
    totals: dict[int, dict[int, int]] = {key: defaultdict(int) for key in keys}
    for key, person, cents in Payment.objects.filter(run__in=keys).order_by("pk").values_list(*_TRANSFER):
        totals[key][person] += cents
    facts = _facts(run, before)
    difference = explain(
        Side(totals[run.pk], facts[run.pk]), Side(totals[before.pk], facts[before.pk]), aside=_aside(run)
    )
    biggest = difference.biggest
    people = Professional.objects.in_bulk([change.person for change in biggest])
    told = [Told(people[change.person].full_name, change.cents, sentence_of(change)) for change in biggest]
    return Compared(before, difference, told, run.total_cents)


_TRANSFER = ("run_id", "professional_id", "amount_cents")
_LINE = (
    "payment__run_id",
    "professional_id",
    "amount_cents",
    "action__kind",
    "rate__action_code",
    "rate__profession_group",
    "unit",
    "rate_amount",
    "adjusts_id",
    "held_on",
    "frozen_at",
)


def _facts(run: Any, before: Any) -> dict[int, list[Fact]]:
    """The lines of both runs; a line is released when it was owed and put aside while the run before was prepared."""
    waits: dict[int, list[tuple[Any, Any]]] = defaultdict(list)
    rows = standing_at(before).filter(kind="wait").order_by("pk")
    for person, month, decided_at in rows.values_list("professional_id", "month", "decided_at"):
        waits[person].append((month, decided_at))
    found: dict[int, list[Fact]] = {run.pk: [], before.pk: []}
    lines = ClaimLine.objects.filter(payment__run__in=list(found)).order_by("pk").values_list(*_LINE)
    for key, person, cents, kind, code, group, unit, rate, adjusts, held_on, frozen_at in lines:
        released = key == run.pk and any(
            (held_on.year, held_on.month) <= (month.year, month.month) and frozen_at <= decided_at
            for month, decided_at in waits[person]
        )
        found[key].append(Fact(person, cents, kind, f"{code}:{group}:{unit}", rate, adjusts is not None, released))
    return found


def _aside(run: Any) -> set[int]:
    rows = standing_at(run).filter(kind="wait", month=run.month)
    return set(rows.order_by().values_list("professional_id", flat=True))


def standing_at(run: Any) -> Any:
    """The decisions that stood when a run was prepared."""
    rows = MonthDecision.objects.filter(organisation=run.organisation_id, decided_at__lte=run.prepared_at)
    return rows.exclude(replaced_at__lte=run.prepared_at)
