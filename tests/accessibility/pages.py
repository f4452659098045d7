"""Which addresses a persona of the demonstration may open; runs inside the site, on its database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.test import Client
from django.urls import reverse

from equipage.foundation.access import PUBLIC, holds_any
from equipage.people.models import User
from equipage.web.handbook.doors import Door, doors
from equipage.web.navigation import places_of
from tests.permissions.asking import OBJECTS, VALUES, model_named
from tests.permissions.rows import outside_the_vault, seen

TRIES, ROWS = 60, 30
Page = tuple[str, str]


def pages_of_personas() -> dict[str, list[Page]]:
    """By name of the persona ("" for a stranger), its HTML pages: each once in every place (espace)."""
    logging.disable(logging.CRITICAL)  # most objects are not for most people: each 404 would be a line
    found: dict[str, list[Page]] = {"": list(_pages(None, set()))}
    known: set[tuple[str, str]] = set()
    people = [User.objects.get(pk=row.pk) for row in User.objects.exclude(persona="").order_by("pk")]
    for user in sorted(people, key=lambda one: len(places_of(one))):
        found[user.full_name] = list(_pages(user, known))
    return found


def _pages(user: User | None, known: set[tuple[str, str]]) -> Iterator[Page]:
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    if user is not None:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    place = next((place.name for place in places_of(user)), "none") if user else "stranger"
    for door in outside_the_vault(doors()):
        if (door.name, place) in known or not _may_enter(door, user):
            continue
        address = next((here for here in _addresses(door, user) if _is_page(client, here)), "")
        if address:
            known.add((door.name, place) if door.name != "web:home" else (door.name, str(user)))
            yield door.name, address


def _may_enter(door: Door, user: User | None) -> bool:
    if door.access is None:
        return False
    if user is None:
        return bool(door.access.audience == PUBLIC)
    return door.access.audience != "roles" or holds_any(user, door.access.roles)


def _addresses(door: Door, user: User | None) -> Iterator[str]:
    """Addresses of the door: for each name an object that this person sees, those that moved last first."""
    yield from islice(_with(door, user, dict.fromkeys(door.kwargs)), TRIES)


def _with(door: Door, user: User | None, values: dict[str, Any]) -> Iterator[str]:
    missing = [name for name, value in values.items() if value is None]
    if not missing:
        yield reverse(door.name, kwargs=values)
        return
    name = missing[0]
    for value in _values(door, name, user):
        yield from _with(door, user, {**values, name: value})


def _values(door: Door, name: str, user: User | None) -> list[Any]:
    if name in OBJECTS:
        if user is None:
            return []
        model = model_named(OBJECTS[name])
        rows = seen(model, user).order_by("-pk")
        own = rows.none()
        if "professional" in {field.name for field in model._meta.fields}:
            own = rows.filter(professional__user=user)  # what is mine has more doors
        return list(dict.fromkeys([row.pk for row in (*own[:ROWS], *rows[:ROWS])]))
    if name == "move":
        return list(MOVES.get(door.name, ()))
    if name == "section_key":
        return ["purpose", "timetable", "actions", "identity", "conduct"]
    return [VALUES[name]]


# The moves that ask on a page of their own, by address.
MOVES: dict[str, tuple[str, ...]] = {
    "teams:move": ("record_meeting", "close"),
    "protocols:move": ("put_in_force", "confirm_review", "withdraw"),
    "recognition:move": ("recognise", "refuse"),
    "agreements:move": ("end", "cancel"),
    "coordination:move": ("return_it", "cancel"),
    "coordination:counter_move": ("refuse",),
    "meetings:move": ("cancel", "fix"),
    "prevention:action_move": ("cancel",),
    "prevention:programme_move": ("acknowledge", "send_complement", "stop"),
    "books:year_move": ("begin", "close"),
    "controls:move": ("answer", "announce", "find_in_order", "confirm", "cancel"),
    "disputes:move": ("repondre", "reopen"),
    "funding:reallotment_move": ("refuse",),
    "payments:run_move": ("approve", "execute", "cancel"),
    "payments:bank_move": ("refuse",),
    "compensation:scale_move": ("adopt", "close", "end"),
    "support:move": ("pass_on", "close", "discard"),
    "support:report_move": ("set_aside",),
}


def _is_page(client: Client, address: str) -> bool:
    response = client.get(address)
    if response.status_code >= 500:
        return True  # the browser will meet it and say it
    return response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
