"""What a phone posts, as its scripts write it: for the tests of both sides of an outbox."""

from __future__ import annotations

import json
import uuid

from django.urls import reverse

from equipage.coordination.parcels import read_shipment
from equipage.coordination.services.sync import receive
from equipage.foundation.periods import now, today

THEME = "Soins palliatifs à domicile"


def facts(people, **more):
    """The facts as the phone writes them."""
    return {
        "kind": "RCP_AVEC_PATIENT",
        "held_on": today().isoformat(),
        "minutes": 45,
        "present": [person.pk for person in people],
        "patients": 1,
        "theme": "",
        "title": "",
        "starts_at": "",
        **more,
    }


def item(team, people, *, key=None, revision=1, seen=0, deleted=False, another=False, **more):
    """A declaration of an outbox."""
    return {
        "key": str(key or uuid.uuid4()),
        "revision": revision,
        "seen": seen,
        "team": team.pk,
        "deleted": deleted,
        "another": another,
        "facts": facts(people, **more),
    }


def parcel(*args, **options):
    """One declaration, read as the server reads it."""
    return read_shipment(json.dumps({"owner": 1, "items": [item(*args, **options)]}).encode()).parcels[0]


def take(actor, *args, **options):
    """One declaration, received."""
    return receive(parcel(*args, **options), actor=actor)


def post(client, user, items, **more):
    """The whole request."""
    body = {"owner": user.pk, "clock": now().isoformat(), "items": items, **more}
    return client.post(reverse("coordination:send"), body, content_type="application/json")


def answers(client, user, items, **more):
    """What came back for each declaration."""
    response = post(client, user, items, **more)
    assert response.status_code == 200, response.content
    return response.json()["answers"]
