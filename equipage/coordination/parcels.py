"""What a phone sends of its outbox, read with care: any bytes give either parcels or one sentence. No model."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from equipage.foundation.periods import now
from equipage.foundation.refusals import Refused

MOST_ITEMS = 50
MOST_BYTES = 64 * 1024
LONGEST_WORDS = 160
# Below this, two clocks agree: the network itself takes seconds.
CLOCK_TOLERANCE = timedelta(minutes=10)
_MOST = 2**31 - 1


@dataclass(frozen=True)
class Said:
    """The facts of one action as a phone tells them; each is of its type, none is checked against a rule."""

    kind: str
    held_on: date
    minutes: int
    present: tuple[int, ...]
    patients: int
    theme: str
    title: str
    starts_at: time | None


@dataclass(frozen=True)
class Parcel:
    """One declaration of the outbox (envoi).

    `revision` grows at each change on the phone; `seen` is the highest other revision that the phone may know of.
    `said` is None when the facts cannot be read: `fault` says why.
    """

    key: uuid.UUID
    revision: int
    seen: int
    team_id: int
    deleted: bool
    another: bool
    said: Said | None
    fault: Refused | None = None


@dataclass(frozen=True)
class Shipment:
    """All that came in one request: whose phone it says it is, how far its clock is from ours, the parcels.

    `watching` is the key that a page follows, to go then to the page of that action.
    """

    owner: int
    clock_ahead: timedelta
    watching: str = ""
    parcels: list[Parcel] = field(default_factory=list)


def read_shipment(body: bytes) -> Shipment:
    """Read a request. Raises Refused when the whole cannot be read; a parcel with wrong facts keeps its fault."""
    if len(body) > MOST_BYTES:
        raise Refused("L'envoi est trop lourd : 64 ko au plus.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("L'envoi est illisible.") from None
    items = given.get("items") if isinstance(given, dict) else None
    if not isinstance(items, list):
        raise Refused("L'envoi est illisible.")
    if len(items) > MOST_ITEMS:
        raise Refused(f"L'envoi contient trop de déclarations : {MOST_ITEMS} au plus.")
    return Shipment(
        _number(given, "owner"),
        _ahead(given.get("clock")),
        str(given.get("watching", "")),
        [_parcel(item) for item in items],
    )


def _ahead(clock: Any) -> timedelta:
    """How much the phone is ahead of us; nothing when it does not say."""
    try:
        said = datetime.fromisoformat(clock)
    except (TypeError, ValueError):
        return timedelta(0)
    return said - now() if said.tzinfo is not None else timedelta(0)


def _parcel(item: Any) -> Parcel:
    if not isinstance(item, dict):
        raise Refused("L'envoi est illisible.")
    try:
        key = uuid.UUID(str(item.get("key")))
    except ValueError:
        raise Refused("L'envoi contient une déclaration sans clé.") from None
    revision = _number(item, "revision")
    if revision < 1:
        raise Refused("L'envoi contient une déclaration sans version.")
    said, fault = None, None
    try:
        said = _said(item.get("facts"))
    except Refused as refused:
        fault = refused
    return Parcel(
        key,
        revision,
        max(0, _number(item, "seen")),
        _number(item, "team"),
        item.get("deleted") is True,
        item.get("another") is True,
        said,
        fault,
    )


def _said(facts: Any) -> Said:
    if not isinstance(facts, dict):
        raise Refused("Cette déclaration est illisible : recommencez-la.")
    present = facts.get("present")
    if not isinstance(present, list) or not all(_is_whole(one) for one in present):
        raise Refused("Indiquez qui était là : au moins une personne.", field="present")
    for name, sentence in _NUMBERS.items():
        if not _is_whole(facts.get(name)):
            raise Refused(sentence, field=name)
    return Said(
        kind=_words(facts, "kind"),
        held_on=_day(facts.get("held_on")),
        minutes=facts["minutes"],
        present=tuple(present),
        patients=facts["patients"],
        theme=_words(facts, "theme"),
        title=_words(facts, "title"),
        starts_at=_hour(facts.get("starts_at")),
    )


_NUMBERS = {
    "minutes": "Écrivez la durée en minutes, en chiffres : 45.",
    "patients": "Le nombre de patients va de 0 à 500.",
}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_MOST <= value <= _MOST


def _number(given: dict[str, Any], name: str) -> int:
    value = given.get(name)
    return value if isinstance(value, int) and _is_whole(value) else 0


def _words(facts: dict[str, Any], name: str) -> str:
    value = facts.get(name, "")
    words = value.strip() if isinstance(value, str) else ""
    if len(words) > LONGEST_WORDS or "\x00" in words:
        raise Refused(f"Ce texte tient en {LONGEST_WORDS} signes : raccourcissez-le.", field=name)
    return words


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("Écrivez une date, par exemple 14/10/2026.", field="held_on") from None


def _hour(value: Any) -> time | None:
    if not value:
        return None
    try:
        return time.fromisoformat(value).replace(tzinfo=None, second=0, microsecond=0)
    except (TypeError, ValueError):
        raise Refused("Écrivez une heure, par exemple 14:30.", field="starts_at") from None
