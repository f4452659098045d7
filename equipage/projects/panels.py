"""What higher floors add to the pages of a project: the next move (deposit), and what was asked about a section.

    panels.offer_next(lambda team, project, user: [card, …])   # cards of {% waiting %}
    panels.offer_notes(lambda project: {"timetable": [panels.Note(...)]})

Both are called once, from `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Note:
    """Something asked or said about a section: who, when, and the words."""

    who: str
    at: datetime
    text: str
    url: str = ""


Next = Callable[[Any, Any, Any], list[dict[str, Any]]]
Notes = Callable[[Any], Mapping[str, list[Note]]]

_next: list[Next] = []
_notes: list[Notes] = []


def offer_next(read: Next) -> None:
    """Add cards on top of the project page."""
    if read not in _next:
        _next.append(read)


def offer_notes(read: Notes) -> None:
    """Add words beside the sections."""
    if read not in _notes:
        _notes.append(read)


def next_cards(team: Any, project: Any, user: Any) -> list[dict[str, Any]]:
    """What comes next for this person, as the floors above say it."""
    return [card for read in _next for card in read(team, project, user)]


def notes_of(project: Any) -> dict[str, list[Note]]:
    """What was asked, by section key."""
    found: dict[str, list[Note]] = {}
    for read in _notes:
        for key, notes in read(project).items():
            found.setdefault(key, []).extend(notes)
    return found
