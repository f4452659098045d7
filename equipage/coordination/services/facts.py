"""What a person says of an action, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from equipage.coordination.models import Action
from equipage.foundation.french import day_long
from equipage.foundation.refusals import Refused


@dataclass(frozen=True)
class Facts:
    """What a person says of an action: kind, day, minutes, who was there (ids of professionals), patients counted."""

    kind: str
    held_on: date
    minutes: int
    present: tuple[int, ...]
    patients: int = 0
    theme: str = ""
    title: str = ""
    starts_at: time | None = None


class AlreadyDeclared(Refused):
    """An action that looks the same is already there: a question, never a block. `existing` is that action."""

    def __init__(self, existing: Action, sentence: str = "") -> None:
        super().__init__(
            sentence
            or f"Une action du même type est déjà déclarée pour le {day_long(existing.held_on)}. Est-ce la même ?"
        )
        self.existing = existing


def facts_of(action: Action) -> Facts:
    """What was said of an action, to fill the form again."""
    return Facts(
        kind=action.kind,
        held_on=action.held_on,
        minutes=action.minutes,
        present=tuple(action.presences.order_by("id").values_list("professional_id", flat=True)),
        patients=action.patients,
        theme=action.theme,
        title=action.title,
        starts_at=action.starts_at,
    )


def columns_of(facts: Facts) -> dict[str, Any]:
    """The columns of the action that the facts fill."""
    return {
        "kind": facts.kind,
        "held_on": facts.held_on,
        "minutes": facts.minutes,
        "patients": facts.patients,
        "theme": facts.theme,
        "title": facts.title,
        "starts_at": facts.starts_at,
    }


def snapshot(facts: Facts) -> dict[str, Any]:
    """The facts as the audit chain and a counter-entry keep them."""
    return {**columns_of(facts), "present": facts.present}


def facts_from(kept: dict[str, Any]) -> Facts:
    """The facts back from what `snapshot` wrote as JSON."""
    starts_at = kept.get("starts_at")
    return Facts(
        kind=str(kept["kind"]),
        held_on=date.fromisoformat(kept["held_on"]),
        minutes=int(kept["minutes"]),
        present=tuple(int(pk) for pk in kept["present"]),
        patients=int(kept["patients"]),
        theme=str(kept["theme"]),
        title=str(kept["title"]),
        starts_at=time.fromisoformat(starts_at) if starts_at else None,
    )
