"""The demo's proof of presence: codes read at the meeting, hours of who came late, guests of other houses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from equipage.coordination.models import Action, Guest, Presence
from equipage.coordination.states import GUEST, OPEN
from equipage.coordination.times import hours_of
from equipage.web.demo.world import World

# Fictitious people and houses; nobody is written to at these addresses.
_GUESTS = (
    ("Odile Renard", "assistante sociale", "CCAS (fictif)"),
    ("Yann Kerbrat", "coordinateur", "Service d'aide à domicile (fictif)"),
    ("Mireille Abadie", "infirmière de liaison", "Hôpital local (fictif)"),
    ("Karim Haddad", "diététicien", "Réseau de santé (fictif)"),
)
_MOST_GUESTS = 12
_LATE_MINUTES = 10


def make_proof(world: World) -> None:
    """Add to the actions that are already drawn: how voices were given, who came late, who was a guest."""
    dice = world.dice("proof")
    read = [
        presence
        for action, presences in world.actions
        if action.starts_at is not None
        for presence in presences
        if presence.means == "tap" and dice.random() < 0.15
    ]
    for presence in read:
        presence.means = "code"
    Presence.objects.bulk_update(read, ["means"], batch_size=500)
    recent = [(action, presences) for action, presences in world.actions if action.state in OPEN]
    for number, (action, presences) in enumerate(recent[-_MOST_GUESTS:]):
        if number % 3 == 0:
            _came_late(action, presences)
        if number % 2 == 0:
            _guest(world, dice, action, number)


def _came_late(action: Action, presences: list[Presence]) -> None:
    whole = hours_of(action)
    late = next((row for row in presences if row.state == "confirmed" and row.means != "declarer"), None)
    if late is None or not whole.known or action.minutes <= _LATE_MINUTES:
        return
    late.arrived_at = (whole.start + timedelta(minutes=_LATE_MINUTES)).time()
    late.left_at = whole.end.time()
    late.save(update_fields=["arrived_at", "left_at"])


def _guest(world: World, dice: Any, action: Action, number: int) -> None:
    name, role, house = _GUESTS[number % len(_GUESTS)]
    added: datetime = action.declared_at + timedelta(minutes=5)
    answered = added + timedelta(hours=3)
    said = number % 4 == 0
    guest = Guest.objects.create(
        action=action,
        full_name=name,
        role=role,
        organisation=house,
        email="" if said else f"invite{number}@demo.equipage.invalid",
        state="confirmed" if said else "expected",
        answered_at=answered if said else None,
        invited_by=action.declared_by,
        added_at=added,
        link_key=UUID(int=dice.getrandbits(128), version=4),
    )
    world.journal.note(added, "coordination.guest.add", guest, action.declared_by)
    if said:
        world.journal.move(answered, GUEST, guest, "confirm", None, source="expected")
