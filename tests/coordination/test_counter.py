"""After the lock nothing is rewritten: an error is said, decided, and stands beside what was declared."""

from __future__ import annotations

import pytest
from django.urls import reverse

from equipage.coordination import services
from equipage.coordination.models import Action, CounterEntry
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from tests import chain, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    chain.adopted_scale()
    return chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))


@pytest.fixture
def people(team):
    return [m.professional for m in team.memberships.order_by("id").select_related("professional__user")]


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def action(team, people, lead):
    made = services.declare(actor=lead, team=team, facts=chain.today_facts(team, people, minutes=60))
    services.confirm_presence(made.presences.get(professional=people[1]), actor=factories.fresh(people[1].user))
    return services.validate(made, actor=factories.officer())


def facts_typed(people, **more):
    typed = {
        "kind": "RCP_AVEC_PATIENT",
        "held_on": services.facts_of(Action.objects.get()).held_on.isoformat(),
        "minutes": "45",
        "present": [str(person.pk) for person in people],
        "patients": "1",
        "client_key": "7f3c9a52-3b4e-4a77-9f0e-3f4f0d2c1b11",
        "reason": "Quarante-cinq minutes, non une heure.",
    }
    return {**typed, **more}


def test_the_whole_way_from_the_error_to_the_right_declaration(client, team, people, lead, action):
    client.force_login(lead)
    page = reverse("coordination:action", args=[action.pk])
    ask = reverse("coordination:ask_counter", args=[action.pk])
    assert ask in client.get(page).content.decode()
    assert client.post(ask, facts_typed(people, reason="")).status_code == 422
    answer = client.post(ask, facts_typed(people))
    counter = CounterEntry.objects.get()
    assert answer.status_code == 302 and factories.fresh(action).state == "validated"
    officer = factories.officer()
    client.force_login(officer)
    assert "contre-écriture" in client.get("/").content.decode()
    client.post(reverse("coordination:counter_move", args=[counter.pk, "accept"]))
    old, new = factories.fresh(action), factories.fresh(counter).replacement
    assert old.state == "reversed" and old.minutes == 60
    assert new.minutes == 45 and new.replaces_id == old.pk and new.declared_by == lead and new.state == "declared"
    assert "contre-passée" in client.get(page).content.decode()
    assert set(old.claim_lines.values_list("state", flat=True)) == {"cancelled"}
    services.confirm_presence(new.presences.get(professional=people[1]), actor=factories.fresh(people[1].user))
    services.validate(new, actor=officer)
    assert set(factories.fresh(new).claim_lines.values_list("state", flat=True)) == {"validated"}
    assert audit.verify() is None


def test_one_question_at_a_time_and_a_refusal_is_read(client, people, lead, action):
    counter = services.ask_counter(action, actor=lead, reason="Elle n'a pas eu lieu.", facts=None)
    with pytest.raises(Refused, match="déjà demandée"):
        services.ask_counter(action, actor=lead, reason="Encore.", facts=None)
    client.force_login(factories.officer())
    move = reverse("coordination:counter_move", args=[counter.pk, "refuse"])
    assert client.post(move, {"reason": ""}).status_code == 422
    client.post(move, {"reason": "La feuille de route dit le contraire."})
    row = factories.fresh(counter)
    assert row.state == "refused" and factories.fresh(action).state == "validated"
    assert "La feuille de route" in lead.notices.get(kind="coordination.counter_decided").body


def test_who_asks_or_took_part_does_not_decide(people, lead, action):
    counter = services.ask_counter(action, actor=lead, reason="Erreur.", facts=None)
    with pytest.raises(Blocked, match="une autre personne"):
        services.accept_counter(counter, actor=factories.officer(person=lead))
    with pytest.raises(Blocked, match="une autre personne"):
        services.accept_counter(counter, actor=factories.officer(person=factories.fresh(people[1].user)))
    assert factories.fresh(action).state == "validated"


def test_facts_that_could_not_be_declared_are_refused_with_their_field(team, people, lead, action):
    stranger = factories.nurse(first_name="Zoé")
    wrong = chain.today_facts(team, [*people, stranger])
    with pytest.raises(Refused) as refused:
        services.ask_counter(action, actor=lead, reason="Il manquait Zoé.", facts=wrong)
    assert refused.value.field == "present" and not CounterEntry.objects.exists()


def test_a_colleague_or_another_team_cannot_ask(client, people, action):
    other = chain.recognised(factories.complete_team(state="accompanied", themes=("Diabète",)))
    for user in (factories.fresh(people[1].user), factories.lead_of(other)):
        client.force_login(user)
        assert client.get(reverse("coordination:ask_counter", args=[action.pk])).status_code == 404
        with pytest.raises(Refused):
            services.ask_counter(action, actor=user, reason="Erreur.", facts=None)


def test_the_asker_may_withdraw_and_nobody_else(client, people, lead, action):
    counter = services.ask_counter(action, actor=lead, reason="Erreur.", facts=None)
    move = reverse("coordination:counter_move", args=[counter.pk, "withdraw"])
    client.force_login(factories.officer())
    assert client.post(move).status_code == 404
    client.force_login(lead)
    client.post(move)
    assert factories.fresh(counter).state == "withdrawn"
    services.ask_counter(action, actor=lead, reason="Erreur, vraiment.", facts=None)
