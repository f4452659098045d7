"""A year of validated actions priced again under other rates and ceilings (rejeu), action after action. Pure.

Actions come in the order of their validation, for that order decides who is served. Nothing is kept but the sums of
each team, person and year: a hundred thousand lines pass in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from equipage.rules.dated import Dated
from equipage.rules.errors import BadInput
from equipage.rules.pricing import ENVELOPE, ActionFacts, Ceilings, PersonFacts, Share, Tariff, price_action
from equipage.rules.wording import NARROW

Key = int | str


class PersonThere(NamedTuple):
    """One person at an action: their key, pay group, and minutes (None = the whole action)."""

    key: Key
    group: str = ""
    minutes: int | None = None


class PlainAction(NamedTuple):
    """A validated action as plain facts; `validated` is its rank in the order of the validations, never going down."""

    team: Key
    kind: str
    on: date
    minutes: int
    patients: int
    people: tuple[PersonThere, ...]
    validated: int
    documents: int = 1
    key: Key = ""


@dataclass(frozen=True, slots=True)
class Regime:
    """Under what a year is priced (régime): the scale of a day, the envelope of a team and year, the yearly budget.

    `tariff` raises NoRuleInForce for a day without scale; `envelope` and `budget` give cents, None for no ceiling.
    `envelope_rule` is the dated rule that the explanations cite.
    """

    tariff: Callable[[date], Tariff]
    envelope: Callable[[Key, int], int | None] = lambda team, year: None
    budget: Callable[[int], int | None] = lambda year: None
    envelope_rule: Dated | None = None


@dataclass(slots=True)
class Totals:
    """Two sums in cents, before and after, of so many lines, of which so many changed."""

    before_cents: int = 0
    after_cents: int = 0
    lines: int = 0
    changed: int = 0

    @property
    def difference_cents(self) -> int:
        """What the change costs, below zero when it saves."""
        return self.after_cents - self.before_cents

    def add(self, before: int, after: int) -> None:
        """Count one line."""
        self.before_cents += before
        self.after_cents += after
        self.lines += 1
        self.changed += before != after


class Line(NamedTuple):
    """One person at one action, before and after."""

    action: PlainAction
    person: PersonThere
    before: Share
    after: Share


def _by() -> defaultdict[Key, Totals]:
    return defaultdict(Totals)


@dataclass(slots=True)
class Replayed:
    """What changes between two regimes: totals by team, person, kind, pay group, month (« 2026-10 »); who was cut.

    `cut_before` and `cut_after` are cents by code of ceiling (`pricing.CEILINGS`); `over_before` and `over_after` are
    the teams and years that their envelope cut.
    """

    total: Totals = field(default_factory=Totals)
    by_team: defaultdict[Key, Totals] = field(default_factory=_by)
    by_person: defaultdict[Key, Totals] = field(default_factory=_by)
    by_kind: defaultdict[Key, Totals] = field(default_factory=_by)
    by_group: defaultdict[Key, Totals] = field(default_factory=_by)
    by_month: defaultdict[Key, Totals] = field(default_factory=_by)
    cut_before: dict[str, int] = field(default_factory=dict)
    cut_after: dict[str, int] = field(default_factory=dict)
    over_before: set[tuple[Key, int]] = field(default_factory=set)
    over_after: set[tuple[Key, int]] = field(default_factory=set)

    @property
    def newly_over(self) -> set[tuple[Key, int]]:
        """The teams and years that the envelope cuts after, and did not before."""
        return self.over_after - self.over_before

    def add(self, line: Line) -> None:
        """Count one line."""
        action, before, after = line.action, line.before, line.after
        paid, pays = before.amount_cents, after.amount_cents
        month = f"{action.on.year}-{action.on.month:02d}"
        self.total.add(paid, pays)
        self.by_team[action.team].add(paid, pays)
        self.by_person[line.person.key].add(paid, pays)
        self.by_kind[action.kind].add(paid, pays)
        self.by_group[line.person.group].add(paid, pays)
        self.by_month[month].add(paid, pays)
        if before.cuts:
            _count(before, action, self.cut_before, self.over_before)
        if after.cuts:
            _count(after, action, self.cut_after, self.over_after)


def _count(share: Share, action: PlainAction, cents: dict[str, int], over: set[tuple[Key, int]]) -> None:
    for cut in share.cuts:
        cents[cut.code] = cents.get(cut.code, 0) + cut.cents
        if cut.code == ENVELOPE:
            over.add((action.team, action.on.year))


class _Year:
    """What is used of every ceiling under one regime, as the actions go by."""

    __slots__ = ("_budget", "_envelope", "_explain", "_person", "_person_kind", "_regime", "_tariffs", "_team_kind")

    def __init__(self, regime: Regime, explain: bool) -> None:
        self._regime = regime
        self._explain = explain
        self._tariffs: dict[date, Tariff] = {}
        self._person: dict[tuple[Key, int], int] = {}
        self._person_kind: dict[tuple[Key, str, int], int] = {}
        self._team_kind: dict[tuple[Key, str, int], int] = {}
        self._envelope: dict[tuple[Key, int], int] = {}
        self._budget: dict[int, int] = {}

    def price(self, action: PlainAction) -> dict[Key, Share]:
        """The shares of one action by person; what it uses of every ceiling is counted."""
        year, kind, team = action.on.year, action.kind, action.team
        tariff = self._tariffs.get(action.on)
        if tariff is None:
            tariff = self._tariffs[action.on] = self._regime.tariff(action.on)
        people = [
            PersonFacts(
                one.key,
                one.group,
                one.minutes,
                self._person_kind.get((one.key, kind, year), 0),
                self._person.get((one.key, year), 0),
            )
            for one in action.people
        ]
        ceilings = Ceilings(
            self._team_kind.get((team, kind, year), 0),
            self._regime.envelope(team, year),
            self._envelope.get((team, year), 0),
            self._regime.envelope_rule,
            self._regime.budget(year),
            self._budget.get(year, 0),
        )
        facts = ActionFacts(kind, action.on, action.minutes, action.patients, action.documents)
        shares = price_action(tariff, facts, people, ceilings, explain=self._explain)
        self._use(team, kind, year, shares)
        return {share.key: share for share in shares}

    def _use(self, team: Key, kind: str, year: int, shares: tuple[Share, ...]) -> None:
        total = 0
        for share in shares:
            amount, person = share.amount_cents, share.key
            total += amount
            self._person[person, year] = self._person.get((person, year), 0) + amount
            self._person_kind[person, kind, year] = self._person_kind.get((person, kind, year), 0) + amount
        self._team_kind[team, kind, year] = self._team_kind.get((team, kind, year), 0) + total
        self._envelope[team, year] = self._envelope.get((team, year), 0) + total
        self._budget[year] = self._budget.get(year, 0) + total


def replay_lines(
    actions: Iterable[PlainAction], before: Regime, after: Regime, *, explain: bool = False
) -> Iterator[Line]:
    """Every line of the actions, priced before and after, one at a time: nothing is kept of those that passed.

    Raises BadInput when an action comes before one that was validated later, and what `price_action` raises.
    """
    old, new = _Year(before, explain), _Year(after, explain)
    last: int | None = None
    for action in actions:
        if last is not None and action.validated < last:
            raise BadInput(
                f"Les actions se rejouent dans l'ordre de leur validation{NARROW}: triez-les par ce rang d'abord."
            )
        last = action.validated
        was, is_now = old.price(action), new.price(action)
        for person in action.people:
            yield Line(action, person, was[person.key], is_now[person.key])


def replay(
    actions: Iterable[PlainAction],
    before: Regime,
    after: Regime,
    *,
    on_change: Callable[[Line], None] | None = None,
    explain: bool = False,
) -> Replayed:
    """What a year of actions would have paid under other rates and ceilings. `on_change` sees each line that changed.

    The same computation as the payment (`price_action`); `explain` adds the words of each line, for `on_change` only.
    Raises what `replay_lines` raises.
    """
    found = Replayed()
    for line in replay_lines(actions, before, after, explain=explain):
        found.add(line)
        if on_change is not None and line.before.amount_cents != line.after.amount_cents:
            on_change(line)
    return found
