"""The demonstration shows minutes and tasks that agree with the actions already there, and mails nobody."""

from __future__ import annotations

import pytest

from equipage.foundation.audit import verify
from equipage.foundation.periods import today
from equipage.meetings.discretion import personal_signs
from equipage.meetings.models import Item, Minutes, MinutesVersion, Task
from equipage.meetings.printing import content_hash
from equipage.meetings.selectors.tasks import waiting_for_professional
from equipage.messaging.models import Notice
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from equipage.web.demo.stories import FEWEST
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_has_minutes_linked_to_its_actions():
    load_territory(region="52")
    world = load_demo(teams=FEWEST, seed=3, today=today())
    records = list(Minutes.objects.select_related("action", "meeting").order_by("id"))
    assert records and not Notice.objects.filter(kind__startswith="meetings.").exists()
    for record in records:
        action = record.action
        assert action is not None and record.closed_at is not None and record.started_at and record.ended_at
        assert (action.team_id, action.kind) == (record.meeting.team_id, record.meeting.kind)
        assert action.patients == record.patients and record.closed_at.date() < today()
        assert int((record.ended_at - record.started_at).total_seconds() // 60) == action.minutes
        here = set(record.attendees.filter(standing="here").values_list("professional_id", flat=True))
        assert here <= set(action.presences.values_list("professional_id", flat=True))
        record.full_clean()
    assert MinutesVersion.objects.count() == len(records)
    for version in MinutesVersion.objects.select_related("document").order_by("id"):
        assert version.content_hash == content_hash(version.content) and version.document.fictitious
    assert {"open", "done"} <= set(Task.objects.values_list("state", flat=True))
    for task in Task.objects.select_related("item__meeting").order_by("id"):
        assert task.item is not None and task.item.meeting.team_id == task.team_id
    for item in Item.objects.order_by("id"):
        text = f"{item.question}\n{item.account}\n{item.decision}"
        assert personal_signs(text, this_year=today().year) == []
    assert verify() is None
    assert waiting_for_professional(factories.fresh(world.personas["nurse"].user))
