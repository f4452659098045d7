"""Cents are committed once, within what there is, whoever comes at the same moment."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.compensation.models import ClaimLine
from equipage.compensation.services.claims import committed_cents
from equipage.coordination.services import accept_counter, ask_counter, validate
from equipage.foundation.refusals import Refused
from equipage.funding.models import Commitment, Envelope, Fund
from equipage.funding.services.envelopes import commit, envelope_of, plan_year
from tests import factories as people
from tests.compensation import factories as money
from tests.funding import factories
from tests.together import together

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 14)


def test_what_is_committed_is_on_the_envelope_the_credit_and_the_list() -> None:
    row, fund = factories.envelope(people.recognised_team(), 1000), factories.fund(600)
    commit(envelope=row, fund=fund, cents=400, dated=DAY, cause="essai:1")
    commit(envelope=row, fund=fund, cents=400, dated=DAY, cause="essai:1")
    commit(envelope=row, fund=fund, cents=-150, dated=DAY, cause="essai:2")
    assert (row.committed_cents, fund.committed_cents) == (250, 250)
    assert sum(Commitment.objects.values_list("amount_cents", flat=True)) == 250


@pytest.mark.parametrize(("envelope", "fund", "said"), [(399, 1000, "l'enveloppe"), (1000, 399, "le crédit")])
def test_more_than_there_is_writes_nothing(envelope: int, fund: int, said: str) -> None:
    row, credit = factories.envelope(people.recognised_team(), envelope), factories.fund(fund)
    with pytest.raises(Refused, match=said):
        commit(envelope=row, fund=credit, cents=400, dated=DAY, cause="essai:1")
    assert Envelope.objects.get().committed_cents == Fund.objects.get().committed_cents == 0
    assert not Commitment.objects.exists()


def test_more_cannot_be_given_back_than_was_taken() -> None:
    row = factories.envelope(people.recognised_team(), 1000)
    commit(envelope=row, fund=None, cents=100, dated=DAY, cause="essai:1")
    with pytest.raises(Refused):
        commit(envelope=row, fund=None, cents=-101, dated=DAY, cause="essai:2")


@pytest.mark.parametrize("model", [Envelope, Fund])
def test_the_database_itself_refuses_to_exceed_or_to_go_below_zero(model: Any) -> None:
    factories.envelope(people.recognised_team(), 1000)
    factories.fund(1000)
    for cents in (1001, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(committed_cents=cents)
    with pytest.raises(IntegrityError), transaction.atomic():
        Envelope.objects.update(amount_cents=1_000_001)


def test_a_commitment_is_never_changed_nor_taken_away() -> None:
    row = factories.envelope(people.recognised_team(), 1000)
    factories.spent(row, 100, on=DAY)
    for sql in ("UPDATE funding_commitment SET amount_cents = 1", "DELETE FROM funding_commitment"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_validating_commits_and_the_line_names_its_credit() -> None:
    money.scale()
    fund = factories.fund(label="FIR")
    team = money.recognised_team()
    action = money.validated(team)
    lines = ClaimLine.objects.filter(action=action)
    total = sum(line.amount_cents for line in lines)
    assert {line.fund_id for line in lines} == {fund.pk}
    assert Envelope.objects.get().committed_cents == people.fresh(fund).committed_cents == total > 0


def test_at_the_end_of_a_credit_the_people_of_one_action_share_what_is_left() -> None:
    money.scale()
    factories.fund(5001, label="FIR")
    action = money.validated(money.recognised_team())
    lines = list(ClaimLine.objects.filter(action=action).order_by("pk"))
    assert sum(line.amount_cents for line in lines) == 5001
    assert all(line.amount_cents + line.cut_cents == 3750 for line in lines)
    assert all("le crédit du financeur arrive à sa fin" in line.sentence for line in lines)


def test_an_exhausted_credit_makes_the_action_wait_instead_of_paying_nothing() -> None:
    money.scale()
    fund = factories.fund(0)
    action = money.action(money.recognised_team())
    with pytest.raises(Refused, match="épuisés"):
        validate(action, actor=people.officer())
    assert people.fresh(action).state != "validated" and ClaimLine.objects.filter(state="estimated").count() == 2
    Fund.objects.filter(pk=fund.pk).update(amount_cents=100_000)
    validate(people.fresh(action), actor=people.officer())
    assert people.fresh(fund).committed_cents == 7500


def test_no_credit_that_may_pay_is_said_before_anything_is_validated() -> None:
    money.scale()
    factories.fund(kinds=["PREVENTION"])
    with pytest.raises(Refused, match="fléchages"):
        money.validated(money.recognised_team())
    assert not Commitment.objects.exists()


def test_without_any_credit_only_the_envelope_limits() -> None:
    money.scale()
    money.validated(money.recognised_team())
    assert Commitment.objects.get().fund is None


def test_what_is_reversed_serves_again() -> None:
    money.scale()
    fund = factories.fund()
    team = money.recognised_team()
    action = money.validated(team)
    asked = ask_counter(people.fresh(action), actor=action.declared_by, reason="Elle n'a pas eu lieu.", facts=None)
    accept_counter(asked, actor=people.officer())
    assert people.fresh(fund).committed_cents == Envelope.objects.get().committed_cents == 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    envelope=st.integers(0, 40_000),
    given_cents=st.lists(st.integers(0, 30_000), min_size=1, max_size=3),
    minutes=st.lists(st.integers(15, 180), min_size=1, max_size=6),
)
def test_whatever_comes_rows_lines_and_commitments_agree(
    envelope: int, given_cents: list[int], minutes: list[int]
) -> None:
    with transaction.atomic():
        money.scale()
        funds = [factories.fund(cents) for cents in given_cents]
        team = money.recognised_team()
        factories.envelope(team, envelope)
        for one in minutes:
            try:
                money.validated(team, minutes=one)
            except Refused:
                continue
        committed = committed_cents(team, 2026)
        assert Envelope.objects.get(team=team).committed_cents == committed <= envelope
        assert sum(people.fresh(fund).committed_cents for fund in funds) == committed
        assert sum(Commitment.objects.values_list("amount_cents", flat=True)) == committed
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_validations_at_the_end_of_a_credit_never_exceed_it() -> None:
    """Two teams, one credit: the envelope of each is free, the credit is not."""
    money.scale()
    fund = factories.fund(10_000)
    actions = [money.action(money.recognised_team(), minutes=60) for _ in range(2)]
    officer = people.officer()

    def one(action: Any) -> str:
        try:
            validate(action, actor=officer)
        except Refused as refused:
            return refused.sentence
        return "validated"

    told = together([partial(one, action) for action in actions])
    assert people.fresh(fund).committed_cents == 10_000
    assert sum(ClaimLine.objects.filter(state="validated").values_list("amount_cents", flat=True)) == 10_000
    assert told == ["validated"] * 2 or any("épuisés" in said for said in told)


def test_a_plan_moves_the_envelopes_that_follow_it_and_no_other() -> None:
    association = people.organisation("association")
    first, second, third = (people.recognised_team(name) for name in ("Une", "Deux", "Trois"))
    for team in (first, second, third):
        envelope_of(team, DAY)
    Envelope.objects.filter(team=second).update(amount_cents=700_000)
    commit(envelope=Envelope.objects.get(team=third), fund=None, cents=900_000, dated=DAY, cause="essai:1")
    plan_year(actor=people.treasurer(), organisation=association, year=2026, team_cents=800_000)
    found = dict(Envelope.objects.values_list("team_id", "amount_cents"))
    assert found == {first.pk: 800_000, second.pk: 700_000, third.pk: 900_000}
    plan_year(actor=people.treasurer(), organisation=association, year=2026, team_cents=2_000_000)
    assert Envelope.objects.get(team=first).amount_cents == 1_000_000
    newest = people.recognised_team("Quatre")
    assert envelope_of(newest, DAY).amount_cents == 1_000_000


def test_only_the_treasury_and_the_administration_plan() -> None:
    association = people.organisation("association")
    for wrong in (people.officer(), people.treasurer(region_code="53")):
        with pytest.raises(Refused, match="trésorerie"):
            plan_year(actor=wrong, organisation=association, year=2026, team_cents=1)
    with pytest.raises(Refused, match="négative"):
        plan_year(actor=people.treasurer(), organisation=association, year=2026, team_cents=-1)
