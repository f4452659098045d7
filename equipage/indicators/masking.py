"""What of a count may be shown to everybody: pure functions, no model, no database.

A figure is published when it concerns at least `THRESHOLD` teams and as many people. A smaller one is masked, and its
facts are shown only inside a group (regroupement) that is itself large enough and from which no member can be found
back. Everything published is then a sum of sets of facts that each concern six teams and six people: whatever is added
or subtracted, between tables, between months or between two publications, gives such sums again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

THRESHOLD = 6

# A value lies between these two, included; None: nobody knows a highest one.
Bounds = tuple[int, int | None]


@dataclass
class Tally:
    """Facts counted together: the teams and the people they concern (keys), and their sums.

    `items` are actions or claim lines, `minutes` their duration, `cents` what was paid.
    """

    teams: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    items: int = 0
    minutes: int = 0
    cents: int = 0

    def add(self, other: Tally) -> None:
        """Take the facts of another tally too. The two count different facts."""
        self.teams |= other.teams
        self.people |= other.people
        self.items += other.items
        self.minutes += other.minutes
        self.cents += other.cents

    @property
    def enough(self) -> bool:
        """Does it concern enough teams and enough people to be shown?"""
        return len(self.teams) >= THRESHOLD and len(self.people) >= THRESHOLD

    @property
    def sums(self) -> dict[str, int]:
        """What adds up, by name; what this kind of facts does not have is absent."""
        found = {"items": self.items, "minutes": self.minutes, "cents": self.cents}
        return {name: value for name, value in found.items() if value}


def together(tallies: Iterable[Tally]) -> Tally:
    """One tally of all these facts."""
    found = Tally()
    for tally in tallies:
        found.add(tally)
    return found


def undetermined(total: int, cells: Sequence[Bounds]) -> bool:
    """Does each cell of a group keep at least two possible values, for whoever knows the sum and the bounds?

    A group of one cell never does: its value is the sum.
    """
    for rank, (low, high) in enumerate(cells):
        others = [bounds for place, bounds in enumerate(cells) if place != rank]
        highest = _sum_of_highest(others)
        least = low if highest is None else max(low, total - highest)
        reached = total - sum(bounds[0] for bounds in others)
        most = reached if high is None else min(high, reached)
        if least >= most:
            return False
    return True


def _sum_of_highest(cells: Sequence[Bounds]) -> int | None:
    known = [high for _, high in cells if high is not None]
    return sum(known) if len(known) == len(cells) else None


def protects(cells: Sequence[Tally], *, may_be_empty: bool = False) -> bool:
    """May the sum of these cells be shown without giving any of them away?

    Whoever reads knows which cells are small (that is why they are masked) and which are hidden to protect them.
    `may_be_empty`: a small cell may hold nothing at all, as a month without action.
    """
    whole = together(cells)
    if not whole.enough:
        return False
    one = 0 if may_be_empty else 1
    floors = [THRESHOLD if cell.enough else one for cell in cells]
    few = [None if cell.enough or len(cell.teams) >= THRESHOLD else THRESHOLD - 1 for cell in cells]
    if not undetermined(len(whole.teams), list(zip(floors, few, strict=True))):
        return False
    unbounded: list[Bounds] = [(floor, None) for floor in floors]
    totals = [len(whole.people), whole.items, *([whole.minutes] if whole.minutes else [])]
    # An amount may be nil or, after a correction, less: nothing but zero is known from below, and hardly that.
    nil: list[Bounds] = [(0, None) for _ in cells]
    paid = undetermined(whole.cents, nil) if any(cell.cents for cell in cells) else True
    return paid and all(undetermined(total, unbounded) for total in totals)


@dataclass(frozen=True)
class Grouping:
    """How a breakdown is published: the rows `shown`, the rows `grouped`, and what these amount to together.

    `withheld`: no grouping protects the small rows, and nothing of this breakdown is published.
    """

    shown: tuple[str, ...]
    grouped: tuple[str, ...] = ()
    group: Tally | None = None
    withheld: bool = False


def grouping(rows: Mapping[str, Tally]) -> Grouping:
    """Mask the small rows of a breakdown whose rows share no fact; when that is not enough, the next smallest too."""
    small = sorted(key for key, tally in rows.items() if not tally.enough)
    large = sorted((key for key, tally in rows.items() if tally.enough), key=lambda key: (*_size(rows[key]), key))
    if not small:
        return Grouping(tuple(sorted(large)))
    for taken in range(len(large) + 1):
        inside = [*small, *large[:taken]]
        cells = [rows[key] for key in inside]
        if protects(cells):
            return Grouping(tuple(sorted(large[taken:])), tuple(sorted(inside)), together(cells))
    return Grouping((), withheld=True)


def _size(tally: Tally) -> tuple[int, int]:
    return len(tally.teams), len(tally.people)


@dataclass(frozen=True)
class Span:
    """Months of a year published together, `first` to `last` (1 to 12); usually one."""

    first: int
    last: int
    tally: Tally


def spans(months: Mapping[int, Tally], *, first: int, last: int) -> list[Span]:
    """Cut the months `first` to `last` of a year into spans that may be shown; a small month waits for the next ones.

    A span begins with a month in which something happened: nothing is said of nobody. What remains at the end belongs
    to no span: it waits, or is never published when the year is over.
    """
    found: list[Span] = []
    waiting: list[Tally] = []
    for month in range(first, last + 1):
        tally = months.get(month, Tally())
        if not waiting and not tally.teams:
            continue
        waiting.append(tally)
        whole = together(waiting)
        alone = len(waiting) == 1 and whole.enough
        if alone or (len(waiting) > 1 and protects(waiting, may_be_empty=True)):
            found.append(Span(month - len(waiting) + 1, month, whole))
            waiting = []
    return found
