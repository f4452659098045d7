"""What a phone may send wrong, each with its sentence; and its clock."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from equipage.coordination.models import Action
from equipage.coordination.parcels import MOST_BYTES, MOST_ITEMS, read_shipment
from equipage.coordination.services.sync import clock_doubt, receive
from equipage.foundation.periods import now, today
from tests import chain, factories
from tests.coordination.sending import THEME, answers, item, parcel, post, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return chain.recognised(factories.complete_team(state="accompanied", themes=(THEME,)))


@pytest.fixture
def people(team):
    return [m.professional for m in team.memberships.order_by("id").select_related("professional__user")]


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


# Wrong things --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"held_on": (today() + timedelta(days=1)).isoformat()}, "held_on", "dans le futur"),
        ({"held_on": "2001-01-01"}, "held_on", "antérieure"),
        ({"held_on": "hier"}, "held_on", "Écrivez une date"),
        ({"held_on": None}, "held_on", "Écrivez une date"),
        ({"minutes": 26 * 60}, "minutes", "24 heures"),
        ({"minutes": 0}, "minutes", "au moins une minute"),
        ({"minutes": "45"}, "minutes", "en chiffres"),
        ({"minutes": 1e300}, "minutes", "en chiffres"),
        ({"minutes": 10**12}, "minutes", "en chiffres"),
        ({"minutes": True}, "minutes", "en chiffres"),
        ({"present": []}, "present", "au moins une personne"),
        ({"present": "tous"}, "present", "au moins une personne"),
        ({"present": [1.5]}, "present", "au moins une personne"),
        ({"kind": "PREVENTION"}, "kind", "n'est pas dans le projet reconnu"),
        ({"kind": 12}, "kind", "de la liste"),
        ({"patients": 501}, "patients", "de 0 à 500"),
        ({"patients": None}, "patients", "de 0 à 500"),
        ({"theme": "Astrologie"}, "theme", "thème"),
        ({"title": "x" * 161}, "title", "160 signes"),
        ({"title": "a\x00b"}, "title", "160 signes"),
        ({"starts_at": "midi"}, "starts_at", "Écrivez une heure"),
    ],
)
def test_wrong_facts_have_their_field_and_their_sentence(team, people, lead, wrong, field, words):
    received = take(lead, team, people, **wrong)
    assert (received.outcome, received.field) == ("refused", field) and words in received.sentence
    assert not Action.objects.exists()


def test_a_title_with_markup_is_text(client, team, people, lead):
    take(lead, team, people, title="<img src=x onerror=alert(1)>")
    client.force_login(lead)
    shown = client.get(reverse("coordination:action", args=[Action.objects.get().pk])).content.decode()
    assert "&lt;img src=x" in shown and "<img src=x" not in shown


def test_somebody_who_was_not_in_the_team_that_day_is_named(team, people, lead):
    stranger = factories.pharmacist(first_name="Inès", last_name="Étrangère")
    received = take(lead, team, [*people, stranger])
    assert received.field == "present" and "Inès Étrangère n'était pas membre" in received.sentence


@pytest.mark.parametrize("deleted", [False, True])
def test_a_team_that_is_not_mine_or_does_not_exist_takes_nothing(team, people, deleted):
    outsider = factories.nurse().user
    for pk in (team.pk, 10**9):
        received = receive(
            parcel(type("Team", (), {"pk": pk}), people, deleted=deleted),
            actor=outsider,
        )
        assert received.outcome == ("gone" if deleted else "refused")
    assert not Action.objects.exists()


def test_one_wrong_parcel_does_not_hold_back_the_others(client, team, people, lead):
    client.force_login(lead)
    sent = [item(team, people, minutes=0), item(team, people, minutes=30), item(team, people, kind="X")]
    assert [one["outcome"] for one in answers(client, lead, sent)] == ["refused", "done", "refused"]
    assert Action.objects.get().minutes == 30


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"items": 3}',
        b'{"items": [3]}',
        b'{"items": [{"key": "x", "revision": 1}]}',
        b'{"items": [{"key": "%s", "revision": 0}]}' % str(uuid.uuid4()).encode(),
        b"[" * 50_000,
        b'{"items": [' + b"{}," * 20 + b"{}]}",
    ],
    ids=range(9),
)
def test_what_cannot_be_read_is_refused_as_a_whole(client, lead, body):
    client.force_login(lead)
    response = client.post(reverse("coordination:send"), body, content_type="application/json")
    assert response.status_code == 422 and response.json()["sentence"]


def test_too_much_is_refused(client, team, people, lead):
    client.force_login(lead)
    assert post(client, lead, [item(team, people)] * (MOST_ITEMS + 1)).status_code == 422
    assert post(client, lead, [item(team, people, title="x" * MOST_BYTES)]).status_code == 413
    assert not Action.objects.exists()


def test_the_address_takes_a_post_with_its_token_from_its_owner_only(client, team, people, lead):
    assert post(client, lead, []).status_code == 302  # nobody is signed in
    client.force_login(lead)
    assert client.get(reverse("coordination:send")).status_code == 405
    other = factories.fresh(people[1].user)
    assert post(client, other, [item(team, people)]).status_code == 409 and not Action.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lead)
    assert post(strict, lead, [item(team, people)]).status_code == 403
    token = strict.get(reverse("coordination:offline_data")).json()["csrf"]
    body = {"owner": lead.pk, "items": [item(team, people)]}
    sent = strict.post(
        reverse("coordination:send"), body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert sent.status_code == 200 and Action.objects.count() == 1


def test_a_phone_that_lives_in_another_year_is_told_of_its_clock(client, team, people, lead):
    client.force_login(lead)
    tomorrow = (today() + timedelta(days=3)).isoformat()
    ahead = (now() + timedelta(days=3)).isoformat()
    said = answers(client, lead, [item(team, people, held_on=tomorrow)], clock=ahead)[0]["sentence"]
    assert "dans le futur" in said and "L’horloge de ce téléphone avance de 3\u00a0jours" in said.replace(
        "\u202f", "\u00a0"
    )
    said = answers(client, lead, [item(team, people, held_on=tomorrow)])[0]["sentence"]
    assert "horloge" not in said


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=9), ""),
        (timedelta(minutes=-45), "retarde de 45"),
        (timedelta(hours=3), "avance de 3"),
        (timedelta(days=-400), "retarde de 400"),
    ],
)
def test_clocks_that_disagree_are_said_in_words(ahead, words):
    assert words in clock_doubt(ahead) if words else clock_doubt(ahead) == ""


@pytest.mark.parametrize("clock", [None, "demain", 12, "2026-11-25T10:00:00", {"a": 1}])
def test_a_clock_that_cannot_be_read_is_no_clock(clock):
    assert read_shipment(json.dumps({"items": [], "clock": clock}).encode()).clock_ahead == timedelta(0)
