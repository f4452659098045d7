"""What the tests of the room share: a recognised team, a meeting of today, points with something in them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from equipage.foundation.periods import today
from equipage.meetings.models import Item, Meeting, Minutes, Participant
from equipage.meetings.selectors.room import items_of
from equipage.meetings.services import closing, room
from equipage.meetings.services.closing import Closing
from equipage.meetings.services.room import Boxes, Header, Line, NewItem
from tests import chain, factories

KIND = "RCP_SANS_PATIENT"


def recognised_team(**options: Any) -> Any:
    """A team with a nurse who leads, a GP, and whoever is given, recognised by the whole chain."""
    themes = ("Soins palliatifs à domicile",)
    return chain.recognised(factories.complete_team(state="accompanied", themes=themes, **options))


def people_of(team: Any) -> list[Any]:
    """The professionals, the lead first."""
    rows = team.memberships.filter(state="confirmed").order_by("id").select_related("professional__user")
    return [row.professional for row in rows]


def ago(minutes: int) -> datetime:
    """A moment of a while ago, on the minute."""
    return timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes)


def meeting(team: Any, *, starts_at: datetime | None = None, kind: str = KIND, **more: Any) -> Meeting:
    """A meeting with a date, everybody invited; half an hour ago unless told otherwise."""
    row = Meeting.objects.create(
        team=team,
        region_id=team.region_id,
        kind=kind,
        state="fixed",
        starts_at=starts_at or ago(30),
        organiser=factories.lead_of(team),
        created_at=timezone.now(),
        **{"place": "Au cabinet infirmier", **more},
    )
    for person in people_of(team):
        Participant.objects.create(meeting=row, professional=person, answer="yes", answered_at=timezone.now())
    return row


def situation(row: Meeting, actor: Any, question: str = "Qui passe le premier soir ?", **more: Any) -> Item:
    """A situation on the agenda."""
    return room.add_item(row, NewItem(question=question, **more), actor=actor)


def filled(people: list[Any], **more: Any) -> Boxes:
    """The three boxes of a usual situation."""
    return Boxes(
        **{
            "account": "Personne âgée seule, deux chutes en un mois, retour d'hôpital vendredi.",
            "decision": "Passage infirmier deux fois par jour pendant quinze jours, bilan kiné à domicile.",
            "outcomes": ("prescription", "referral"),
            "informed": "told",
            "todo": (
                Line("Appeler la famille pour le relais du week-end", people[0].pk, today() + timedelta(days=7)),
                Line("Revoir l'ordonnance avec la pharmacie", people[1].pk, today() + timedelta(days=3)),
            ),
            **more,
        }
    )


def begun(row: Meeting, people: list[Any], actor: Any) -> Minutes:
    """The room is open, these people are here."""
    return room.enter(row, Header(here=frozenset(person.pk for person in people)), actor=actor, begin=True)


def closing_of(row: Meeting, people: list[Any], **more: Any) -> Closing:
    """What is said at the end: half an hour, these people, the situations that were discussed."""
    count = sum(item.is_situation and item.discussed for item in items_of(row))
    return Closing(
        **{
            "starts": ago(30),
            "ends": ago(0),
            "here": tuple(person.pk for person in people),
            "patients": count,
            **more,
        }
    )


def held(team: Any, *, situations: int = 2, **more: Any) -> Minutes:
    """A meeting from its agenda to its minutes, by the real verbs."""
    people, lead = people_of(team), factories.lead_of(team)
    row = meeting(team, **more)
    begun(row, people, lead)
    for number in range(situations):
        item = situation(row, lead, f"Question {number + 1} ?")
        room.write_boxes(item, filled(people), based_on=1, actor=lead)
    return closing.close(row, closing_of(row, people), actor=lead)


def key() -> uuid.UUID:
    """A key of a form."""
    return uuid.uuid4()
