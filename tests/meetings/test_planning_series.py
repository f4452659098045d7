"""Meetings that come back: made together and told once, then each moved, stopped and counted alone."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from equipage.foundation.french import PARIS, paris_day
from equipage.foundation.periods import add_months, today
from equipage.foundation.refusals import Refused
from equipage.meetings.models import Meeting, Series
from equipage.meetings.rules import dates_of
from equipage.meetings.services import changing, series
from tests import factories
from tests.meetings.planning_helpers import (
    calendar_in,
    event_in,
    people_of,
    plan,
    recognised,
    sent,
    soon,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    made = recognised(factories.pharmacist(last_name="Officine"))
    sent()
    return made


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def others(team):
    return [factories.fresh(person.user) for person in people_of(team)[1:]]


def known(meeting):
    """What each calendar knows, by account."""
    rows = meeting.participants.order_by("id").values_list("professional__user", "sent_status", "sent_sequence")
    return {user: (status, sequence) for user, status, sequence in rows}


def method(message):
    return str(calendar_in(message)["METHOD"])


# --- series -----------------------------------------------------------------------------------------------------------


def begin(team, *, rhythm="weekly", weeks=6, at=time(12, 30), skip=(), **more):
    first = paris_day(soon(8))
    until = first + timedelta(weeks=weeks - 1)
    dates = [day for day in dates_of(rhythm, first, until) if day not in skip]
    return series.start_series(
        actor=factories.lead_of(team),
        team=team,
        plan=plan(team, **more),
        rhythm=rhythm,
        first=first,
        until=until,
        at=at,
        dates=dates,
    )


def meetings_of(made):
    return list(Meeting.objects.filter(series=made).order_by("starts_at"))


def test_a_series_is_as_many_meetings_and_one_mail_a_person(team, lead, others):
    made = begin(team)
    rows = meetings_of(made)
    assert len(rows) == 6 and len({row.uid for row in rows}) == 6 and made.rule == "FREQ=WEEKLY"
    mails = sent()
    assert {message.to[0] for message in mails} == {lead.email, *(user.email for user in others)}
    calendar = calendar_in(mails[0])
    assert str(calendar["METHOD"]) == "PUBLISH" and len(calendar.events) == 6
    assert [event.DTSTART for event in calendar.events] == [row.starts_at for row in rows]
    assert all(set(known(row).values()) == {("confirmed", 0)} for row in rows)
    assert "6 réunions" in mails[0].subject


def test_the_hour_stays_on_the_wall_over_the_change_of_clock(team):
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=PARIS), tick=True):
        made = series.start_series(
            actor=factories.lead_of(team),
            team=team,
            plan=plan(team),
            rhythm="weekly",
            first=date(2027, 3, 16),
            until=date(2027, 3, 30),
            at=time(12, 30),
            dates=[date(2027, 3, 16), date(2027, 3, 23), date(2027, 3, 30)],
        )
        rows = meetings_of(made)
        assert [row.starts_at.astimezone(PARIS).time() for row in rows] == [time(12, 30)] * 3
        assert [row.starts_at.astimezone(UTC).hour for row in rows] == [11, 11, 10]
        events = calendar_in(sent()[0]).events
        assert [event.DTSTART.astimezone(UTC).hour for event in events] == [11, 11, 10]


def test_dates_left_out_stay_out_and_strangers_are_refused(team):
    third = paris_day(soon(8)) + timedelta(weeks=2)
    assert len(meetings_of(begin(team, skip=(third,)))) == 5
    with pytest.raises(Refused, match="ne suit pas le rythme") as refused:
        series.start_series(
            actor=factories.lead_of(team),
            team=team,
            plan=plan(team),
            rhythm="weekly",
            first=paris_day(soon(8)),
            until=paris_day(soon(8)) + timedelta(weeks=4),
            at=time(12, 30),
            dates=[paris_day(soon(8)), paris_day(soon(8)) + timedelta(days=1)],
        )
    assert refused.value.field == "dates"


def test_each_occurrence_invites_the_members_of_its_day(team):
    leaver = factories.nurse(last_name="Mobile")
    factories.join(team, leaver, until=paris_day(soon(8)) + timedelta(weeks=2))
    rows = meetings_of(begin(team))
    assert [row.invited.filter(professional=leaver).exists() for row in rows] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_one_moves_alone(team, lead):
    rows = meetings_of(begin(team))
    sent()
    changing.change(actor=lead, meeting=rows[2], plan=plan(team), starts_at=soon(50, 18))
    assert [factories.fresh(row).sequence for row in rows] == [0, 0, 1, 0, 0, 0]
    mails = sent()
    assert {method(message) for message in mails} == {"REQUEST"} and soon(50, 18) == event_in(mails[0]).DTSTART


def test_this_one_and_those_that_follow_move_together(team, lead, others):
    made = begin(team)
    rows = meetings_of(made)
    sent()
    moved = rows[2].starts_at.astimezone(PARIS) + timedelta(days=1)
    moved = moved.replace(hour=19, minute=0)
    changing.change(actor=lead, meeting=rows[2], plan=plan(team, minutes=90), starts_at=moved, following_too=True)
    after = [factories.fresh(row) for row in rows]
    assert [row.sequence for row in after] == [0, 0, 1, 1, 1, 1]
    assert [row.starts_at.astimezone(PARIS).time() for row in after[2:]] == [time(19, 0)] * 4
    assert [
        paris_day(new.starts_at) - paris_day(old.starts_at) for new, old in zip(after[2:], rows[2:], strict=True)
    ] == [timedelta(days=1)] * 4
    assert {row.series_id for row in after[:2]} == {made.pk} and len({row.series_id for row in after[2:]}) == 1
    assert after[2].series_id != made.pk and factories.fresh(made).until == paris_day(rows[1].starts_at)
    mails = sent()
    assert len(mails) == 3 and len(calendar_in(mails[0]).events) == 4


def test_the_whole_series_moves_without_splitting(team, lead):
    made = begin(team)
    rows = meetings_of(made)
    moved = rows[0].starts_at.astimezone(PARIS) + timedelta(days=1)
    changing.change(actor=lead, meeting=rows[0], plan=plan(team), starts_at=moved, following_too=True)
    assert Series.objects.count() == 1 and factories.fresh(made).until == paris_day(moved) + timedelta(weeks=5)


def test_a_series_stops_from_now_on(team, lead):
    made = begin(team)
    rows = meetings_of(made)
    sent()
    with time_machine.travel(rows[1].starts_at + timedelta(hours=3), tick=True):
        assert changing.stop_series(actor=lead, series=made, reason="On se voit autrement") == 4
        assert [factories.fresh(row).state for row in rows] == ["fixed", "fixed", *["cancelled"] * 4]
        mails = sent()
        assert len(mails) == 3 and [str(event["STATUS"]) for event in calendar_in(mails[0]).events] == ["CANCELLED"] * 4
        assert factories.fresh(made).stopped_at is not None
        with pytest.raises(Refused, match="plus de réunion à venir"):
            changing.stop_series(actor=lead, series=made, reason="Encore")


def test_a_series_of_four_hundred_meetings_is_refused(team):
    with pytest.raises(Refused, match="un an au plus"):
        begin(team, weeks=400)
    assert not Meeting.objects.exists() and not Series.objects.exists()


def test_an_hour_that_does_not_exist_one_day_of_the_series_is_said(team):
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=PARIS), tick=True):
        days = [date(2027, 3, 21), date(2027, 3, 28), date(2027, 4, 4)]
        with pytest.raises(Refused, match="n'existe pas") as refused:
            series.start_series(
                actor=factories.lead_of(team),
                team=team,
                plan=plan(team),
                rhythm="weekly",
                first=days[0],
                until=days[-1],
                at=time(2, 30),
                dates=days,
            )
    assert refused.value.field == "at"


def test_the_same_series_sent_twice_is_made_once(team, lead):
    key, first = uuid.uuid4(), paris_day(soon(8))
    dates = dates_of("weekly", first, first + timedelta(weeks=3))
    made = {
        series.start_series(
            actor=lead,
            team=team,
            plan=plan(team),
            rhythm="weekly",
            first=first,
            until=dates[-1],
            at=time(12, 30),
            dates=dates,
            client_key=key,
        ).pk
        for _ in range(2)
    }
    assert len(made) == 1 and Meeting.objects.count() == 4
    assert add_months(today(), 12) > dates[-1]
