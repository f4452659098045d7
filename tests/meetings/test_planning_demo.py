"""The demonstration shows meetings in every state of planning, writes to nobody, and is the same each time."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from equipage.foundation.audit import verify
from equipage.foundation.periods import today
from equipage.meetings.invitations import due_to
from equipage.meetings.models import Meeting, Participant, Series, Slot, SlotAnswer
from equipage.meetings.rules import is_rest_day
from equipage.meetings.selectors.planning import facts_to_declare, waiting_for_professional
from equipage.messaging.models import Notice
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def rows() -> list[object]:
    """What must be the same for the same seed and day, whatever the keys; held meetings are tested with the room."""
    planned = Meeting.objects.exclude(state="held").order_by("uid")
    people = Participant.objects.exclude(meeting__state="held").order_by("meeting__uid", "professional__rpps")
    return [
        *planned.values_list("uid", "team__name", "kind", "state", "starts_at", "place"),
        *people.values_list("meeting__uid", "professional__rpps", "answer", "sent_status"),
    ]


def test_the_demo_has_each_state_mails_nobody_and_is_the_same_each_time() -> None:
    load_territory(region="52")
    with transaction.atomic():
        load_demo(teams=40, seed=3, today=today())
        first = rows()
        transaction.set_rollback(True)
    world = load_demo(teams=40, seed=3, today=today())
    assert rows() == first and len(first) > 40
    assert {"polling", "fixed", "cancelled"} <= set(Meeting.objects.values_list("state", flat=True))
    assert Series.objects.count() == 1 and Slot.objects.exists() and SlotAnswer.objects.exists()
    assert not DBTaskResult.objects.exists() and not Notice.objects.exists() and verify() is None
    planned = Participant.objects.exclude(meeting__state="held").select_related("meeting")
    assert all(due_to(row) is None for row in planned.order_by("id"))
    for row in Meeting.objects.exclude(state="held").order_by("id"):
        row.full_clean()
        assert row.created_at < timezone.now() and (row.starts_at is None or not is_rest_day(row.starts_at.date()))
        assert row.invited.filter(professional__user=row.organiser).exists()
    nurse = factories.fresh(world.personas["nurse"].user)
    tags = [card["tag"] for card in waiting_for_professional(nurse)]
    assert "Date à choisir" in tags and "Réunion passée" in tags
    home = next(story for story in world.stories if story.scene == "home")
    assert facts_to_declare(nurse, home.team) is not None
