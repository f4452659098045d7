"""The personal calendar address: what it shows, how it is closed, and that it is never guessed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from equipage.foundation.periods import today
from equipage.meetings.models import Participant
from equipage.meetings.selectors.planning import feed_meetings
from equipage.meetings.services import changing, feeds, planning
from tests import factories
from tests.meetings.planning_helpers import (
    fixed,
    people_of,
    recognised,
    sent,
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


# --- the personal address ---------------------------------------------------------------------------------------------


def test_the_feed_shows_hours_teams_and_links_only(client, team, lead, others):
    meeting = fixed(team, title="Situation de Mme Untel", place="Cabinet", video_link="https://visio.invalid/x")
    row = feeds.open_feed(actor=others[0])
    answer = client.get(feeds.feed_path(row))
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).events
    assert str(event["SUMMARY"]) == f"Réunion, {team.name}" and meeting.starts_at == event.DTSTART
    text = answer.content.decode()
    for secret in ("Untel", "Cabinet", "visio", "mailto:", "RCP"):
        assert secret not in text
    assert "no-store" in answer["Cache-Control"]


def test_the_feed_follows_what_happens(client, team, lead, others):
    meeting = fixed(team)
    path = feeds.feed_path(feeds.open_feed(actor=others[0]))

    def shown():
        return len(Calendar.from_ical(client.get(path).content).events)

    assert shown() == 1
    planning.answer(actor=others[0], meeting=meeting, coming=False)
    assert shown() == 0
    planning.answer(actor=others[0], meeting=meeting, coming=True)
    changing.cancel(actor=lead, meeting=meeting, reason="Reportée")
    assert shown() == 0


def test_an_address_is_closed_renewed_and_never_guessed(client, team, others):
    first = feeds.feed_path(feeds.open_feed(actor=others[0]))
    second = feeds.feed_path(feeds.open_feed(actor=others[0]))
    other = feeds.feed_path(feeds.open_feed(actor=others[1]))
    assert client.get(first).status_code == 404 and client.get(second).status_code == 200
    crossed = second[: len("/reunions/agenda/") + 24] + other[len("/reunions/agenda/") + 24 :]
    for wrong in (crossed, "/reunions/agenda/x.ics", f"/reunions/agenda/{'0' * 56}.ics", second[:-5] + "x.ics"):
        assert client.get(wrong).status_code == 404
    assert feeds.close_feed(actor=others[0]) and not feeds.close_feed(actor=others[0])
    assert client.get(second).status_code == 404
    others[1].is_active = False
    others[1].save()
    assert client.get(other).status_code == 404


def test_who_left_the_team_reads_it_no_more(team, others):
    fixed(team)
    assert len(feed_meetings(others[0], timezone.now())) == 1
    team.memberships.filter(professional__user=others[0]).update(
        state="left", valid_to=today(), leaving_reason="Déménagement."
    )
    assert feed_meetings(factories.fresh(others[0]), timezone.now()) == []


def test_what_each_calendar_knows_is_never_half_written():
    team = recognised()
    row = fixed(team).participants.order_by("id")[0]
    for wrong in ({"sent_status": "confirmed"}, {"sent_sequence": 2}, {"sent_status": "odd", "sent_sequence": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Participant.objects.filter(pk=row.pk).update(**wrong)
