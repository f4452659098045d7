"""The pages of actions: what is typed stays, « est-ce la même ? », one tap, the queue of the association."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipage.coordination import selectors, services
from equipage.coordination.models import Action, Presence
from equipage.foundation.periods import today
from tests import chain, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))


@pytest.fixture
def people(team):
    return [m.professional for m in team.memberships.order_by("id").select_related("professional__user")]


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def action(team, people, lead):
    return services.declare(actor=lead, team=team, facts=chain.today_facts(team, people))


def text_of(response):
    return response.content.decode()


def typed(people, **more):
    return {
        "kind": "RCP_AVEC_PATIENT",
        "held_on": today().isoformat(),
        "minutes": "45",
        "present": [person.pk for person in people],
        "patients": "2",
        "client_key": str(uuid.uuid4()),
        **more,
    }


def declare(client, team, data):
    return client.post(reverse("coordination:declare_for", args=[team.pk]), data)


def test_one_team_goes_straight_to_the_card_and_the_card_is_one_tap(client, team, people, lead):
    client.force_login(lead)
    card = client.get(reverse("coordination:declare"), follow=True)
    assert "Qu’avez-vous fait ensemble" in text_of(card)
    done = declare(client, team, typed(people))
    assert done.status_code == 302
    shown = text_of(client.get(done.url))
    assert "C’est déclaré." in shown and f"On attend encore : {people[1].formal_name}".split(" : ")[1] in shown
    again = client.get(reverse("coordination:declare_for", args=[team.pk]))
    assert "Comme la dernière fois" in text_of(again)
    assert Action.objects.get().patients == 2


def test_a_link_says_what_the_card_opens_on(client, team, lead):
    client.force_login(lead)
    address = reverse("coordination:declare_for", args=[team.pk])

    def opened_on(**asked):
        form = client.get(address, asked).context["form"]
        return form.initial["kind"], form.initial["title"]

    guessed, _ = opened_on()
    other = next(kind.code for kind in selectors.kinds_of(team, today()) if not kind.blocked and kind.code != guessed)
    assert opened_on(type=other, objet="  Chutes à domicile ") == (other, "Chutes à domicile")
    assert opened_on(type=other, objet="x" * 500) == (other, "x" * 160)
    assert opened_on(type="SORCELLERIE", objet="Chutes") == (guessed, "")
    text = text_of(client.get(address, {"type": other, "objet": "<script>alert(1)</script>"}))
    assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"minutes": "1560"}, "24 heures"),
        ({"minutes": "-3"}, "au moins une minute"),
        ({"minutes": "beaucoup"}, "en chiffres"),
        ({"held_on": "2999-01-01"}, "dans le futur"),
        ({"held_on": "2001-01-01"}, "antérieure"),
        ({"present": []}, "au moins une personne"),
        ({"patients": "501"}, "de 0 à 500"),
        ({"kind": "PREVENTION"}, "choix"),
    ],
)
def test_a_wrong_answer_keeps_everything_typed(client, team, people, lead, wrong, words):
    client.force_login(lead)
    answer = declare(client, team, typed(people, title="Retour de Mme X préparé", **wrong))
    shown = text_of(answer)
    assert answer.status_code == 422 and words in shown and "Retour de Mme X préparé" in shown
    assert not Action.objects.exists()


def test_the_same_sending_twice_is_one_action(client, team, people, lead):
    client.force_login(lead)
    data = typed(people)
    first, second = declare(client, team, data), declare(client, team, data)
    assert first.url == second.url and Action.objects.count() == 1


def test_a_look_alike_is_a_question(client, team, people, lead, action):
    client.force_login(lead)
    asked = declare(client, team, typed(people))
    assert asked.status_code == 422 and "Est-ce la même" in text_of(asked)
    assert reverse("coordination:action", args=[action.pk]) in text_of(asked)
    assert declare(client, team, typed(people, another="on")).status_code == 302
    assert Action.objects.count() == 2


def test_one_tap_from_the_home_page(client, people, action):
    presence = action.presences.get(professional=people[1])
    client.force_login(people[1].user)
    address = reverse("coordination:answer", args=[presence.pk, "confirm"])
    assert address in text_of(client.get("/"))
    assert client.post(address, {"next": "home"}).url == "/"
    assert Presence.objects.get(pk=presence.pk).state == "confirmed"
    assert address not in text_of(client.get("/"))


def test_nobody_answers_for_somebody_else(client, lead, people, action):
    client.force_login(lead)
    presence = action.presences.get(professional=people[1])
    assert client.post(reverse("coordination:answer", args=[presence.pk, "confirm"])).status_code == 404


def test_another_team_and_the_agency_see_nothing(client, team, action):
    for user in (
        factories.lead_of(factories.recognised_team()),
        factories.ars_region(),
        factories.officer(region_code="53"),
    ):
        client.force_login(user)
        assert client.get(reverse("coordination:action", args=[action.pk])).status_code == 404
        assert client.get(reverse("coordination:of_team", args=[team.pk])).status_code == 404


def test_returned_corrected_and_sent_back(client, lead, people, action):
    officer = factories.officer()
    client.force_login(officer)
    address = reverse("coordination:move", args=[action.pk, "return_it"])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "La durée ?"}).status_code == 302
    client.force_login(lead)
    assert "La durée" in text_of(client.get("/"))
    correct = reverse("coordination:correct", args=[action.pk])
    wrong = client.post(correct, typed(people, minutes="0", title="Objet gardé"))
    assert wrong.status_code == 422 and "Objet gardé" in text_of(wrong)
    assert client.post(correct, typed(people, minutes="60")).status_code == 302
    row = factories.fresh(action)
    assert row.state == "declared" and row.minutes == 60 and row.return_reason == ""


def test_the_officer_validates_once_enough_voices_are_there(client, people, action):
    chain.adopted_scale()
    officer = factories.officer()
    client.force_login(officer)
    address = reverse("coordination:move", args=[action.pk, "validate"])
    client.post(address)
    assert factories.fresh(action).state == "declared"
    assert "Il manque 1" in text_of(client.get(reverse("coordination:action", args=[action.pk])))
    services.confirm_presence(action.presences.get(professional=people[1]), actor=factories.fresh(people[1].user))
    client.post(address)
    client.post(address)
    row = factories.fresh(action)
    assert row.state == "validated" and row.validated_by == officer
    assert row.declared_by.notices.filter(kind="coordination.validated").count() == 1


def test_who_took_part_does_not_validate(client, lead, people, action):
    services.confirm_presence(action.presences.get(professional=people[1]), actor=factories.fresh(people[1].user))
    both = factories.officer(person=lead)
    client.force_login(both)
    client.post(reverse("coordination:move", args=[action.pk, "validate"]))
    assert factories.fresh(action).state == "verified"


def rows(team, people, count):
    """Declared actions straight in the table, each with its two presences."""
    for _ in range(count):
        made = Action.objects.create(
            team=team,
            region_id=team.region_id,
            kind="PPS",
            held_on=today(),
            minutes=30,
            declared_by=factories.lead_of(team),
            declared_at=timezone.now(),
        )
        for person in people:
            Presence.objects.create(action=made, professional=person, held_on=made.held_on, added_at=timezone.now())


@pytest.mark.parametrize("who", ["officer", "lead", "lead on the team's list"])
def test_a_list_costs_the_same_whatever_its_length(client, team, people, lead, who):
    client.force_login(factories.officer() if who == "officer" else lead)
    name, args = {
        "officer": ("to_validate", []),
        "lead": ("mine", []),
        "lead on the team's list": ("of_team", [team.pk]),
    }[who]
    address, counts = reverse(f"coordination:{name}", args=args), []
    for number in (2, 48):
        rows(team, people, number)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
