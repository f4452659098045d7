"""What the controls of a year found, for the public account: counted once, when the year is over.

The rooms that control actions are on this very floor: a floor above says what they found.

    checked.offer_results(results_since)      # (first year or None) -> results, from `AppConfig.ready`

A result concerns the team and the people of its action, and counts in the year in which it was decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from equipage.indicators.masking import Tally, together
from equipage.indicators.publishing import Line, breakdown_lines

CHECKED, OUTCOME = "checked", "outcome"
# The results, in the order of the page, and those that change what is owed.
OUTCOMES = {"in_order": "En ordre", "corrected": "Corrigée", "not_in_order": "Pas en ordre"}
ADVERSE = ("corrected", "not_in_order")


class Result(Protocol):
    """A final result (résultat): where, when, of whom, what, and how many cents less are owed."""

    @property
    def region(self) -> str: ...
    @property
    def on(self) -> date: ...
    @property
    def team_id(self) -> int: ...
    @property
    def people(self) -> frozenset[int]: ...
    @property
    def outcome(self) -> str: ...
    @property
    def taken_cents(self) -> int: ...


ResultReader = Callable[[int | None], Iterable[Result]]

_readers: list[ResultReader] = []


def offer_results(read: ResultReader) -> None:
    """Add results of controls to the account."""
    if read not in _readers:
        _readers.append(read)


@dataclass
class YearChecked:
    """The results of a region and a year, by outcome; `taken_cents` is what those against a team took back."""

    by: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    taken_cents: int = 0

    def add(self, result: Result) -> None:
        """Count one result."""
        self.by[result.outcome].add(Tally({result.team_id}, set(result.people), items=1))
        if result.outcome in ADVERSE:
            self.taken_cents += result.taken_cents

    @property
    def whole(self) -> Tally:
        """All the results together."""
        return together(self.by.values())

    @property
    def shown_taken_cents(self) -> int | None:
        """What was taken back, where it may be said: it is the money of the teams that had a result against them."""
        against = together(self.by[outcome] for outcome in ADVERSE if outcome in self.by)
        return self.taken_cents if self.whole.enough and against.enough else None

    def lines(self, year: int) -> list[Line]:
        """What appears: the year, then its outcomes; nothing when the year itself is too small.

        No line has an amount: a result in order takes nothing back, so that a group would give the other one away.
        """
        if not self.whole.enough:
            return []
        return [Line("year", str(year), self.whole), *breakdown_lines(OUTCOME, dict(self.by))]


def read_checked(since: int | None) -> dict[tuple[str, int], YearChecked]:
    """The results since the first day of a year, by region and year."""
    found: dict[tuple[str, int], YearChecked] = defaultdict(YearChecked)
    for read in _readers:
        for result in read(since):
            found[result.region, result.on.year].add(result)
    return dict(found)
