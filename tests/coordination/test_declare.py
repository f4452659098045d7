"""Declaring an action: what it writes, what it refuses and with which words."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from equipage.coordination import services
from equipage.coordination.models import Action, Presence
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from tests import chain, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """A recognised team of a nurse (lead) and a GP, by the whole chain."""
    return chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))


@pytest.fixture
def people(team):
    return [m.professional for m in team.memberships.order_by("id").select_related("professional__user")]


def declare(team, people, **more):
    return services.declare(actor=factories.lead_of(team), team=team, facts=chain.today_facts(team, people, **more))


def test_the_declarer_is_confirmed_and_the_others_are_asked(team, people):
    action = declare(team, people)
    states = dict(action.presences.values_list("professional_id", "state"))
    assert states == {people[0].pk: "confirmed", people[1].pk: "expected"}
    assert people[1].user.notices.filter(kind="coordination.presence_expected").count() == 1


def test_the_same_sending_arrives_once(team, people):
    key, lead, facts = uuid.uuid4(), factories.lead_of(team), chain.today_facts(team, people)
    first = services.declare(actor=lead, team=team, facts=facts, client_key=key)
    again = services.declare(actor=lead, team=team, facts=facts, client_key=key)
    assert first.pk == again.pk and Action.objects.count() == 1


def test_a_second_look_alike_is_a_question_never_a_block(team, people):
    first = declare(team, people)
    with pytest.raises(services.AlreadyDeclared) as asked:
        declare(team, people)
    assert asked.value.existing == first
    lead, facts = factories.lead_of(team), chain.today_facts(team, people)
    services.declare(actor=lead, team=team, facts=facts, another=True)
    assert Action.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"held_on": today() + timedelta(days=1)}, "held_on", "dans le futur"),
        ({"held_on": today() - timedelta(days=4000)}, "held_on", "antérieure"),
        ({"minutes": 0}, "minutes", "au moins une minute"),
        ({"minutes": -5}, "minutes", "au moins une minute"),
        ({"minutes": 26 * 60}, "minutes", "24 heures"),
        ({"present": ()}, "present", "au moins une personne"),
        ({"kind": "PREVENTION"}, "kind", "n'est pas dans le projet reconnu"),
        ({"kind": "N_IMPORTE_QUOI"}, "kind", "de la liste"),
        ({"patients": -1}, "patients", "de 0 à 500"),
    ],
)
def test_wrong_facts_are_refused_with_their_field(team, people, wrong, field, words):
    with pytest.raises(Refused) as refused:
        declare(team, people, **wrong)
    assert refused.value.field == field and words in refused.value.sentence
    assert not Action.objects.exists()


def test_somebody_who_is_not_a_member_that_day_is_named(team, people):
    stranger = factories.pharmacist(first_name="Inès", last_name="Étrangère")
    with pytest.raises(Refused, match="Inès Étrangère n'était pas membre") as refused:
        declare(team, [*people, stranger])
    assert refused.value.field == "present"


def test_a_team_that_is_not_recognised_declares_nothing():
    team = factories.complete_team(state="accompanied")
    with pytest.raises(Refused, match="pas reconnue"):
        declare(team, [factories.lead_of(team).professional])


def test_only_members_declare(team, people):
    outsider = factories.nurse().user
    with pytest.raises(Refused, match="membre confirmé"):
        services.declare(actor=outsider, team=team, facts=chain.today_facts(team, people))


def test_one_tap_confirms_and_a_second_changes_nothing(team, people):
    presence = declare(team, people).presences.get(professional=people[1])
    actor = factories.fresh(people[1].user)
    services.confirm_presence(presence, actor=actor)
    first = Presence.objects.get(pk=presence.pk).answered_at
    services.confirm_presence(presence, actor=actor)
    assert Presence.objects.get(pk=presence.pk).answered_at == first


def test_nobody_confirms_for_somebody_else(team, people):
    presence = declare(team, people).presences.get(professional=people[1])
    with pytest.raises(Refused, match="la personne concernée"):
        services.confirm_presence(presence, actor=factories.lead_of(team))
