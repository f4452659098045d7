"""Declared, verified, validated: three facts apart. Undone at once, asked again when the facts change."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from equipage.coordination import rules, services
from equipage.coordination.models import Action
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
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


def second_voice(action, people):
    presence = action.presences.get(professional=people[1])
    return services.confirm_presence(presence, actor=factories.fresh(people[1].user))


def test_the_second_voice_verifies_and_its_date_is_kept_apart(action, people):
    assert action.state == "declared" and action.verified_at is None
    second_voice(action, people)
    row = factories.fresh(action)
    assert row.state == "verified" and row.validated_at is None
    assert row.declared_at < row.verified_at <= timezone.now()
    means = dict(row.presences.values_list("professional_id", "means"))
    assert means == {people[0].pk: "declarer", people[1].pk: "tap"}


def test_a_voice_taken_back_makes_the_action_wait_again(action, people):
    presence = second_voice(action, people)
    services.deny_presence(presence, actor=factories.fresh(people[1].user))
    row = factories.fresh(action)
    assert row.state == "declared" and row.verified_at is None
    assert row.presences.get(professional=people[1]).means == ""


def test_other_facts_ask_the_others_again_a_detail_does_not(team, action, people, lead):
    second_voice(action, people)
    detail = chain.today_facts(team, people, title="Point du mardi")
    assert services.correct(action, actor=lead, facts=detail).state == "verified"
    longer = chain.today_facts(team, people, minutes=120)
    assert services.correct(action, actor=lead, facts=longer).state == "declared"
    states = dict(factories.fresh(action).presences.values_list("professional_id", "state"))
    assert states == {people[0].pk: "confirmed", people[1].pk: "expected"}


def test_an_action_returned_waits_for_its_voices_again(team, action, people, lead):
    second_voice(action, people)
    services.return_to_team(action, actor=factories.officer(), reason="La durée ?")
    assert factories.fresh(action).verified_at is None
    assert services.declare_again(action, actor=lead).state == "verified"


def test_a_gate_that_closed_keeps_the_action_from_being_validated(action, people, monkeypatch):
    chain.adopted_scale()
    second_voice(action, people)
    monkeypatch.setattr(rules, "kind_gates", [lambda team, kind, on: (f"Fermé pour {kind} : ouvrez ailleurs.",)])
    with pytest.raises(Blocked) as refused:
        services.validate(action, actor=factories.officer())
    assert "Fermé pour" in refused.value.sentence
    assert factories.fresh(action).state == "verified"


def test_the_same_meeting_told_by_six_becomes_one(team, people, lead, action):
    """The first opened it; the others are asked, say that it is the same, and each adds a voice."""
    more = [
        factories.join(team, factories.nurse(first_name=name)).professional for name in ("Ana", "Bob", "Cid", "Dan")
    ]
    for person in (people[1], *more):
        user = factories.fresh(person.user)
        with pytest.raises(services.AlreadyDeclared) as asked:
            services.declare(actor=user, team=team, facts=chain.today_facts(team, [*people, *more]))
        services.join(asked.value.existing, actor=user)
        services.join(asked.value.existing, actor=user)
    assert Action.objects.count() == 1
    row = factories.fresh(action)
    assert row.presences.filter(state="confirmed").count() == 6 and row.state == "verified"


def test_somebody_who_was_no_member_that_day_cannot_join(action):
    stranger = factories.nurse(first_name="Zoé")
    with pytest.raises(Refused, match="n'étiez pas membre"):
        services.join(action, actor=factories.fresh(stranger.user))
    assert not action.presences.filter(professional=stranger).exists()


def test_undone_at_once_nobody_was_told(action, people, lead):
    assert Notice.objects.filter(recipient=people[1].user, kind="coordination.presence_expected").exists()
    row = services.undo(action, actor=lead)
    assert row.state == "cancelled" and not action.claim_lines.exists()
    assert not Notice.objects.filter(recipient=people[1].user, kind="coordination.presence_expected").exists()


def test_the_mail_waits_until_the_declaration_can_no_longer_be_undone(action):
    from django_tasks_db.models import DBTaskResult

    waiting = DBTaskResult.objects.filter(task_path__endswith="send_notice").order_by("-enqueued_at").first()
    assert waiting is not None
    assert waiting.run_after >= action.declared_at + timedelta(seconds=rules.UNDO_SECONDS)


def test_too_late_to_undo_and_the_sentence_says_what_is_left(action, lead):
    later = time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False)
    with later, pytest.raises(Blocked, match="corrigez la déclaration"):
        services.undo(action, actor=lead)
    assert factories.fresh(action).state == "declared"


def test_nothing_is_undone_once_somebody_answered(action, people, lead):
    second_voice(action, people)
    with pytest.raises(Blocked, match="déjà répondu"):
        services.undo(action, actor=lead)


def test_the_page_offers_to_undo_to_who_declared_and_for_ten_seconds(client, action, people, lead):
    address = reverse("coordination:action", args=[action.pk])
    undo = reverse("coordination:undo", args=[action.pk])
    client.force_login(factories.fresh(people[1].user))
    assert undo not in client.get(address).content.decode()
    client.force_login(lead)
    assert undo in client.get(address).content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=False):
        assert undo not in client.get(address).content.decode()
    assert client.get(undo).status_code == 302 and factories.fresh(action).state == "declared"
    assert client.post(undo).status_code == 302 and factories.fresh(action).state == "cancelled"
