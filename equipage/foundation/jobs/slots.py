"""When scheduled work is due: pure computations on the clock, no database.

A slot (créneau) is the moment at which a run was due. It depends on the clock and the schedule only, so that all nodes
compute the same one and a unique row decides which of them runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Cadence(Protocol):
    """Something that knows its latest due moment."""

    def latest(self, now: datetime) -> datetime:
        """The latest slot that is due at `now` (aware), as a UTC moment."""
        ...


@dataclass(frozen=True)
class Every:
    """A fixed interval, counted from a common origin so that all nodes agree. `seconds` is at least 1."""

    seconds: int

    def __post_init__(self) -> None:
        if self.seconds < 1:
            raise ValueError("L'intervalle d'un travail planifié est d'au moins une seconde.")

    def latest(self, now: datetime) -> datetime:
        """The start of the current interval."""
        elapsed = int((now - _EPOCH).total_seconds())
        return _EPOCH + timedelta(seconds=elapsed - elapsed % self.seconds)


@dataclass(frozen=True)
class Daily:
    """Once a day at a time of the Paris clock; once too on the days when clocks change."""

    at: time

    def latest(self, now: datetime) -> datetime:
        """Today's slot when it has come, else yesterday's."""
        day = now.astimezone(PARIS).date()
        slot = _moment(day, self.at)
        return slot if slot <= now else _moment(day - timedelta(days=1), self.at)


@dataclass(frozen=True)
class Monthly:
    """Once a month, on `day` (1 to 28) at a time of the Paris clock."""

    day: int
    at: time

    def __post_init__(self) -> None:
        if not 1 <= self.day <= 28:
            raise ValueError("Le jour d'un travail mensuel va de 1 à 28 : chaque mois doit l'avoir.")

    def latest(self, now: datetime) -> datetime:
        """This month's slot when it has come, else the previous month's."""
        first = now.astimezone(PARIS).date().replace(day=self.day)
        slot = _moment(first, self.at)
        if slot <= now:
            return slot
        return _moment((first.replace(day=1) - timedelta(days=1)).replace(day=self.day), self.at)


def _moment(day: date, at: time) -> datetime:
    """A Paris time as UTC. `fold=0` names one moment even for an hour that comes twice or never."""
    return datetime.combine(day, at, tzinfo=PARIS).astimezone(UTC)
