"""What a phone keeps to do without a network: what its card needs, for its person, and nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.coordination import offline, services
from equipage.coordination.models import Action
from equipage.coordination.services import facts_of
from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from tests import chain, factories
from tests.coordination.sending import THEME, answers, item

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


# What the phone keeps ------------------------------------------------------------------------------------------------


def test_the_carnet_holds_what_the_card_needs_and_nothing_more(client, team, people, lead):
    client.force_login(lead)
    response = client.get(reverse("coordination:offline_data"))
    assert response["Cache-Control"] == "no-store"
    found = response.json()
    assert found["owner"] == lead.pk and found["usual"] == team.pk and found["days"] == 7
    mine = found["teams"][0]
    assert [person["name"] for person in mine["people"]] == [
        f"{'Dr ' if p.profession_code == '10' else ''}{p.first_name[0]}. {p.last_name}"
        for p in sorted(people, key=lambda p: p.last_name)
    ]
    assert {kind["code"] for kind in mine["kinds"]} == {"RCP_SANS_PATIENT", "RCP_AVEC_PATIENT", "PPS"}
    assert mine["kinds"][0]["voices"] >= 1 and mine["themes"] == [THEME]
    text = response.content.decode()
    for person in people:
        for secret in (person.rpps, person.user.email, person.first_name):
            assert secret not in text
    assert team.recognised_on.isoformat() == mine["since"]


def test_two_people_who_share_a_short_name_keep_their_first_names(team, people):
    for first in ("Jeanne", "Julie"):
        factories.join(team, factories.nurse(first_name=first, last_name="Homonyme"))
    found = offline.carnet(factories.lead_of(team))["teams"][0]["people"]
    assert {"Jeanne Homonyme", "Julie Homonyme"} <= {person["name"] for person in found}


def test_the_carnet_costs_the_same_for_two_members_and_for_fifty(client, team, lead):
    client.force_login(lead)
    counts = []
    for number in (2, 48):
        for _ in range(number):
            factories.join(team, factories.nurse(account=False))
        client.get(reverse("coordination:offline_data"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("coordination:offline_data")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_is_no_professional_has_an_empty_carnet(client):
    client.force_login(factories.officer())
    assert client.get(reverse("coordination:offline_data")).json()["teams"] == []


def told(team, people, lead, **wrong):
    """The sentence of the verb itself."""
    with pytest.raises(Refused) as refused:
        services.declare(actor=lead, team=team, facts=chain.today_facts(team, people, **wrong))
    return refused.value.sentence


def test_the_sentences_of_the_phone_are_those_of_the_verb(team, people, lead):
    late, early = today() + timedelta(days=2), team.recognised_on - timedelta(days=9)
    stranger = factories.pharmacist(first_name="Inès", last_name="Autre")
    pairs = {
        "kind": told(team, people, lead, kind="X"),
        "minutes_short": told(team, people, lead, minutes=0),
        "minutes_long": told(team, people, lead, minutes=1441),
        "nobody": told(team, [], lead),
        "patients": told(team, people, lead, patients=501),
        "stranger": told(team, [stranger], lead),
        "future": told(team, people, lead, held_on=late),
        "early": told(team, people, lead, held_on=early),
    }
    for name, sentence in pairs.items():
        on = late if name == "future" else early if name == "early" else today()
        said = offline.SENTENCES[name].format(day=day(on), since=day(team.recognised_on), who=str(stranger))
        assert said == sentence, name


def test_the_pages_without_network_hold_nobody(client, team, people, lead):
    for name in ("offline", "outbox"):
        address = reverse(f"coordination:{name}")
        stranger = client.get(address)
        signed = Client()
        signed.force_login(lead)
        assert stranger.content == signed.get(address).content
        text = stranger.content.decode()
        for word in (lead.last_name, team.name, "csrf", people[1].last_name):
            assert word not in text
        assert stranger["Cache-Control"] == "no-cache" and "Set-Cookie" not in stranger.headers


def test_the_addresses_of_the_scripts_are_ours():
    source = (offline.__file__.rsplit("/equipage/", 1)[0]) + "/frontend/src/ts/phone/shapes.ts"
    with open(source, encoding="utf-8") as file:
        text = file.read()
    for name, script in (
        ("coordination:send", "send"),
        ("coordination:offline_data", "carnet"),
        ("coordination:outbox", "outbox"),
        ("coordination:offline", "offline"),
        ("coordination:declare", "declare"),
        ("web:service_worker", "worker"),
    ):
        assert f'{script}: "{reverse(name)}"' in text


def test_an_accepted_parcel_tells_what_it_makes_and_who_is_awaited(client, team, people, lead):
    chain.adopted_scale()
    client.force_login(lead)
    sent = item(team, people)
    told_back = answers(client, lead, [sent], watching=sent["key"])[0]
    assert "37,50" in told_back["amounts"] and "Dr Hugo" in told_back["awaited"] and told_back["server"] == 1
    page = client.get(told_back["url"]).content.decode()
    assert "C’est déclaré." in page and "37,50" in page and "Annuler" in page


def test_what_the_card_proposes_leaves_out_who_left(team, people, lead):
    services.declare(actor=lead, team=team, facts=chain.today_facts(team, people))
    proposal = offline.carnet(lead)["teams"][0]["proposal"]
    assert set(proposal["present"]) == {person.pk for person in people}
    assert facts_of(Action.objects.get()).minutes == proposal["minutes"]
