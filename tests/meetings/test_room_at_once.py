"""Any counts, any order, and several people at the same moment: one action, one version, as many tasks as lines."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.coordination import services as coordination
from equipage.coordination.models import Action
from equipage.coordination.services import AlreadyDeclared
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.meetings.models import Item, MinutesVersion, Task
from equipage.meetings.services import closing, room
from equipage.meetings.services.room import Boxes, Line
from equipage.messaging.models import Notice
from tests import chain, factories
from tests.meetings import room_helpers as make
from tests.together import together

pytestmark = pytest.mark.django_db


def close(row, people, actor, **more):
    return closing.close(row, make.closing_of(row, people, **more), actor=actor)


# --- any counts, any order --------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["", "   ", "Un texte.", "<script>alert(1)</script>", "é" * 300, "Deux\n\nparagraphes"])
BOX = st.tuples(TEXTS, TEXTS, st.lists(st.sampled_from(["Appeler", "Écrire", "Revoir"]), max_size=4))


@pytest.mark.slow
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(points=st.lists(BOX, max_size=6), correction=st.integers(0, 500))
def test_counts_and_tasks_are_those_of_the_boxes(points, correction):
    """Situations discussed are counted, the others come back; each line of a third box is one task, no more no less."""
    team = make.recognised_team()
    people, lead = make.people_of(team), factories.lead_of(team)
    row = make.meeting(team)
    make.begun(row, people, lead)
    for account, decision, todo in points:
        item = make.situation(row, lead)
        lines = tuple(Line(what, people[0].pk) for what in todo)
        room.write_boxes(item, Boxes(account=account, decision=decision, todo=lines), based_on=1, actor=lead)
    spoken = [point for point in points if point[0].strip() or point[1].strip() or point[2]]
    assert make.closing_of(row, people).patients == len(spoken)
    record = close(row, people, lead, patients=correction)
    content = record.versions.get().content
    assert len(content["items"]) == len(spoken) and len(content["left"]) == len(points) - len(spoken)
    assert Task.objects.filter(team=team).count() == sum(len(todo) for _, _, todo in points)
    assert record.action.patients == record.patients == correction
    record.full_clean()
    assert audit.verify() is None


# --- at once ----------------------------------------------------------------------------------------------------------


def tried(call):
    try:
        return call()
    except Refused as refused:
        return refused


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_people_end_the_meeting_at_once_and_there_is_one_action():
    team = make.recognised_team()
    people = make.people_of(team)
    lead, member = factories.lead_of(team), factories.member_of(team)
    row = make.meeting(team)
    make.begun(row, people, lead)
    room.write_boxes(make.situation(row, lead), make.filled(people), based_on=1, actor=lead)
    said = make.closing_of(row, people)
    results = together([partial(closing.close, row, said, actor=who) for who in (lead, member) * 3])
    assert len({record.pk for record in results}) == 1
    assert Action.objects.count() == 1 and MinutesVersion.objects.count() == 1 and Task.objects.count() == 2
    assert Notice.objects.filter(kind="meetings.minutes_ready").count() == 1 and audit.verify() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_ends_the_meeting_while_the_other_declares_it_from_the_phone():
    team = make.recognised_team()
    people = make.people_of(team)
    lead, member = factories.lead_of(team), factories.member_of(team)
    row = make.meeting(team)
    facts = chain.today_facts(team, people, kind=make.KIND, minutes=30)
    results = together(
        [
            partial(tried, partial(closing.close, row, make.closing_of(row, people), actor=lead)),
            partial(tried, partial(coordination.declare, actor=member, team=team, facts=facts)),
        ]
    )
    assert Action.objects.count() == 1, "the second is asked whether it is the same"
    asked = [result for result in results if isinstance(result, AlreadyDeclared)]
    assert len(asked) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_devices_write_at_once_and_no_point_is_lost():
    team = make.recognised_team()
    people, lead = make.people_of(team), factories.lead_of(team)
    row = make.meeting(team)
    make.begun(row, people, lead)
    items = [make.situation(row, lead) for _ in range(6)]
    writing = [
        partial(room.write_boxes, item, Boxes(account=f"Texte {item.pk}"), based_on=1, actor=lead) for item in items
    ]
    adding = [partial(make.situation, row, lead, f"Ajout {n}") for n in range(3)]
    together([*writing, *adding])
    assert {item.account for item in Item.objects.filter(pk__in=[item.pk for item in items])} == {
        f"Texte {item.pk}" for item in items
    }
    codes = list(Item.objects.filter(meeting=row).values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == 9
