"""What a correction writes, to the cent: the rule, the envelope, the month, the statement, the books."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.compensation.models import ClaimLine
from equipage.compensation.services.adjustments import Right, adjust, compute, standing_cents
from equipage.compensation.services.claims import committed_cents
from equipage.coordination.services import accept_counter, ask_counter
from equipage.disputes.services import disputes
from equipage.foundation.refusals import Refused
from equipage.funding.models import Envelope
from equipage.payments.models import Payment
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories
from tests.disputes.cast import Cast, cast, minutes, pay

pytestmark = pytest.mark.django_db


def family(line: Any) -> list[int]:
    """The amounts of a line and of its adjustments that stand, in order."""
    rows = (ClaimLine.objects.filter(pk=line.pk) | ClaimLine.objects.filter(adjusts=line)).exclude(state="cancelled")
    return list(rows.order_by("pk").values_list("amount_cents", flat=True))


def test_more_is_paid_with_the_next_run_and_the_statement_shows_it() -> None:
    who = cast(paid=True)
    made = disputes.correct(who.opened(), actor=who.treasurer, words="90 min.", right=minutes(90))
    run = runs.approve(factories.prepared(), actor=people.treasurer())
    assert run.total_cents == 2500 and factories.disagreements(run) == []
    payment = Payment.objects.get(run=run)
    assert payment.statement is not None
    told = payment.statement.data["lines"]
    assert [line["amount"] for line in told] == ["25,00\u00a0€"]
    assert told[0]["label"].startswith("Correction, ") and "90 min" in told[0]["sentence"]
    assert people.fresh(made.adjustment).payment_id == payment.pk


def test_less_is_kept_back_on_the_next_transfer_and_the_books_agree() -> None:
    who = cast(paid=True)
    disputes.correct(who.opened(), actor=who.treasurer, words="30 min.", right=minutes(30))
    factories.validated(who.line.team, minutes=120, held_on=factories.DAY.replace(day=20))
    run = runs.approve(factories.prepared(), actor=people.treasurer())
    mine = Payment.objects.get(run=run, professional=who.line.professional)
    assert mine.amount_cents == 10000 - 2500 and factories.disagreements(run) == []


def test_before_the_lock_the_line_and_its_correction_are_paid_together() -> None:
    who = cast()
    disputes.correct(who.opened(), actor=who.treasurer, words="30 min.", right=minutes(30))
    run = pay()
    assert Payment.objects.get(run=run, professional=who.line.professional).amount_cents == 2500
    assert factories.disagreements(run) == []


def test_the_envelope_is_taken_from_and_its_cut_is_said() -> None:
    who = cast()
    Envelope.objects.filter(team=who.line.team).update(amount_cents=11000)
    dispute = who.opened()
    found = compute(who.line, minutes(120))
    assert (found.standing_cents, found.amount_cents, found.cut_cents, found.after_cents) == (5000, 1000, 4000, 6000)
    made = disputes.correct(dispute, actor=who.treasurer, words="2 h.", right=minutes(120)).adjustment
    assert made is not None and (made.amount_cents, made.cut_cents) == (1000, 4000)
    assert "40,00" in made.sentence and "enveloppe annuelle" in made.sentence
    assert committed_cents(who.line.team, 2026) == 11000


def test_less_frees_the_envelope_at_once() -> None:
    who = cast(paid=True)
    before = committed_cents(who.line.team, 2026)
    adjust(who.line, minutes(30), actor=who.treasurer, reason="30 min.")
    assert committed_cents(who.line.team, 2026) == before - 2500


def test_the_kind_that_has_no_rate_that_day_is_refused_beside_its_box() -> None:
    who = cast()
    facts = minutes(60).facts
    assert facts is not None
    wrong = Right(type(facts)("PPS", facts.held_on, 60, 0, 2))
    with pytest.raises(Refused, match="Aucun tarif") as refused:
        compute(who.line, wrong)
    assert refused.value.field == "kind"


def test_what_was_shown_is_what_is_written_or_nothing_is() -> None:
    who = cast()
    with pytest.raises(Refused, match="a changé pendant que vous lisiez"):
        adjust(who.line, minutes(90), actor=who.treasurer, reason="90.", expected_cents=2400)
    assert family(who.line) == [5000]


def test_a_line_that_was_reversed_is_not_corrected() -> None:
    who = cast()
    action = people.fresh(who.line.action)
    dispute = who.opened()
    asked = ask_counter(action, actor=action.declared_by, reason="Jamais eu lieu.", facts=None)
    accept_counter(asked, actor=people.officer())
    with pytest.raises(Refused, match="n'est plus due"):
        disputes.correct(dispute, actor=who.treasurer, words="90.", right=minutes(90))


def test_reversing_a_corrected_action_takes_back_all_that_stands() -> None:
    who = cast(paid=True)
    adjust(who.line, minutes(90), actor=who.treasurer, reason="90 min.")
    pay()
    adjust(who.line, minutes(80), actor=who.treasurer, reason="80 min.")
    action = people.fresh(who.line.action)
    asked = ask_counter(action, actor=action.declared_by, reason="Jamais eu lieu.", facts=None)
    accept_counter(asked, actor=people.officer())
    assert family(who.line) == [5000, 2500, -7500]
    assert standing_cents(who.line) == 0 == committed_cents(who.line.team, 2026)


def test_the_database_refuses_a_sum_below_nothing() -> None:
    who = cast()
    line = adjust(who.line, Right(delta_cents=-3000), actor=who.treasurer, reason="Trop.")
    line.pk = None
    with pytest.raises(IntegrityError, match="sous zéro"), transaction.atomic():
        line.save(force_insert=True)


def test_a_frozen_correction_no_longer_changes() -> None:
    who = cast()
    line = adjust(who.line, Right(delta_cents=-3000), actor=who.treasurer, reason="Trop.")
    with pytest.raises(IntegrityError, match="figée"), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).update(amount_cents=-1)
    with pytest.raises(IntegrityError, match="figée"), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).update(adjusts=None, amount_cents=0)


def test_nobody_with_a_hand_in_it_adjusts() -> None:
    who = cast()
    for actor in (who.payee, who.colleague, who.officer, people.treasurer(region_code="53")):
        with pytest.raises(Refused, match=r"une autre personne|par l'association qui le verse"):
            adjust(who.line, minutes(90), actor=actor, reason="90.")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(1, 300), st.booleans()), min_size=1, max_size=4),
    envelope=st.integers(10_000, 60_000),
)
def test_line_and_corrections_come_to_what_the_rule_says(steps: list[tuple[int, bool]], envelope: int) -> None:
    """Whatever the corrections and the runs between them: the price of the last facts, or what the envelope leaves."""
    with transaction.atomic():
        who = cast()
        Envelope.objects.filter(team=who.line.team).update(amount_cents=envelope)
        for count, paid in steps:
            before = standing_cents(who.line)
            price = (5000 * count * 2 + 60) // 120
            left = envelope - committed_cents(who.line.team, 2026)
            if price == before:
                with pytest.raises(Refused, match="rien à corriger"):
                    adjust(who.line, minutes(count), actor=who.treasurer, reason="Juste.")
            else:
                adjust(who.line, minutes(count), actor=who.treasurer, reason="Juste.")
                assert standing_cents(who.line) == (price if price < before else min(price, before + left))
            assert standing_cents(who.line) >= 0 and committed_cents(who.line.team, 2026) <= envelope
            if paid:
                _pay_what_is_due()
        sent = Payment.objects.aggregate(total=Sum("amount_cents"))["total"] or 0
        standing = ClaimLine.objects.exclude(state="cancelled").aggregate(total=Sum("amount_cents"))["total"] or 0
        waiting = ClaimLine.objects.filter(state="validated").aggregate(total=Sum("amount_cents"))["total"] or 0
        assert sent == standing - waiting
        transaction.set_rollback(True)


def _pay_what_is_due() -> None:
    try:
        run = pay()
    except Refused:
        return
    assert factories.disagreements(run) == []


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_never_take_back_more_than_what_stands() -> None:
    who = cast()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def take() -> None:
        start.wait()
        try:
            adjust(who.line, Right(delta_cents=-3000), actor=who.treasurer, reason="Trop.")
            outcomes.append("written")
        except Refused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused", "written"], (outcomes, connection.vendor)
    assert family(who.line) == [5000, -3000]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_give_one_answer_and_one_counter_entry() -> None:
    who = cast()
    dispute = who.opened()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def answer(actor: Any) -> None:
        start.wait()
        try:
            disputes.correct(dispute, actor=actor, words="90 min.", right=minutes(90))
            outcomes.append("written")
        except Refused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=(actor,)) for actor in (who.treasurer, who.admin)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused", "written"]
    assert family(who.line) == [5000, 2500]


def test_a_cast_has_a_payee_who_did_not_declare() -> None:
    """The other tests rest on it."""
    who: Cast = cast()
    assert who.line.action.declared_by_id != who.payee.pk
