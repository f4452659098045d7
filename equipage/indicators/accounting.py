"""The facts of the public account, read from the actions and the claim lines: what was done, what was paid.

A fact belongs to the month in which it became certain: an action to that of its validation, an amount to that in which
its transfer was recorded as executed. Neither moment ever changes, so that a month that is over keeps its figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from equipage.compensation.models import ClaimLine
from equipage.compensation.states import SETTLED
from equipage.coordination.models import Action, Presence
from equipage.foundation.french import paris_day
from equipage.foundation.periods import day_bounds
from equipage.indicators.masking import Tally, together

DONE, PAID = "done", "paid"
FLOWS = (DONE, PAID)
DEPARTMENT, THEME, KIND = "department", "theme", "kind"
BREAKDOWNS = (KIND, DEPARTMENT, THEME)
# The states of an action that the association agreed to; a mistake found later is counted where it is corrected.
AGREED = ("validated", "reversed")
_CHUNK = 5000


@dataclass
class MonthFacts:
    """The facts of a month: all together, by key of each breakdown, and by team (items, minutes, cents).

    `delays` counts, for what was paid, the days from the action to the payment.
    """

    whole: Tally = field(default_factory=Tally)
    by: dict[str, dict[str, Tally]] = field(default_factory=lambda: {name: defaultdict(Tally) for name in BREAKDOWNS})
    teams: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    delays: Counter[int] = field(default_factory=Counter)

    def cells(self, keys: dict[str, str]) -> list[Tally]:
        """The tallies in which a fact with these keys counts."""
        return [self.whole, *(self.by[name][keys[name]] for name in BREAKDOWNS)]


# What was done or paid in a region during a year, by month (1 to 12).
YearFacts = dict[int, MonthFacts]
# By flow, region code and year.
Facts = dict[tuple[str, str, int], YearFacts]


def read_facts(themes: dict[str, str], *, since: int | None = None) -> Facts:
    """Every fact since the first day of the year `since` (all of them by default). `themes`: label → code.

    Two queries for what was done, one for what was paid, each read once without keeping its rows.
    """
    found: Facts = defaultdict(lambda: defaultdict(MonthFacts))
    months = _Months()
    _read_done(found, months, themes, since)
    _read_paid(found, months, themes, since)
    return found


class _Months:
    """The month of a moment in Paris; a run pays thousands of lines at one moment."""

    def __init__(self) -> None:
        self._known: dict[datetime, date] = {}

    def __call__(self, at: datetime) -> date:
        if at not in self._known:
            self._known[at] = paris_day(at)
        return self._known[at]


def _from(field_name: str, since: int | None) -> dict[str, datetime]:
    return {} if since is None else {f"{field_name}__gte": day_bounds(date(since, 1, 1))[0]}


def _keys(department: str, kind: str, theme: str, themes: dict[str, str]) -> dict[str, str]:
    """The keys of a fact. A theme of the team's own is one among others: its words could name the team."""
    code = themes.get(theme, "libre") if theme else "aucun"
    return {DEPARTMENT: department, KIND: kind, THEME: code}


def _read_done(found: Facts, months: _Months, themes: dict[str, str], since: int | None) -> None:
    actions = Action.objects.filter(state__in=AGREED, **_from("validated_at", since)).order_by()
    columns = ("id", "region_id", "validated_at", "team_id", "team__department_id", "kind", "theme", "minutes")
    places: dict[int, list[Tally]] = {}
    for key, region, at, team, department, kind, theme, minutes in _rows(actions.values_list(*columns)):
        day = months(at)
        facts = found[DONE, region, day.year][day.month]
        places[key] = facts.cells(_keys(department, kind, theme, themes))
        for cell in places[key]:
            cell.teams.add(team)
            cell.items += 1
            cell.minutes += minutes
        sums = facts.teams[team]
        sums[0] += 1
        sums[1] += minutes
    present = Presence.objects.filter(
        state="confirmed", action__state__in=AGREED, **_from("action__validated_at", since)
    ).order_by()
    for action, person in _rows(present.values_list("action_id", "professional_id")):
        # An action validated between the two queries belongs to the next reading.
        for cell in places.get(action, ()):
            cell.people.add(person)


def _read_paid(found: Facts, months: _Months, themes: dict[str, str], since: int | None) -> None:
    lines = ClaimLine.objects.filter(state__in=SETTLED, **_from("paid_at", since)).order_by()
    columns = ("region_id", "paid_at", "team_id", "team__department_id", "professional_id", "amount_cents", "held_on")
    more = ("action__kind", "action__theme", "adjusts_id")
    for row in _rows(lines.values_list(*columns, *more)):
        region, at, team, department, person, cents, held_on, kind, theme, adjusts = row
        day = months(at)
        facts = found[PAID, region, day.year][day.month]
        for cell in facts.cells(_keys(department, kind, theme, themes)):
            cell.teams.add(team)
            cell.people.add(person)
            cell.items += 1
            cell.cents += cents
        sums = facts.teams[team]
        sums[0] += 1
        sums[2] += cents
        if adjusts is None:
            facts.delays[(day - held_on).days] += 1


def _rows(query: Any) -> Iterator[Any]:
    return iter(query.iterator(chunk_size=_CHUNK))


def whole_of(year: YearFacts, months: Iterable[int]) -> Tally:
    """All the facts of these months of a year."""
    return together(year[month].whole for month in months if month in year)


def breakdown_of(year: YearFacts, name: str, months: Iterable[int]) -> dict[str, Tally]:
    """The facts of these months by key of a breakdown; a key without any fact is absent."""
    found: dict[str, Tally] = defaultdict(Tally)
    for month in months:
        if month in year:
            for key, tally in year[month].by[name].items():
                found[key].add(tally)
    return dict(found)


def teams_of(year: YearFacts) -> dict[int, list[int]]:
    """What each team did or was paid in the year: items, minutes, cents."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for facts in year.values():
        for team, sums in facts.teams.items():
            found[team] = [one + other for one, other in zip(found[team], sums, strict=True)]
    return dict(found)


def middle(counts: Counter[int]) -> int | None:
    """The median (médiane) of counted whole numbers, the lower one of two; None without any."""
    rank = (counts.total() + 1) // 2
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0:
            return value
    return None
