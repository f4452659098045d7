"""What is computed of an action: how many voices prove it, when each person was there, whose hours meet. No model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from equipage.foundation.french import PARIS, plural
from equipage.projects.rules import gate_reasons
from equipage.teams.rules import form_of

DAY_MINUTES = 24 * 60
# How long a thumb may take a declaration back, and what a slow network may add to it.
UNDO_SECONDS = 10
UNDO_GRACE_SECONDS = 10

# Higher floors add what closes a kind of action on a day: (team, kind, day) → sentences, each with its way out.
kind_gates: list[Callable[[Any, str, date], tuple[str, ...]]] = []


def closed_reasons(team: Any, kind: str, on: date) -> tuple[str, ...]:
    """Why an action of that kind cannot be done by that team on that day; empty when it can."""
    found = [*gate_reasons(team, [kind], on)]
    for gate in kind_gates:
        found.extend(gate(team, kind, on))
    return tuple(dict.fromkeys(found))


def early_kinds(team: Any, on: date) -> frozenset[str]:
    """The kinds that come before the recognition of a team, writing its project: declared and paid once it is."""
    return frozenset(code for code, action in form_of(team, on).actions.items() if action.before_recognition)


def voices_needed(action: Any) -> int:
    """How many confirmed presences the kind of action asks for, on its day. At least one: somebody was there."""
    rule = form_of(action.team, action.held_on).action(action.kind).min_participants
    return max(1, int(rule.effective)) if rule is not None else 1


def missing_voices(action: Any) -> tuple[str, ...]:
    """Why the presence is not proved yet: the sentence shown to the officer and to the team."""
    needed = voices_needed(action)
    confirmed = action.presences.filter(state="confirmed").count()
    if confirmed >= needed:
        return ()
    missing = needed - confirmed
    return (
        f"Il manque {missing} {plural(missing, 'présence confirmée', 'présences confirmées')} : "
        f"une action de ce type se prouve par {needed} {plural(needed, 'voix', 'voix')}.",
    )


@dataclass(frozen=True)
class Hours:
    """A stretch of a day in Paris: `minutes` long, from `starts_at` when the hour is known."""

    day: date
    minutes: int
    starts_at: time | None = None

    @property
    def known(self) -> bool:
        return self.starts_at is not None

    @property
    def start(self) -> datetime:
        """The first moment, aware. Only for known hours."""
        assert self.starts_at is not None
        return moment(self.day, self.starts_at)

    @property
    def end(self) -> datetime:
        """The moment after the last, aware: minutes that passed, whatever the clocks did that night."""
        return (self.start.astimezone(UTC) + timedelta(minutes=self.minutes)).astimezone(PARIS)

    def meets(self, other: Hours) -> bool:
        """Do both stretches share a minute? Two that only touch do not."""
        return self.known and other.known and self.start < other.end and other.start < self.end


def moment(day: date, at: time) -> datetime:
    """An hour of a day in Paris, aware."""
    return datetime.combine(day, at, tzinfo=PARIS)


def own_hours(action: Any, arrived_at: time | None, left_at: time | None) -> Hours:
    """When one person was there: her own hours if given, else those of the action.

    An hour before the beginning of the action belongs to the next day: the meeting went past midnight.
    """
    if arrived_at is None or left_at is None:
        return Hours(action.held_on, action.minutes, action.starts_at)
    late = action.starts_at is not None and arrived_at < action.starts_at
    day = action.held_on + timedelta(days=1 if late else 0)
    arrived = moment(day, arrived_at)
    left = moment(day + timedelta(days=1 if left_at <= arrived_at else 0), left_at)
    minutes = int((left.astimezone(UTC) - arrived.astimezone(UTC)).total_seconds() // 60)
    return Hours(day, minutes, arrived_at)


@dataclass(frozen=True)
class Attended:
    """One person at one action, as the search for overlaps reads it."""

    team_id: int
    kind: str
    hours: Hours


def overlap(one: Attended, other: Attended, *, day_minutes: int = 0) -> str:
    """How surely the same person was counted twice: "hours", "maybe", or "" for not at all.

    Hours known on both sides decide. Else two teams that tell the same kind, the same day, for the same length may
    tell one meeting; and so may any two once the person's day (`day_minutes`) holds more than 24 hours.
    """
    if one.hours.known and other.hours.known:
        return "hours" if one.hours.meets(other.hours) else ""
    if one.hours.day != other.hours.day:
        return ""
    alike = one.team_id != other.team_id and one.kind == other.kind and one.hours.minutes == other.hours.minutes
    return "maybe" if alike or day_minutes > DAY_MINUTES else ""
