"""Reading the proof of an action: three facts with their dates, who was there and how it is known, guests, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from equipage.coordination.evidence import asked_evidence, files_of, missing_evidence
from equipage.coordination.models import Action, Guest, Presence
from equipage.coordination.states import OPEN
from equipage.coordination.times import shown_now
from equipage.foundation.documents.models import Attachment
from equipage.foundation.french import duration, enumerate_words, time_of_day, typographic
from equipage.foundation.policies import can
from equipage.rules.catalogue import AskedEvidence

_MEANS = {
    "declarer": "a déclaré l'action",
    "tap": "d'un geste",
    "code": "en lisant le code",
    "link": "par un lien",
}


@dataclass(frozen=True)
class Line:
    """One presence as the page shows it: how it was confirmed, its own hours, and whether they may be changed here."""

    presence: Presence
    detail: str
    may_edit_times: bool


@dataclass(frozen=True)
class Proof:
    """What the page of an action says of its proof."""

    thread: list[dict[str, Any]]
    lines: list[Line]
    guests: list[Guest]
    may_invite: bool
    may_show_code: bool
    files: list[Attachment]
    asked: AskedEvidence | None
    missing_evidence: tuple[str, ...]


def proof_of(action: Action, user: Any, presences: Sequence[Presence]) -> Proof:
    """Everything at once, in a constant number of queries."""
    may_edit = can(user, "coordination.edit_action", action).allowed
    showing = can(user, "coordination.show_code", action).allowed and shown_now(action, timezone.now())
    opened = action.state in OPEN
    return Proof(
        thread=thread(action, presences),
        lines=[
            Line(row, means_and_hours(row), opened and (may_edit or row.professional.user_id == user.pk))
            for row in presences
        ],
        guests=list(action.guests.order_by("id")),
        may_invite=may_edit,
        may_show_code=showing,
        files=list(files_of(action)),
        asked=asked_evidence(action),
        missing_evidence=missing_evidence(action) if opened else (),
    )


def means_and_hours(presence: Presence) -> str:
    """« en lisant le code · de 14 h 10 à 14 h 40, 30 min »; empty for somebody who has not answered."""
    said = [_MEANS.get(presence.means, "")]
    times = presence.own_times
    if times is not None:
        arrived, left = times
        said.append(f"de {time_of_day(arrived)} à {time_of_day(left)}, {duration(presence.minutes)}")
    return typographic(" · ".join(part for part in said if part))


def thread(action: Action, presences: Sequence[Presence]) -> list[dict[str, Any]]:
    """Declared, verified, validated: three facts, each with its date and its persons, or what it waits for."""
    events: list[dict[str, Any]] = [
        {"what": "Déclarée", "at": action.declared_at, "who": action.declared_by.full_name, "tone": "ok"}
    ]
    if action.verified_at is not None:
        events.append({"what": "Vérifiée", "at": action.verified_at, "who": _voices(presences), "tone": "ok"})
    elif action.state in OPEN:
        missing = " ".join(action.missing_voices()) or "Elle le sera à la prochaine voix."
        events.append({"what": "Pas encore vérifiée", "who": typographic(missing), "tone": "wait"})
    if action.validated_at is not None and action.validated_by is not None:
        who = f"{action.validated_by.full_name}, association"
        events.append({"what": "Validée", "at": action.validated_at, "who": who, "tone": "ok"})
    elif action.state in OPEN:
        waits = "L'association la valide une fois vérifiée." if action.verified_at is None else "Chez l'association."
        events.append({"what": "Pas encore validée", "who": typographic(waits), "tone": "wait"})
    return events


def _voices(presences: Sequence[Presence]) -> str:
    """Whose voices they are, and how each was given."""
    confirmed = [row for row in presences if row.state == "confirmed"]
    confirmed.sort(key=lambda row: (row.answered_at is None, row.answered_at, row.pk))
    words = [f"{row.professional.full_name} ({_MEANS.get(row.means, 'sans précision')})" for row in confirmed]
    return typographic(f"par {enumerate_words(words)}") if words else ""


@dataclass(frozen=True)
class Shown:
    """How far a meeting is, while its code is shown: « 3 sur 5 »."""

    confirmed: list[Presence]
    expected: int

    @property
    def total(self) -> int:
        return len(self.confirmed) + self.expected


def shown_of(presences: Sequence[Presence]) -> Shown:
    """Who has confirmed, the last one first, and how many are still awaited."""
    confirmed = [row for row in presences if row.state == "confirmed" and row.answered_at is not None]
    confirmed.sort(key=lambda row: (row.answered_at, row.pk), reverse=True)
    return Shown(confirmed, sum(1 for row in presences if row.state == "expected"))
