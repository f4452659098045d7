"""Days, months and periods (périodes), in Paris.

A period is half-open: `start` is included, `end` is the first day that no longer holds, None when it is open.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from equipage.foundation.french import MONTHS, PARIS, day, ordinal_day, typographic
from equipage.foundation.refusals import Refused

__all__ = [
    "PARIS",
    "Month",
    "Period",
    "add_months",
    "add_working_days",
    "day_bounds",
    "is_working_day",
    "now",
    "public_holidays",
    "today",
]

_ONE_DAY = timedelta(days=1)


def now() -> datetime:
    """This moment, aware, in Paris."""
    return datetime.now(PARIS)


def today() -> date:
    """The day it is in Paris, whatever the clock of the machine says."""
    return now().date()


def day_bounds(when: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Paris and that of the next: 23, 24 or 25 hours apart."""
    following = when + _ONE_DAY
    return (
        datetime(when.year, when.month, when.day, tzinfo=PARIS),
        datetime(following.year, following.month, following.day, tzinfo=PARIS),
    )


def add_months(when: date, months: int) -> date:
    """The same day `months` later (or earlier), or the last of the month: 31 January + 1 is 28 or 29 February."""
    place = when.year * 12 + when.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(when.day, monthrange(year, month)[1]))


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of mainland France (jours fériés, code du travail, art. L. 3133-1)."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (1, 39, 50)
    return frozenset(date(year, *found) for found in fixed) | {easter + timedelta(days=days) for days in moving}


def is_working_day(when: date) -> bool:
    """Is it a Monday to Friday that is not a public holiday (jour ouvré)?"""
    return when.weekday() < 5 and when not in public_holidays(when.year)


def add_working_days(when: date, days: int) -> date:
    """The day that comes `days` working days after `when` (jours ouvrés). Raises ValueError when negative."""
    if days < 0:
        raise ValueError("add_working_days goes forward only.")
    found = when
    while days:
        found += _ONE_DAY
        days -= is_working_day(found)
    return found


@dataclass(frozen=True)
class Period:
    """Days from `start` to the day before `end`; open when `end` is None. Raises Refused when nothing is inside."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise Refused(
                typographic(
                    f"La période doit finir après son début : elle commence le {day(self.start)} et finirait "
                    f"avant le {day(self.end)}. Changez l’une des deux dates."
                )
            )

    @classmethod
    def through(cls, start: date, last: date | None) -> Period:
        """The period as people say it: `last` is its last day, included. Raises Refused when it precedes `start`."""
        if last is not None and last < start:
            raise Refused(
                typographic(
                    f"La date de fin ({day(last)}) précède la date de début ({day(start)}) : changez l’une des deux."
                )
            )
        return cls(start, None if last is None else last + _ONE_DAY)

    @property
    def last(self) -> date | None:
        """The last day inside, None when open."""
        return None if self.end is None else self.end - _ONE_DAY

    @property
    def days(self) -> int | None:
        """How many days are inside, None when open."""
        return None if self.end is None else (self.end - self.start).days

    def contains(self, when: date) -> bool:
        """Is `when` inside? The start is, the end is not."""
        return self.start <= when and (self.end is None or when < self.end)

    __contains__ = contains

    def covers(self, other: Period) -> bool:
        """Is every day of `other` inside?"""
        return self.start <= other.start and (self.end is None or (other.end is not None and other.end <= self.end))

    def overlaps(self, other: Period) -> bool:
        """Do they share a day?"""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def touches(self, other: Period) -> bool:
        """Does one begin the very day the other stops, with no gap and no shared day?"""
        return self.end == other.start or other.end == self.start

    def intersection(self, other: Period) -> Period | None:
        """The days they share, None when there are none."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.end, other.end) if end is not None]
        return Period(max(self.start, other.start), min(ends, default=None))

    def __str__(self) -> str:
        """In French: "du 1er janvier au 30 juin 2026", "depuis le 1er janvier 2026", "le 14 octobre 2026"."""
        last = self.last
        if last is None:
            return f"depuis le {day(self.start)}"
        if last == self.start:
            return f"le {day(last)}"
        first = day(self.start)
        if self.start.year == last.year:
            first = ordinal_day(self.start)
            if self.start.month != last.month:
                first += f" {MONTHS[self.start.month - 1]}"
        return f"du {first} au {day(last)}"


@dataclass(frozen=True, order=True)
class Month:
    """A civil month. Raises Refused when it does not exist."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12 or not 1900 <= self.year <= 2200:
            raise Refused(
                typographic(f"Le mois {self.month:02d}/{self.year} n’existe pas : écrivez par exemple 2026-11.")
            )

    @classmethod
    def parse(cls, raw: str) -> Month:
        """The month of "2026-11". Raises Refused with what to write instead."""
        found = re.fullmatch(r"(\d{4})-(\d{2})", raw.strip(), re.ASCII)
        if not found:
            raise Refused(
                typographic(f"« {raw[:20]} » n’est pas un mois : écrivez l’année puis le mois, par exemple 2026-11.")
            )
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, when: date) -> Month:
        """The month of a day."""
        return cls(when.year, when.month)

    @classmethod
    def current(cls) -> Month:
        """The month it is in Paris."""
        return cls.of(today())

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The first day of the next month: excluded."""
        return add_months(self.start, 1)

    @property
    def period(self) -> Period:
        """The month as a period."""
        return Period(self.start, self.end)

    @property
    def next(self) -> Month:
        """The month after."""
        return self + 1

    @property
    def previous(self) -> Month:
        """The month before."""
        return self + -1

    @property
    def label(self) -> str:
        """ "novembre 2026"."""
        return f"{MONTHS[self.month - 1]} {self.year}"

    def contains(self, when: date) -> bool:
        """Is the day in this month?"""
        return Month.of(when) == self

    __contains__ = contains

    def __add__(self, months: int) -> Month:
        return Month.of(add_months(self.start, months))

    def until(self, last: Month) -> Iterator[Month]:
        """This month and the following ones, `last` included."""
        found = self
        while found <= last:
            yield found
            found = found.next

    def __str__(self) -> str:
        """ "2026-11", for addresses and files."""
        return f"{self.year:04d}-{self.month:02d}"


def _easter(year: int) -> date:
    """Easter Sunday, by the Gregorian computus (Meeus)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * sunday) // 451
    month, place = divmod(moon + sunday - 7 * shift + 114, 31)
    return date(year, month, place + 1)
