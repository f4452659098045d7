"""When each person came and left: within the meeting, in before out, past midnight too; the arrival by the code."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from equipage.coordination import qr, services
from equipage.coordination.models import Presence
from equipage.coordination.rules import own_hours
from equipage.coordination.times import own_times, still_fit
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from tests import chain, factories
from tests.coordination.proof_helpers import declared, moment, people_of, plain, recognised, user_of

DAY = date(2026, 10, 14)


def meeting(starts_at: time | None = time(14, 0), minutes: int = 45) -> SimpleNamespace:
    return SimpleNamespace(held_on=DAY, starts_at=starts_at, minutes=minutes)


@pytest.mark.parametrize(
    ("arrived", "left", "kept", "minutes"),
    [
        (None, None, None, 45),
        (time(14, 0), time(14, 45), None, 45),
        (time(14, 10), None, (time(14, 10), time(14, 45)), 35),
        (None, time(14, 30), (time(14, 0), time(14, 30)), 30),
        (time(14, 10), time(14, 40), (time(14, 10), time(14, 40)), 30),
        (time(14, 44), time(14, 45), (time(14, 44), time(14, 45)), 1),
    ],
)
def test_hours_within_the_meeting_are_kept(arrived, left, kept, minutes):
    action = meeting()
    assert own_times(action, arrived, left) == kept
    assert own_hours(action, *(kept or (None, None))).minutes == minutes


@pytest.mark.parametrize(
    ("arrived", "left", "field", "words"),
    [
        (time(13, 50), None, "arrived_at", "La réunion va de 14 h à 14 h 45 : une arrivée à 13 h 50"),
        (time(14, 45), None, "arrived_at", "une arrivée à 14 h 45"),
        (time(15, 0), time(15, 10), "arrived_at", "une arrivée à 15 h"),
        (None, time(15, 0), "left_at", "un départ à 15 h n'y est pas"),
        (time(14, 30), time(14, 10), "left_at", "Le départ (14 h 10) ne vient pas après l'arrivée (14 h 30)"),
        (time(14, 30), time(14, 30), "left_at", "ne vient pas après"),
        (None, time(13, 0), "left_at", "un départ à 13 h"),
    ],
)
def test_hours_outside_are_refused_with_their_field(arrived, left, field, words):
    with pytest.raises(Refused) as refused:
        own_times(meeting(), arrived, left)
    said = refused.value.sentence.replace("\u202f", " ").replace("\xa0", " ").replace("’", "'")
    assert refused.value.field == field and words in said


def test_a_meeting_past_midnight_is_understood():
    night = meeting(time(23, 30), 60)
    assert own_times(night, time(0, 10), None) == (time(0, 10), time(0, 30))
    assert own_times(night, None, time(0, 15)) == (time(23, 30), time(0, 15))
    hours = own_hours(night, time(0, 10), time(0, 30))
    assert hours.minutes == 20 and hours.day == DAY + timedelta(days=1)
    with pytest.raises(Refused, match="ne vient pas après"):
        own_times(night, time(0, 10), time(23, 45))
    with pytest.raises(Refused, match="un départ à"):
        own_times(night, None, time(1, 0))


def test_a_meeting_of_a_whole_day_ends_at_its_own_hour():
    assert own_times(meeting(time(8, 0), 1440), time(8, 0), time(8, 0)) is None
    assert own_times(meeting(time(8, 0), 1440), time(9, 0), time(8, 0)) == (time(9, 0), time(8, 0))


def test_without_an_hour_of_beginning_nothing_can_be_noted_and_the_way_out_is_said():
    assert own_times(meeting(None), None, None) is None
    with pytest.raises(Refused, match=r"indiquez-la d.abord") as refused:
        own_times(meeting(None), None, time(14, 30))
    assert refused.value.field == "left_at"


@given(start=st.times(), minutes=st.integers(1, 1440), came=st.integers(-30, 1500), stayed=st.integers(-30, 1500))
def test_whatever_is_kept_is_a_part_of_the_meeting(start, minutes, came, stayed):
    begin = datetime.combine(DAY, start.replace(second=0, microsecond=0))
    action = meeting(begin.time(), minutes)
    come, go = begin + timedelta(minutes=came), begin + timedelta(minutes=came + stayed)
    inside = 0 <= came < minutes and 0 < stayed <= minutes - came
    if not inside and not still_fit(action, (come.time(), go.time())):
        with pytest.raises(Refused) as refused:
            own_times(action, come.time(), go.time())
        assert refused.value.field in ("arrived_at", "left_at")
    else:
        kept = own_times(action, come.time(), go.time())
        hours, whole = own_hours(action, *(kept or (None, None))), own_hours(action, None, None)
        assert 1 <= hours.minutes <= minutes
        assert whole.start <= hours.start and hours.end <= whole.end
        assert still_fit(action, kept)


# With the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def team():
    return recognised(3)


@pytest.fixture
def action(team):
    return declared(team, people_of(team)[:2], starts_at=time(9, 0))


def own(action, professional) -> Presence:
    return Presence.objects.get(action=action, professional=professional)


@pytest.mark.django_db
def test_each_notes_her_own_hours_and_the_declarer_those_of_the_others(client, team, action):
    lead, doctor, absent = people_of(team)
    presence = own(action, doctor)
    address = reverse("coordination:hours", args=[presence.pk])
    client.force_login(user_of(doctor))
    assert client.get(address).status_code == 200
    assert client.post(address, {"arrived_at": "09:10", "left_at": ""}).status_code == 302
    assert own(action, doctor).own_times == (time(9, 10), time(9, 45)) and own(action, doctor).minutes == 35
    shown = plain(client.get(reverse("coordination:action", args=[action.pk])))
    assert "de 9 h 10 à 9 h 45, 35 min" in shown
    client.force_login(user_of(lead))
    assert client.post(address, {"arrived_at": "", "left_at": "09:30"}).status_code == 302
    assert own(action, doctor).own_times == (time(9, 0), time(9, 30))
    for stranger, status in ((user_of(absent), 404), (factories.officer(), 404), (factories.nurse().user, 404)):
        client.force_login(stranger)
        assert client.get(address).status_code == status
    client.force_login(user_of(doctor))
    assert client.get(reverse("coordination:hours", args=[own(action, lead).pk])).status_code == 404
    assert audit.verify() is None


@pytest.mark.django_db
def test_a_departure_before_the_arrival_keeps_what_was_typed(client, team, action):
    doctor = people_of(team)[1]
    client.force_login(user_of(doctor))
    page = client.post(
        reverse("coordination:hours", args=[own(action, doctor).pk]), {"arrived_at": "09:30", "left_at": "09:10"}
    )
    shown = plain(page)
    assert page.status_code == 422 and "ne vient pas après" in shown and 'value="09:30"' in shown
    assert own(action, doctor).own_times is None


@pytest.mark.django_db
def test_hours_do_not_change_once_the_action_is_validated(client, team, action):
    chain.adopted_scale()
    doctor = people_of(team)[1]
    services.confirm_presence(own(action, doctor), actor=user_of(doctor))
    services.validate(action, actor=factories.officer())
    client.force_login(user_of(doctor))
    address = reverse("coordination:hours", args=[own(action, doctor).pk])
    assert client.post(address, {"left_at": "09:30"}).status_code == 404
    with pytest.raises(Refused, match="ne se modifient plus"):
        services.set_times(own(action, doctor), actor=user_of(doctor), arrived_at=None, left_at=time(9, 30))


@pytest.mark.django_db
def test_a_correction_that_would_lose_hours_is_refused_and_names_whose(client, team, action):
    lead, doctor, _ = people_of(team)
    services.set_times(own(action, doctor), actor=user_of(doctor), arrived_at=time(9, 30), left_at=None)
    facts = services.facts_of(action)
    for change in ({"starts_at": time(15, 0)}, {"starts_at": None}, {"minutes": 20}):
        with pytest.raises(Refused, match=doctor.full_name) as refused:
            services.correct(
                action,
                actor=user_of(lead),
                facts=chain.today_facts(team, [lead, doctor], **{"starts_at": facts.starts_at, **change}),
            )
        assert refused.value.field == "starts_at"
    row = factories.fresh(action)
    assert row.starts_at == time(9, 0) and own(action, doctor).own_times == (time(9, 30), time(9, 45))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "from_start", "kept"),
    [
        (time(14, 12), False, (time(14, 12), time(14, 45))),
        (time(14, 12), True, None),
        (time(14, 0), False, None),
        (time(16, 0), False, None),
        (time(13, 0), False, None),
    ],
)
def test_the_code_notes_the_arrival_during_the_meeting(client, team, at, from_start, kept):
    doctor = people_of(team)[1]
    on = timezone.localdate() + timedelta(days=1)
    with time_machine.travel(moment(on, at), tick=False):
        action = declared(team, people_of(team)[:2], starts_at=time(14, 0))
        where = reverse("coordination:code", args=[qr.token_of(action.pk, qr.slot_of(timezone.now()))])
        client.force_login(user_of(doctor))
        page = plain(client.get(where))
        assert ("votre arrivée sera notée à 14 h 12" in page) == (at == time(14, 12))
        assert client.post(where, {"depuis": "debut"} if from_start else {}).status_code == 302
    assert own(action, doctor).own_times == kept and own(action, doctor).state == "confirmed"
