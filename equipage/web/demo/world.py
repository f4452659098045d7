"""What every part of the demo shares: the reference day, the dice, the journal, the people already made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from equipage.foundation.periods import PARIS
from equipage.people.models import Organisation, Professional, User
from equipage.web.demo.journal import Journal
from equipage.web.demo.numbers import Numbers

REGION = "52"
FORM = "esp-clap"


@dataclass
class World:
    """The demo while it is being made. Nothing in it happens on `today` or later: the newest event is yesterday's."""

    seed: int
    today: date
    teams_wanted: int
    history: bool = True
    journal: Journal = field(default_factory=Journal)
    numbers: Numbers = field(default_factory=Numbers)
    staff: dict[str, User] = field(default_factory=dict)
    personas: dict[str, Professional] = field(default_factory=dict)
    officers: list[User] = field(default_factory=list)
    agency: dict[str, User] = field(default_factory=dict)
    association: Organisation = field(default=None)  # type: ignore[assignment]
    stories: list[Any] = field(default_factory=list)
    covered: dict[tuple[int, int], tuple[date, date | None]] = field(default_factory=dict)
    actions: list[tuple[Any, list[Any]]] = field(default_factory=list)

    def dice(self, topic: str) -> Random:
        """The dice of one topic: what one part draws never moves another part."""
        return Random(f"{self.seed}:{topic}")  # noqa: S311 (a demo must be the same each time)

    def ago(self, days: int) -> date:
        """The day that many days before the reference day."""
        return self.today - timedelta(days=days)

    def is_covered(self, professional_id: int, team_id: int, day: date) -> bool:
        """Did the convention of that person in that team hold on that day?"""
        begin, end = self.covered.get((professional_id, team_id), (date.max, None))
        return begin <= day and (end is None or day < end)

    @property
    def yesterday(self) -> date:
        return self.ago(1)

    def officer_of(self, department: str) -> User:
        """The association's officer who follows a department."""
        return self.officers[sum(map(ord, department)) % len(self.officers)] if department != "49" else self.officers[0]


def moment(day: date, dice: Random, *, after: datetime | None = None) -> datetime:
    """A working moment of a day in Paris, later than `after` when that is the same day."""
    found = datetime(day.year, day.month, day.day, dice.randint(8, 18), dice.randint(0, 59), tzinfo=PARIS)
    if after is not None and found <= after:
        return after + timedelta(minutes=dice.randint(3, 40))
    return found
