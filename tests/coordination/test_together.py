"""Several people at the same moment, and walks in any order."""

from __future__ import annotations

import contextlib
import uuid
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.compensation.models import Scale
from equipage.coordination import services
from equipage.coordination.models import Action, Presence
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from tests import chain, factories
from tests.together import together


def ready():
    """An action with both voices, and the people around it."""
    if not Scale.objects.filter(state="in_force").exists():
        chain.adopted_scale()
    team = chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))
    people = [m.professional for m in team.memberships.order_by("id").select_related("professional__user")]
    return team, people, factories.lead_of(team)


def voiced(team, people, lead):
    action = services.declare(actor=lead, team=team, facts=chain.today_facts(team, people))
    for presence in action.presences.filter(state="expected").order_by("id"):
        services.confirm_presence(presence, actor=factories.fresh(presence.professional.user))
    return action


def tried(call):
    """The result, or the sentence of the refusal."""
    try:
        return call()
    except Refused as refused:
        return refused.sentence


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_officers_validate_at_once_and_one_is_told():
    action = voiced(*ready())
    officers = [factories.officer(), factories.officer()]
    results = together([partial(tried, partial(services.validate, action, actor=one)) for one in officers])
    won = [result for result in results if isinstance(result, Action)]
    assert len(won) == 1 and [
        result for result in results if isinstance(result, str) and "n'est plus possible" in result
    ]
    assert factories.fresh(action).claim_lines.count() == 2 and audit.verify() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_validates_while_the_other_returns():
    action = voiced(*ready())
    one, other = factories.officer(), factories.officer()
    results = together(
        [
            partial(tried, partial(services.validate, action, actor=one)),
            partial(tried, partial(services.return_to_team, action, actor=other, reason="La durée ?")),
        ]
    )
    assert sorted(isinstance(result, str) for result in results) == [False, True]
    assert factories.fresh(action).state in ("validated", "returned")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_identical_declarations_make_one_action():
    team, people, lead = ready()
    key, facts = uuid.uuid4(), chain.today_facts(team, people)
    send = partial(services.declare, actor=lead, team=team, facts=facts, client_key=key)
    results = together([send] * 10)
    assert len({action.pk for action in results}) == 1 and Action.objects.count() == 1
    assert (
        Presence.objects.count() == 2
        and people[1].user.notices.filter(kind="coordination.presence_expected").count() == 1
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_members_declare_the_same_meeting_and_the_second_is_asked():
    team, people, lead = ready()
    facts, other = chain.today_facts(team, people), factories.fresh(people[1].user)
    calls = [partial(tried, partial(services.declare, actor=who, team=team, facts=facts)) for who in (lead, other)]
    results = together(calls)
    assert sorted(isinstance(result, str) for result in results) == [False, True] and Action.objects.count() == 1


MOVES = ("confirm", "deny", "validate", "return", "correct", "again", "cancel")


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(st.sampled_from(MOVES), min_size=1, max_size=7))
def test_no_walk_leads_to_an_illegal_row(moves):
    """Whatever is tried in whatever order, each row satisfies its constraints, and a final state stays."""
    team, people, lead = ready()
    officer = factories.officer()
    action = services.declare(actor=lead, team=team, facts=chain.today_facts(team, people))
    final = None
    for move in moves:
        with contextlib.suppress(Refused):
            play(move, factories.fresh(action), people, lead, officer, team)
        row = factories.fresh(action)
        row.full_clean()
        for presence in row.presences.order_by("id"):
            presence.full_clean()
        assert final is None or row.state == final
        final = row.state if row.state in ("validated", "cancelled") else None
        if row.state == "validated":
            assert row.presences.filter(state="confirmed").count() >= 2 and row.validated_by == officer


def play(move, action, people, lead, officer, team):
    other = factories.fresh(people[1].user)
    presence = action.presences.get(professional=people[1])
    match move:
        case "confirm":
            services.confirm_presence(presence, actor=other)
        case "deny":
            services.deny_presence(presence, actor=other)
        case "validate":
            services.validate(action, actor=officer)
        case "return":
            services.return_to_team(action, actor=officer, reason="À revoir.")
        case "correct":
            services.correct(action, actor=lead, facts=chain.today_facts(team, people, minutes=50))
        case "again":
            services.declare_again(action, actor=lead)
        case "cancel":
            services.cancel(action, actor=lead, reason="Erreur.")
