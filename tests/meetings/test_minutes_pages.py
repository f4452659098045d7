"""The pages that end a meeting, its minutes and their corrections: what is typed stays, and the team alone reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from equipage.coordination import services as coordination
from equipage.coordination.models import Action
from equipage.foundation.french import PARIS
from equipage.foundation.periods import today
from equipage.meetings.models import Item, Minutes, Task
from equipage.meetings.services import room
from equipage.teams.models import Team
from tests import chain, factories
from tests.meetings import room_helpers as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make.recognised_team()


@pytest.fixture
def people(team):
    return make.people_of(team)


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def member(team):
    return factories.member_of(team)


@pytest.fixture
def row(team, people, lead):
    made = make.meeting(team)
    make.begun(made, people, lead)
    return made


def text_of(response):
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'")


def at(name, *args):
    return reverse(f"meetings:{name}", args=args)


def typed(item, people, base=1, **more):
    """A point as the browser sends it."""
    values = {
        "base": base,
        "account": "Deux chutes en un mois.",
        "decision": "Passage deux fois par jour.",
        "outcomes": ["prescription"],
        "informed": "told",
        "what_0": "Appeler la fille",
        "who_0": people[1].pk,
        "due_0": (today() + timedelta(days=7)).isoformat(),
        **more,
    }
    return {name if name in ("base", "go") else f"p{item.pk}-{name}": value for name, value in values.items()}


def ending(people, **more):
    return {
        "day": today().isoformat(),
        "starts": make.ago(30).astimezone(PARIS).strftime("%H:%M"),
        "ends": make.ago(0).astimezone(PARIS).strftime("%H:%M"),
        "here": [person.pk for person in people],
        "patients": "1",
        **more,
    }


# --- the end ----------------------------------------------------------------------------------------------------------


def test_ending_shows_what_will_be_made_then_makes_it(client, row, people, lead):
    item = make.situation(row, lead)
    room.write_boxes(item, make.filled(people), based_on=1, actor=lead)
    make.situation(row, lead)
    client.force_login(lead)
    shown = text_of(client.get(at("close", row.pk)))
    assert "Appeler la famille" in shown and "1 point n’a pas été abordé" in shown and 'value="1"' in shown
    done = client.post(at("close", row.pk), ending(people))
    assert done.url == at("minutes", row.pk)
    page = text_of(client.get(done.url))
    assert "La réunion est terminée" in page and "Passage infirmier" in page and "Reporté" in page
    assert client.get(at("room", row.pk)).url == at("minutes", row.pk)
    assert client.get(at("close", row.pk)).url == at("minutes", row.pk)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"starts": "13:00", "ends": "12:30"}, "n'est pas après le début"),
        ({"here": []}, "au moins une personne"),
        ({"patients": "501"}, "de 0 à 500"),
        ({"patients": "beaucoup"}, "Écrivez un nombre"),
        ({"ends": "25:99"}, "Écrivez une heure"),
        ({"day": "2001-01-01"}, "membre de l'équipe"),
        ({"day": "2099-01-01"}, "dans le futur"),
        ({"day": "2026-03-29", "starts": "02:30", "ends": "03:30"}, "n'existe pas"),
    ],
)
def test_a_wrong_end_keeps_what_was_typed(client, row, people, lead, wrong, words):
    client.force_login(lead)
    answer = client.post(at("close", row.pk), ending(people, **{"patients": "7", **wrong}))
    assert answer.status_code == 422 and words in text_of(answer)
    assert wrong.get("patients", "7") in text_of(answer)
    assert factories.fresh(row).state == "fixed" and not Action.objects.exists()


def test_a_team_that_is_no_longer_recognised_is_told_and_loses_nothing(client, row, team, people, lead):
    item = make.situation(row, lead)
    room.write_boxes(item, make.filled(people), based_on=1, actor=lead)
    Team.objects.filter(pk=team.pk).update(registration_number="", state="accompanied")
    client.force_login(lead)
    answer = client.post(at("close", row.pk), ending(people))
    assert answer.status_code == 422 and "pas reconnue" in text_of(answer)
    assert "Deux chutes" in text_of(client.get(at("room", row.pk))) or factories.fresh(item).account
    assert factories.fresh(row).state == "fixed"


def test_declared_from_the_phone_first_is_one_tap(client, row, team, people, lead, member):
    action = coordination.declare(
        actor=member, team=team, facts=chain.today_facts(team, people, kind=make.KIND, minutes=45, patients=4)
    )
    client.force_login(lead)
    assert "Oui, relier" in text_of(client.get(at("close", row.pk)))
    asked = client.post(at("close", row.pk), ending(people))
    assert asked.status_code == 422 and "Est-ce la même action" in text_of(asked) and "Oui, la relier" in text_of(asked)
    assert client.post(at("close", row.pk), ending(people, link=action.pk)).status_code == 302
    assert Action.objects.count() == 1 and Minutes.objects.get().action == action
    page = text_of(client.get(at("minutes", row.pk)))
    assert "45 minutes déclarées, 30 au compte rendu" in page and "4 patients déclarés, 1 au compte rendu" in page


def test_the_second_who_ends_it_is_told(client, row, people, lead, member):
    from_page = ending(people)
    client.force_login(member)
    client.post(at("close", row.pk), from_page)
    client.force_login(lead)
    answer = client.post(at("close", row.pk), from_page)
    assert answer.url == at("minutes", row.pk) and Action.objects.count() == 1


def test_a_correction_by_its_page(client, team, people, lead):
    record = make.held(team)
    item = Item.objects.filter(meeting=record.meeting).order_by("id")[0]
    client.force_login(lead)
    address = at("correct_item", item.pk)
    data = typed(item, people, base=2, decision="Une fois par jour.")
    wrong = client.post(address, data)
    assert (
        wrong.status_code == 422 and "Une fois par jour." in text_of(wrong) and "ce que vous corrigez" in text_of(wrong)
    )
    assert client.post(address, {**data, "reason": "Une fois."}).url == at("minutes", record.meeting_id)
    page = text_of(client.get(at("minutes", record.meeting_id)))
    assert "Version 2, corrigée" in page and "Une fois par jour." in page and "Version 1" in page
    clash = client.post(address, {**data, f"p{item.pk}-decision": "Trois fois.", "reason": "Trois."})
    assert clash.status_code == 422 and "Trois fois." in text_of(clash) and "Une fois par jour." in text_of(clash)
    header = at("correct_minutes", record.meeting_id)
    assert client.get(header).status_code == 200
    sent = {**ending(people), "place": "En visio", "reason": "Le lieu."}
    assert client.post(header, sent).url == at("minutes", record.meeting_id)
    assert "En visio" in text_of(client.get(at("minutes", record.meeting_id)))
    assert Task.objects.count() == 4


def test_the_page_of_the_action_leads_the_team_alone_to_the_minutes(client, team, people, lead):
    record = make.held(team)
    page = reverse("coordination:action", args=[record.action_id])
    client.force_login(lead)
    shown = text_of(client.get(page))
    assert at("minutes", record.meeting_id) in shown and at("sheet", record.action_id) in shown
    client.force_login(factories.officer())
    shown = text_of(client.get(page))
    assert at("minutes", record.meeting_id) not in shown and at("sheet", record.action_id) in shown


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    ["officer", "treasurer", "association_admin", "ars_department", "ars_region", "platform_admin", "nurse", "lead"],
)
def test_nobody_else_opens_a_page_of_the_room(client, team, people, who):
    record = make.held(team)
    item = Item.objects.filter(meeting=record.meeting).order_by("id")[0]
    user = factories.lead_of(factories.recognised_team()) if who == "lead" else getattr(factories, who)()
    client.force_login(getattr(user, "user", user))
    meeting, version = record.meeting_id, record.versions.get()
    for name in ("agenda", "room", "close", "minutes", "correct_minutes", "carry_over", "link"):
        assert client.get(at(name, meeting)).status_code == 404, name
        assert client.post(at(name, meeting)).status_code in (404, 405), name
    for name in ("boxes", "item_up", "item_remove", "correct_item"):
        assert client.post(at(name, item.pk)).status_code == 404, name
    assert client.get(at("minutes_pdf", version.pk)).status_code == 404
    assert client.get(at("now_for", team.pk)).status_code == 404


def test_a_stranger_is_sent_to_the_door(client, team):
    record = make.held(team)
    assert client.get(at("minutes", record.meeting_id)).status_code == 302
