"""The path of a team (bande de chemin): the steps of its rules, and where it stands on each.

Each step key of the rule pack ("team", "association", "themes", "project", "recognition", "convention", "actions",
"review") is answered by one reader. A higher floor gives its own from `AppConfig.ready`:

    path.register("project", lambda team: path.Standing(done=..., since=..., waits_for="agency", url=...))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from equipage.foundation.french import day_short, paris_day, since
from equipage.foundation.periods import today
from equipage.teams.rules import form_of

BALL = {
    "professionals": "la main est à l'équipe",
    "team": "la main est à l'équipe",
    "association": "la main est à l'association",
    "agency": "la main est à l'ARS",
}


@dataclass(frozen=True)
class Standing:
    """Where a team stands on one step. `since`: the day it was done, or since when somebody is expected.

    `waits_for` ("team", "association", "agency") corrects who the rules say acts; `note` replaces the whole line.
    """

    done: bool
    since: date | datetime | None = None
    waits_for: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class PathStep:
    """One step as the component `next_steps` draws it: state "done", "now" or "next"."""

    key: str
    label: str
    state: str
    note: str
    url: str


Reader = Callable[[Any], Standing]
_readers: dict[str, Reader] = {}


def register(step: str, reader: Reader) -> None:
    """Say who answers for a step. Declared twice with another reader: ValueError."""
    if _readers.setdefault(step, reader) is not reader:
        raise ValueError(f"L'étape « {step} » du chemin a déjà sa lecture.")


def path_of(team: Any, on: date | None = None) -> list[PathStep]:
    """The steps in order; the first that is not done is the present one, unless the team is closed."""
    found: list[PathStep] = []
    reached = team.state == "closed"
    for step in form_of(team, on or today()).steps:
        standing = _standing(step.key, team)
        if standing.done:
            state, note = "done", standing.note or (day_short(standing.since) if standing.since else "")
        elif reached:
            state, note = "next", ""
        else:
            reached = True
            state, note = "now", standing.note or _ball(standing, step.who)
        found.append(PathStep(step.key, step.label, state, note, standing.url if state != "next" else ""))
    return found


def _standing(key: str, team: Any) -> Standing:
    reader = _readers.get(key)
    if reader is not None:
        return reader(team)
    # A floor that is not there says nothing; what the team itself keeps of it is enough.
    return Standing(done=key in ("project", "recognition") and team.recognised_on is not None, since=team.recognised_on)


def _ball(standing: Standing, who: str) -> str:
    ball = BALL.get(standing.waits_for or who, "")
    waits = standing.since is not None and paris_day(standing.since) < today()
    return f"{ball}, {since(standing.since)}" if waits and ball else ball
