"""What is masked cannot be found back: an attacker who adds and subtracts all that was ever published, month by month.

The attacker knows every line of every publication and how lines are masked. Two searches are made of what follows: over
rational numbers (is a masked sum a combination of published ones?) and over whole numbers (do the published sums leave
each masked cell at least two values?).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipage.indicators.accounting import BREAKDOWNS, DONE, MonthFacts, YearFacts
from equipage.indicators.masking import THRESHOLD, Tally, grouping, protects, spans, together, undetermined
from equipage.indicators.publishing import GROUP, Line, month_lines, new_months, year_lines

YEAR = 2026


@dataclass(frozen=True)
class Place:
    """Where facts may be: a month and the key of each breakdown."""

    month: int
    kind: str
    department: str
    theme: str


@dataclass(frozen=True)
class Fact(Place):
    """One action: where it counts, and the team and people it concerns."""

    team: int
    people: tuple[int, ...]
    minutes: int


def tally(*facts: Fact) -> Tally:
    people = {person for fact in facts for person in fact.people}
    return Tally({fact.team for fact in facts}, people, len(facts), sum(fact.minutes for fact in facts))


def year_of(facts: Iterable[Fact]) -> YearFacts:
    found: YearFacts = defaultdict(MonthFacts)
    for fact in facts:
        keys = {"kind": fact.kind, "department": fact.department, "theme": fact.theme}
        for cell in found[fact.month].cells(keys):
            cell.add(tally(fact))
    return found


@st.composite
def many_facts(draw: st.DrawFn) -> list[Fact]:
    """A region small enough to be masked here and there: four months, three kinds, three departments, two themes."""
    counts = st.lists(st.integers(0, 14), min_size=3, max_size=3)
    found = []
    for month in range(1, 5):
        for kind, count in zip("xyz", draw(counts), strict=True):
            first = draw(st.integers(0, 8))
            for number in range(first, first + count):
                people = (2 * number, 2 * number + 1)
                department = "ABC"[number % 3] if number % 7 else "C"
                theme = "tu"[number % 2]
                found.append(Fact(month, kind, department, theme, number, people, draw(st.integers(1, 90))))
    return found


def publications(facts: YearFacts) -> list[list[Line]]:
    """What appears each month of the year (the four months are followed by empty ones), then once it is over."""
    found: list[list[Line]] = []
    last = 0
    for over in range(1, 13):
        made = new_months(facts, after=last, through=over)
        last = made[-1].last if made else last
        found.append(month_lines(YEAR, made))
    found.append(year_lines(YEAR, facts, last))
    return found


def inside(line: Line, fact: Any, lines: Sequence[Line], published: int) -> bool:
    """Is the fact one of those that the line sums, as the words of the page say it?"""
    if line.dimension == "month":
        assert line.first_month is not None
        return line.first_month <= fact.month <= int(line.key[-2:])
    if fact.month > published:
        return False
    if line.dimension == "year":
        return True
    if line.key == GROUP:
        masked = {other.key for other in lines if other.dimension == line.dimension and other.tally is None}
        return getattr(fact, line.dimension) in masked
    return bool(getattr(fact, line.dimension) == line.key)


def independent(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """A basis of what these rows span, in echelon form."""
    basis: list[list[Fraction]] = []
    for row in rows:
        left = reduced(row, basis)
        if any(left):
            lead = next(value for value in left if value)
            basis.append([value / lead for value in left])
    return basis


def reduced(row: Sequence[Fraction], basis: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    left = list(row)
    for known in basis:
        place = next(rank for rank, value in enumerate(known) if value)
        if left[place]:
            factor = left[place]
            left = [one - factor * other for one, other in zip(left, known, strict=True)]
    return left


def stands(place: Any, keys: tuple[tuple[str, Any], ...]) -> bool:
    """Is the place in the cell of these keys?"""
    return all(getattr(place, name) == key for name, key in keys)


def masked_targets(facts: Sequence[Fact]) -> dict[str, tuple[Callable[[Any], bool], list[Fact]]]:
    """Every cell that concerns fewer than six teams or people: of a month, of a breakdown, of both crossed."""
    cells: dict[tuple[tuple[str, Any], ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        month = ("month", fact.month)
        cells[(month,)].append(fact)
        for name in BREAKDOWNS:
            row = (name, getattr(fact, name))
            cells[(row,)].append(fact)
            cells[row, month].append(fact)
    return {str(keys): (partial(stands, keys=keys), found) for keys, found in cells.items() if not tally(*found).enough}


@settings(max_examples=60, deadline=None)
@given(many_facts())
def test_no_sum_of_what_was_published_gives_a_masked_cell(facts: list[Fact]) -> None:
    """Over every publication of the year: months as they appear, then the total and the breakdowns."""
    found = publications(year_of(facts))
    every = [line for lines in found for line in lines]
    published = max((int(line.key[-2:]) for line in every if line.dimension == "month"), default=0)
    # One unknown for each place where facts may be: nobody tells the attacker which ones are empty.
    places = list(product(range(1, 5), "xyz", "ABC", "tu"))

    def vector(wanted: Callable[[Any], bool]) -> list[Fraction]:
        return [Fraction(wanted(Place(*place))) for place in places]

    shown = [line for line in every if line.tally is not None]
    basis = independent([vector(partial(inside, line, lines=every, published=published)) for line in shown])
    for name, (wanted, cell) in masked_targets(facts).items():
        assert cell
        assert any(reduced(vector(wanted), basis)), f"{name} is a combination of what was published"


@settings(max_examples=150, deadline=None)
@given(many_facts())
def test_every_published_line_and_every_difference_concerns_six_teams(facts: list[Fact]) -> None:
    found = publications(year_of(facts))
    every = [line for lines in found for line in lines]
    published = max((int(line.key[-2:]) for line in every if line.dimension == "month"), default=0)
    for line in every:
        if line.tally is None:
            continue
        inner = [f for f in facts if inside(line, f, every, published)]
        assert line.tally == tally(*inner), "the words of a line and its figures are the same facts"
        assert len(line.tally.teams) >= THRESHOLD and len(line.tally.people) >= THRESHOLD
    # What a reader of two publications gets by subtraction is what appeared between them, and nothing else.
    for earlier, later in product(range(len(found)), repeat=2):
        if earlier < later:
            between = [line.tally for lines in found[earlier + 1 : later + 1] for line in lines if line.tally]
            assert all(together([difference]).enough for difference in between)


@settings(max_examples=150, deadline=None)
@given(many_facts())
def test_the_lines_of_a_breakdown_add_up_to_the_year(facts: list[Fact]) -> None:
    lines = publications(year_of(facts))[-1]
    total = next((line.tally for line in lines if line.dimension == "year"), None)
    for name in BREAKDOWNS:
        shown = [line.tally for line in lines if line.dimension == name and line.tally]
        if shown:
            assert total is not None
            assert sum(one.items for one in shown) == total.items
            assert sum(one.minutes for one in shown) == total.minutes


sizes = st.lists(st.integers(1, 11), min_size=1, max_size=4)


def rows_of(counts: Sequence[int], each: int = 2) -> dict[str, Tally]:
    """Rows of so many teams, with two people and `each` actions a team; no team in two rows."""
    found: dict[str, Tally] = {}
    first = 0
    for rank, count in enumerate(counts):
        teams = set(range(first, first + count))
        people = {2 * one for one in teams} | {2 * one + 1 for one in teams}
        found["abcde"[rank]] = Tally(teams, people, each * count, 30 * count)
        first += count
    return found


@settings(deadline=None)
@given(sizes)
@example([5, 5])
@example([5, 5, 5])
@example([1, 7])
@example([1, 6])
@example([1, 1, 6])
@example([3])
def test_whole_numbers_leave_two_values_to_each_masked_row(counts: list[int]) -> None:
    """Every way of filling the masked rows is tried; the bounds are those that the words of the page give."""
    rows = rows_of(counts)
    made = grouping(rows)
    assert {*made.shown, *made.grouped} == (set() if made.withheld else set(rows))
    if not made.grouped:
        return
    assert made.group is not None
    total = len(made.group.teams)
    ranges = [range(1, THRESHOLD) if not rows[key].enough else range(THRESHOLD, total + 1) for key in made.grouped]
    worlds = [world for world in product(*ranges) if sum(world) == total]
    for rank, key in enumerate(made.grouped):
        possible = {world[rank] for world in worlds}
        assert len(rows[key].teams) in possible
        assert len(possible) > 1, f"{key} is {possible}"


@given(sizes)
def test_nothing_is_masked_that_need_not_be(counts: list[int]) -> None:
    """Rows that are all large enough are all shown."""
    rows = {key: row for key, row in rows_of(counts).items() if row.enough}
    assert grouping(rows).shown == tuple(sorted(rows))
    assert grouping(rows).group is None


@pytest.mark.parametrize(
    ("total", "cells", "hidden"),
    [
        (10, [(1, 5), (1, 5)], False),
        (9, [(1, 5), (1, 5)], True),
        (2, [(1, None), (1, None)], False),
        (3, [(1, None), (1, None)], True),
        (7, [(1, 5)], False),
        (7, [(1, 5), (6, None)], False),
        (8, [(1, 5), (6, None)], True),
        (0, [(0, None), (0, None)], False),
        (0, [], True),
    ],
)
def test_a_sum_that_leaves_one_value_is_seen(total: int, cells: list[tuple[int, int | None]], hidden: bool) -> None:
    assert undetermined(total, cells) is hidden


def test_a_row_of_many_teams_and_few_people_is_small() -> None:
    """One person may stand in several teams: six teams of five people are five people."""
    assert not Tally(set(range(6)), set(range(5))).enough
    assert not Tally(set(range(5)), set(range(6))).enough
    assert Tally(set(range(6)), set(range(6))).enough


def test_the_next_smallest_row_hides_a_lonely_one() -> None:
    made = grouping(rows_of([3, 20, 9]))
    assert (made.shown, made.grouped) == (("b",), ("a", "c"))
    assert made.group is not None and len(made.group.teams) == 12


def test_a_breakdown_that_cannot_be_protected_says_nothing() -> None:
    made = grouping(rows_of([5, 5]))
    assert made.withheld and not made.shown and not made.grouped


def test_an_amount_of_nothing_is_not_given_away_either() -> None:
    """A group in which nobody was paid would say that each of its rows was paid nothing."""
    rows = rows_of([4, 4])
    rows["a"].cents, rows["b"].cents = 500, -500
    assert not protects(list(rows.values()))
    rows["b"].cents = 100
    assert protects(list(rows.values()))


def test_a_small_month_waits_for_the_next_one() -> None:
    january, february, march = (
        tally(*(Fact(month, "x", "A", "t", number, (2 * number, 2 * number + 1), 30) for number in teams))
        for month, teams in ((1, range(8)), (2, range(3)), (3, range(2, 9)))
    )
    found = spans({1: january, 2: february, 3: march}, first=1, last=3)
    assert [(span.first, span.last) for span in found] == [(1, 1), (2, 3)]
    # Seen at the end of February, March being still to come: the same beginning.
    assert [(span.first, span.last) for span in spans({1: january, 2: february}, first=1, last=2)] == [(1, 1)]


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(1, 12))
def test_months_that_appeared_do_not_change_with_those_that_come(counts: list[int], stop: int) -> None:
    months = {rank + 1: rows_of([count])["a"] for rank, count in enumerate(counts) if count}
    early = spans(months, first=1, last=stop)
    late = spans(months, first=1, last=12)
    assert late[: len(early)] == early
    again = spans(months, first=(early[-1].last if early else 0) + 1, last=12)
    assert [*early, *again] == late


def test_a_line_says_only_what_its_flow_has() -> None:
    line = Line("kind", "x", Tally(set(range(6)), set(range(9)), 7, 80, 9000))
    assert line.values(DONE) == {"teams": 6, "people": 9, "items": 7, "minutes": 80, "amount_cents": None}
    assert line.values("paid") == {"teams": 6, "people": 9, "items": 7, "minutes": None, "amount_cents": 9000}
    assert Line("kind", "x", None, small=True).values(DONE) == {}
