"""What waits for whom, the card of an action, the lists, and what they cost."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipage.coordination import selectors as actions
from equipage.coordination.services import declare
from equipage.foundation.french import paris_day
from equipage.foundation.periods import today
from equipage.meetings.models import Meeting, Participant
from equipage.meetings.selectors.planning import (
    facts_to_declare,
    moving_for_professional,
    passed,
    waiting_for_professional,
)
from equipage.meetings.services import planning
from tests import chain, factories
from tests.listing_checks import assert_constant_queries, assert_partial_equals_full
from tests.meetings.planning_helpers import fixed, people_of, plan, polled, recognised, soon
from tests.meetings.test_planning_series import begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return recognised(factories.pharmacist(last_name="Officine"))


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def others(team):
    return [factories.fresh(person.user) for person in people_of(team)[1:]]


def text_of(response):
    return (
        response.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'").replace("’", "'")
    )


# --- what waits -------------------------------------------------------------------------------------------------------


def titles(cards):
    return [card["title"] for card in cards]


def test_the_cards_of_a_poll(team, lead, others):
    meeting = polled(team)
    assert titles(waiting_for_professional(others[0])) == [f"Quelle date pour la réunion, {team.name} ?"]
    assert waiting_for_professional(lead) == []
    slots = [slot.pk for slot in meeting.slots.order_by("id")]
    for user in others:
        planning.answer_poll(actor=user, meeting=meeting, choices=dict.fromkeys(slots, "yes"))
    assert waiting_for_professional(others[0]) == []
    (card,) = waiting_for_professional(lead)
    assert "Fixez la date" in card["title"] and "3\xa0réponses sur 3" in card["sentence"]


def test_a_poll_that_waits_or_has_passed_comes_back_to_its_organiser(team, lead):
    polled(team)
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=True):
        (card,) = waiting_for_professional(lead)
        assert "1\xa0réponse sur 3" in card["sentence"]
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=True):
        (card,) = waiting_for_professional(lead)
        assert "créneaux sont passés" in card["sentence"]


def test_the_cards_of_a_meeting_to_come_and_of_one_that_has_passed(team, lead, others):
    meeting = fixed(team)
    (card,) = waiting_for_professional(others[0])
    assert card["title"].startswith("Réunion ") and "Dites si vous venez" in card["sentence"]
    planning.answer(actor=others[0], meeting=meeting, coming=True)
    assert waiting_for_professional(others[0]) == []
    (card,) = moving_for_professional(others[0])
    assert "Vous venez" in card["sentence"] and card["theirs"]
    with time_machine.travel(soon() + timedelta(hours=2), tick=True):
        assert titles(waiting_for_professional(lead)) == ["Cette réunion a-t-elle eu lieu ?"]
        assert waiting_for_professional(others[0]) == [] and moving_for_professional(others[0]) == []


def test_a_series_shows_its_next_meeting_only(team, lead, others):
    begin(team)
    assert len(waiting_for_professional(others[0])) == 1 and len(moving_for_professional(lead)) == 1


def test_the_page_of_a_past_meeting_asks(client, team, lead, others):
    meeting = fixed(team)
    with time_machine.travel(soon() + timedelta(hours=2), tick=True):
        client.force_login(lead)
        shown = text_of(client.get(reverse("meetings:meeting", args=[meeting.pk])))
        assert "Cette réunion a-t-elle eu lieu" in shown and "Je viens" not in shown
        assert reverse("meetings:room", args=[meeting.pk]) in shown


# --- the card of an action --------------------------------------------------------------------------------------------


def test_the_card_of_an_action_opens_on_the_planned_meeting(team, lead, others):
    meeting = fixed(team, title="Bilan du mois", minutes=75)
    planning.answer(actor=others[0], meeting=meeting, coming=True)
    planning.answer(actor=others[1], meeting=meeting, coming=False)
    assert facts_to_declare(lead, team) is None, "elle n'a pas commencé"
    start = soon()
    with time_machine.travel(start + timedelta(hours=2), tick=True):
        facts = facts_to_declare(lead, team)
        assert facts is not None and actions.proposal(lead, team) == facts
        assert (facts.kind, facts.held_on, facts.minutes, facts.title) == (
            "RCP_SANS_PATIENT",
            start.date(),
            75,
            "Bilan du mois",
        )
        assert facts.starts_at == start.time()
        assert set(facts.present) == {people_of(team)[0].pk, people_of(team)[1].pk}
        assert passed(lead).exists()
        declare(actor=lead, team=team, facts=chain.today_facts(team, people_of(team), kind="RCP_SANS_PATIENT"))
        assert facts_to_declare(lead, team) is None and not passed(lead).exists(), "déclarée : plus rien à proposer"
    with time_machine.travel(start + timedelta(days=5), tick=True):
        assert facts_to_declare(lead, team) is None


def test_another_team_and_a_held_or_cancelled_meeting_propose_nothing(team, lead):
    meeting = fixed(team)
    with time_machine.travel(soon() + timedelta(hours=2), tick=True):
        assert facts_to_declare(lead, recognised()) is None
        Meeting.objects.filter(pk=meeting.pk).update(state="held", held_at=timezone.now())
        assert facts_to_declare(lead, team) is None


# --- lists ------------------------------------------------------------------------------------------------------------


def rows(team, count, *, state="fixed"):
    """Meetings straight in the table, each with its people."""
    people = people_of(team)
    for number in range(count):
        made = Meeting.objects.create(
            team=team,
            region_id=team.region_id,
            kind="RCP_SANS_PATIENT",
            organiser=people[0].user,
            created_at=timezone.now(),
            state=state,
            starts_at=None if state == "polling" else soon() + timedelta(hours=number),
            client_key=uuid.uuid4(),
            held_at=timezone.now() if state == "held" else None,
        )
        Participant.objects.bulk_create([Participant(meeting=made, professional=person) for person in people])


@pytest.mark.parametrize(("name", "state"), [("mine", "fixed"), ("past", "held"), ("of_team", "fixed")])
def test_a_list_costs_the_same_whatever_its_length(client, team, lead, name, state):
    client.force_login(lead)
    address = reverse(f"meetings:{name}", args=[team.pk] if name == "of_team" else [])
    rows(team, 2, state=state)
    assert_constant_queries(client, address, lambda: rows(team, 48, state=state))
    assert_partial_equals_full(client, address, f"{address}?tri=starts_at")


@pytest.mark.parametrize("who", ["lead", "member"])
def test_a_poll_page_costs_the_same_whatever_its_people(client, team, lead, others, who):
    client.force_login(lead if who == "lead" else others[0])
    small = polled(team)
    for number in range(10):
        factories.join(team, factories.nurse(last_name=f"Plus{number}"))
    big = polled(team, slots=[soon(8, 9 + number) for number in range(8)])
    counts = []
    for meeting in (small, big):
        address = reverse("meetings:meeting", args=[meeting.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("read", [waiting_for_professional, moving_for_professional])
def test_the_cards_cost_the_same_whatever_their_number(team, lead, others, read):
    counts = []
    for number in (1, 7):
        rows(team, number, state="polling")
        rows(team, number)
        Participant.objects.filter(professional__user=others[0], meeting__state="fixed").order_by("id").update(
            answer=""
        )
        with CaptureQueriesContext(connection) as queries:
            read(factories.fresh(lead))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_says_what_was_answered_and_leaves_out_who_is_off(client, team, lead, others):
    meeting = fixed(team)
    polled(team)
    client.force_login(others[0])
    shown = text_of(client.get(reverse("meetings:mine")))
    assert "À répondre" in shown and "Date à choisir" in shown and "Proposer une réunion" in shown
    meeting.participants.filter(professional__user=others[0]).update(removed_at=timezone.now())
    assert f"/reunions/{meeting.pk}/" not in client.get(reverse("meetings:mine")).content.decode()
    assert f"/reunions/{meeting.pk}/" in client.get(reverse("meetings:of_team", args=[team.pk])).content.decode()
    assert plan(team).columns["minutes"] == 60 and today() <= paris_day(soon())
