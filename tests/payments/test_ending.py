"""A run is over once every transfer has an answer, whoever gives the last one: a file, or a hand; on the same day."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.books.models import LedgerEntry
from equipage.foundation.refusals import Refused
from equipage.payments.models import PaymentReturn
from equipage.payments.services.ending import end_if_over, is_last_awaited, record_by_hand
from equipage.payments.services.returns import record_return
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.payments import bank_world as bank

pytestmark = pytest.mark.django_db


def by_hand(payment: Any, **more: Any) -> bool:
    """Rejected by the officer, and whether the run is over."""
    said = {"kind": "rejected", "on": bank.TODAY, "actor": people.officer(), "reason_code": "AC04", **more}
    return record_by_hand(payment, **said)[1]


def test_the_last_rejection_by_hand_ends_a_run_rejected_whole() -> None:
    run = bank.at_the_bank()
    first, second = bank.transfers(run)
    assert (by_hand(first), people.fresh(run).state) == (False, "approved")
    assert is_last_awaited(second) and not is_last_awaited(people.fresh(first))
    assert by_hand(second)
    over = people.fresh(run)
    assert (over.state, over.executed_on, bank.states()) == ("executed", bank.TODAY, {"returned"})
    assert not LedgerEntry.objects.filter(journal="BQ").exists()
    _, plan = bank.taken(bank.rejected(run, [first, second]))
    assert set(plan.fates.values()) == {"known"} and not plan.executes


def test_the_last_rejection_by_hand_pays_what_the_bank_said_executed() -> None:
    run = bank.at_the_bank()
    paid, gone = bank.transfers(run)
    bank.taken(bank.executed([paid]))
    assert people.fresh(run).state == "approved"
    assert by_hand(gone)
    assert (people.fresh(run).state, bank.states(payment=paid), bank.states(payment=gone)) == (
        "executed",
        {"paid"},
        {"returned"},
    )
    assert (bank.owed_by_the_books(paid.professional_id), bank.owed_by_the_books(gone.professional_id)) == (0, 3750)


def test_what_came_back_meanwhile_is_written_when_a_hand_ends_the_run() -> None:
    run = bank.at_the_bank()
    back, gone = bank.transfers(run)
    bank.taken(bank.came_back([back]))
    assert people.fresh(run).state == "approved"
    assert by_hand(gone)
    assert {row.payment_id: row.kind for row in PaymentReturn.objects.all()} == {
        back.pk: "returned",
        gone.pk: "rejected",
    }
    assert {bank.owed_by_the_books(row.professional_id) for row in (back, gone)} == {3750}


def test_a_run_left_open_by_older_rejections_is_over_once_the_bank_says_one_again() -> None:
    run = bank.at_the_bank()
    for payment in bank.transfers(run):
        record_return(payment, kind="rejected", on=bank.TODAY, actor=people.officer(), reason_code="AC04")
    _, plan = bank.taken(bank.rejected(run, bank.transfers(run)[:1]))
    assert list(plan.fates.values()) == ["known"] and plan.executes == {run.pk: bank.TODAY}
    assert people.fresh(run).state == "executed"


def test_a_run_that_still_waits_or_is_over_is_not_ended() -> None:
    run = bank.at_the_bank()
    assert not end_if_over(run, actor=people.officer())
    bank.taken(bank.executed(bank.transfers(run)))
    assert not end_if_over(run, actor=people.officer())
    back, _ = bank.transfers(run)
    assert not by_hand(back, kind="returned")


def test_the_page_says_before_and_after_that_it_was_the_last() -> None:
    run = bank.at_the_bank()
    first, second = bank.transfers(run)
    client = signed_in(people.officer())
    address = reverse("payments:record_return", args=[first.pk])
    assert "dernier virement sans réponse" not in text_of(client.get(address))
    one = client.post(address, {"on": "2026-11-22", "reason_code": "AC04"}, follow=True)
    assert "la campagne est terminée" not in text_of(one)
    address = reverse("payments:record_return", args=[second.pk])
    assert "dernier virement sans réponse" in text_of(client.get(address))
    two = client.post(address, {"on": "2026-11-22", "reason_code": "AC04"}, follow=True)
    assert "la campagne est terminée" in text_of(two)


def one_after_the_other(answers: list[tuple[str, str]]) -> tuple[str, Any, set[tuple[str, int]]]:
    """A run of two, answered: its state, its day, and by line its state with what the books owe to the person."""
    run = bank.at_the_bank()
    for payment, (outcome, means) in zip(bank.transfers(run), answers, strict=True):
        if outcome == "executed":
            bank.taken(bank.executed([payment]))
        elif means == "file":
            bank.taken(bank.rejected(run, [payment]))
        else:
            by_hand(payment)
    over = people.fresh(run)
    left = {(row.lines.get().state, bank.owed_by_the_books(row.professional_id)) for row in bank.transfers(run)}
    return over.state, over.executed_on, left


OUTCOMES = st.sampled_from(["executed", "rejected"])
MEANS = st.sampled_from(["file", "hand"])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(said=st.tuples(st.tuples(OUTCOMES, MEANS), st.tuples(OUTCOMES, MEANS)))
def test_whoever_says_it_the_run_ends_the_same(said: Any) -> None:
    with transaction.atomic():
        found = one_after_the_other(list(said))
        transaction.set_rollback(True)
    left = {("paid", 0) if outcome == "executed" else ("returned", 3750) for outcome, _ in said}
    assert found == ("executed", bank.TODAY, left)


def test_whoever_may_not_answer_ends_nothing() -> None:
    run = bank.at_the_bank()
    first, second = bank.transfers(run)
    by_hand(first)
    with pytest.raises(Refused, match="Les réponses de la banque"):
        by_hand(second, actor=people.association_admin())
    assert people.fresh(run).state == "approved" and factories.disagreements(people.fresh(run)) == []
