"""What the bank answers executes runs, rejects and gives back: owed again at once, paid again once, to the cent."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from equipage.books.models import LedgerEntry, Posting
from equipage.compensation.awaited import arrived, awaited_by, totals_of
from equipage.compensation.models import ClaimLine
from equipage.compensation.services.yearly import paid_in
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.payments.das2 import executed_in
from equipage.payments.jobs import announce_payments
from equipage.payments.models import AssociationAccount, BankAnswer, PaymentReturn
from equipage.payments.sepa import total_of, version_of
from equipage.payments.services import runs
from equipage.payments.services.answers import AlreadyRead, drop, plan_of, record
from equipage.payments.services.returns import record_return, release
from tests import factories as people
from tests.compensation import factories
from tests.payments import bank_world as bank
from tests.payments.bank_world import reading
from tests.together import together

pytestmark = pytest.mark.django_db


def test_a_statement_that_shows_every_transfer_executes_the_run_on_its_day() -> None:
    run = bank.at_the_bank()
    answer, plan = bank.taken(bank.executed(bank.transfers(run)))
    run = people.fresh(run)
    assert (run.state, run.executed_on) == ("executed", bank.TODAY)
    assert plan.count("executed") == 2 and answer.state == "read"
    assert people.fresh(answer).state == "recorded"
    assert bank.states() == {"paid"}
    assert all(line.settled_by_id == line.payment_id for line in ClaimLine.objects.all())


def test_reading_changes_nothing_until_it_is_recorded() -> None:
    run = bank.at_the_bank()
    answer = reading(bank.executed(bank.transfers(run)))
    assert people.fresh(run).state == "approved"
    assert plan_of(answer).executes == {run.pk: bank.TODAY}
    drop(answer, actor=people.officer())
    assert people.fresh(run).state == "approved"
    reading(bank.executed(bank.transfers(run)))  # what was dropped may be read again


def test_a_run_executed_in_part_waits_for_the_rest() -> None:
    run = bank.at_the_bank()
    first, second = bank.transfers(run)
    _, plan = bank.taken(bank.executed([first]))
    assert (people.fresh(run).state, plan.waiting) == ("approved", {run.pk: 1})
    bank.taken(bank.executed([second]))
    assert people.fresh(run).state == "executed"


def test_a_rejected_transfer_never_left_and_stays_owed() -> None:
    run = bank.at_the_bank()
    gone, stayed = bank.transfers(run)
    bank.taken(bank.rejected(run, [gone]))
    assert bank.comeback(gone).kind == "rejected"
    assert bank.states(payment=gone) == {"returned"} and bank.states(payment=stayed) == {"locked"}
    bank.taken(bank.executed([stayed]))
    assert people.fresh(run).state == "executed"
    paid = Posting.objects.filter(entry__cause=f"run:{run.pk}:paid")
    assert list(paid.values_list("professional_id", "amount_cents")) == [(stayed.professional_id, 3750)]
    assert (bank.owed_by_the_books(gone.professional_id), bank.owed_by_the_books(stayed.professional_id)) == (3750, 0)
    announce_payments.func(run.pk)
    assert [row.recipient for row in Notice.objects.filter(kind="payments.paid")] == [stayed.professional.user]


def test_a_run_rejected_whole_is_over_without_a_cent_moved() -> None:
    run = bank.at_the_bank()
    bank.taken(bank.rejected(run, bank.transfers(run), "AM04"))
    assert people.fresh(run).state == "executed"
    assert not LedgerEntry.objects.filter(journal="BQ").exists()
    assert bank.states() == {"returned"}


def test_money_that_came_back_is_owed_again_in_the_books_and_to_the_person() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed(bank.transfers(run)))
    bank.taken(bank.came_back([back]))
    entry = LedgerEntry.objects.get(cause=f"return:{back.pk}")
    assert [(p.debit.code, p.credit.code, p.amount_cents) for p in entry.postings.all()] == [("512", "401", 3750)]
    assert (bank.owed_by_the_books(back.professional_id), bank.owed_by_the_books(stayed.professional_id)) == (3750, 0)
    assert [(line.state, line.paid_at) for line in ClaimLine.objects.filter(payment=back)] == [("returned", None)]
    totals = totals_of(back.professional, 2026)
    assert (totals.paid_cents, totals.coming_cents) == (0, 3750)
    assert not arrived(back.professional).exists()
    [told] = awaited_by(back.professional).came_back
    assert told.sentence == "37,50\u00a0€ revenus à l'association le 22 novembre 2026"
    assert told.theirs and "clos" in told.reason
    assert paid_in(people.organisation("association"), 2026) == {stayed.professional_id: 3750}


def test_the_person_is_told_what_to_do_once() -> None:
    run = bank.at_the_bank()
    back, _ = bank.transfers(run)
    bank.taken(bank.came_back(bank.transfers(run)))
    notice = Notice.objects.get(kind="payments.returned", recipient=back.professional.user)
    assert notice.urgent and notice.link == "/paiements/coordonnees/donner/"
    assert "Ce compte est clos" in notice.body


def test_a_death_is_told_to_nobody_and_waits_for_somebody() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back], "MD07"))
    assert not Notice.objects.filter(kind="payments.returned").exists()
    [told] = awaited_by(back.professional).came_back
    assert told.reason == "" and "décédé" not in told.next_step
    with pytest.raises(Refused, match="Rien n'est à payer"):
        factories.prepared()
    release(bank.comeback(back), actor=people.treasurer())
    assert factories.prepared().total_cents == 3750


def test_another_account_lets_the_next_run_pay_again_and_nothing_is_booked_twice() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back]))
    with pytest.raises(Refused, match="Rien n'est à payer"):
        factories.prepared()  # the account that failed is still the one in use
    account = bank.another_account(back)
    again: Any = factories.approved()
    [new] = bank.transfers(again)
    assert (new.amount_cents, new.bank_details_id, again.lines_count) == (3750, account.pk, 0)
    assert "1\u00a0virement refait" in new.label and len(new.label) <= 140
    assert bank.comeback(back).reissued_by == new
    assert factories.disagreements(again) == []
    assert total_of(bytes(again.bank_file or b"")) == 3750
    assert not LedgerEntry.objects.filter(cause=f"run:{again.pk}:owed").exists()
    paper: Any = new.statement
    assert paper.data["lines"][0]["amount"] == "37,50\u00a0€"
    assert "il est refait" in paper.data["lines"][0]["sentence"]
    runs.execute(again, actor=people.treasurer(), executed_on=bank.TODAY)
    line = ClaimLine.objects.get(payment=back)
    assert (line.state, line.settled_by) == ("paid", new)
    assert bank.owed_by_the_books(back.professional_id) == 0
    assert factories.disagreements(people.fresh(again)) == factories.disagreements(people.fresh(run)) == []
    assert [row.pk for row in arrived(back.professional)] == [new.pk]
    assert awaited_by(back.professional).came_back == []
    with pytest.raises(Refused, match="Rien n'est à payer"):
        factories.prepared()


def test_new_lines_and_what_came_back_go_in_one_transfer() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back]))
    bank.another_account(back)
    factories.validated(back.run.payments.get(pk=back.pk).lines.get().team, held_on=date(2026, 10, 20))
    again = factories.approved()
    assert sorted(again.payments.values_list("amount_cents", flat=True)) == [3750, 7500]
    owed = Posting.objects.filter(entry__cause=f"run:{again.pk}:owed").values_list("amount_cents", flat=True)
    assert sum(owed) == 7500 and again.total_cents == 11250
    assert factories.disagreements(again) == []


def test_a_cancelled_preparation_gives_the_return_back() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back]))
    bank.another_account(back)
    prepared = factories.prepared()
    runs.cancel(prepared, actor=people.officer(), reason="Une erreur.")
    assert bank.comeback(back).reissued_by is None
    assert factories.prepared().total_cents == 3750


def test_a_return_of_a_return_is_owed_again_whole() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back]))
    bank.another_account(back)
    again = factories.approved()
    [second] = bank.transfers(again)
    bank.taken(bank.executed([second]))
    bank.taken(bank.came_back([second], "AC06"))
    assert bank.states(payment=back) == {"returned"}
    assert bank.owed_by_the_books(back.professional_id) == 3750
    bank.another_account(back)
    third = bank.paid_again()
    [last] = bank.transfers(third)
    line = ClaimLine.objects.get(payment=back)
    assert (line.state, line.settled_by) == ("paid", last)
    assert bank.owed_by_the_books(back.professional_id) == 0
    assert factories.disagreements(people.fresh(third)) == []
    assert executed_in(people.organisation("association"), 2026).count() == 2


def test_a_return_known_before_the_execution_is_written_with_it() -> None:
    run = bank.at_the_bank()
    back, _ = bank.transfers(run)
    _, plan = bank.taken(bank.came_back([back]))
    assert plan.count("later") == 1 and not PaymentReturn.objects.exists()
    runs.execute(run, actor=people.officer(), executed_on=bank.TODAY)
    assert bank.comeback(back).kind == "returned"


def test_the_same_file_is_read_once_and_says_where() -> None:
    run = bank.at_the_bank()
    content = bank.executed(bank.transfers(run))
    answer, _ = bank.taken(content)
    with pytest.raises(AlreadyRead, match="déjà été lu le") as caught:
        reading(content)
    assert caught.value.answer == answer
    assert BankAnswer.objects.count() == 1


def test_another_file_that_says_the_same_writes_nothing_more() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.came_back([back, stayed]))
    entries = LedgerEntry.objects.count()
    _, plan = bank.taken(bank.came_back([back]) + b"\n")
    assert set(plan.fates.values()) == {"known"}
    assert (LedgerEntry.objects.count(), PaymentReturn.objects.count()) == (entries, 2)


def test_executed_then_rejected_is_a_contradiction_for_somebody_to_look_at() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    bank.taken(bank.executed([first]))
    _, plan = bank.taken(bank.rejected(run, [first]))
    assert list(plan.fates.values()) == ["contradicted"]
    assert not PaymentReturn.objects.exists()


def test_a_rejection_known_after_the_execution_gives_the_books_back() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    runs.execute(run, actor=people.officer(), executed_on=bank.TODAY)
    bank.taken(bank.rejected(run, [first]))
    assert bank.owed_by_the_books(first.professional_id) == 3750


def test_by_hand_a_return_is_written_once_and_on_a_possible_day() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    write = partial(record_return, first, actor=people.officer(), reason_code="AC04")
    with pytest.raises(Refused, match="n'est pas encore enregistrée"):
        write(kind="returned", on=bank.TODAY)
    runs.execute(run, actor=people.officer(), executed_on=bank.TODAY)
    with pytest.raises(Refused, match="dans le futur"):
        write(kind="returned", on=date(2026, 11, 23))
    with pytest.raises(Refused, match="trop tôt"):
        write(kind="returned", on=date(2026, 11, 21))
    write(kind="returned", on=bank.TODAY)
    with pytest.raises(Refused, match="déjà enregistré"):
        write(kind="returned", on=bank.TODAY)
    assert PaymentReturn.objects.count() == 1


def test_the_database_keeps_what_came_back() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back]))
    bank.another_account(back)
    factories.prepared()
    changes: list[dict[str, Any]] = [{"kind": "rejected"}, {"reissued_by": None}, {"reissued_by": stayed}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            PaymentReturn.objects.update(**change)
    for model in (PaymentReturn, BankAnswer):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all()._raw_delete("default")


@pytest.mark.parametrize("version", ["pain.001.001.09", "pain.001.001.03"])
def test_the_bank_file_is_in_the_version_that_the_bank_takes(version: str) -> None:
    factories.scale()
    factories.paying_account()
    AssociationAccount.objects.update(file_version=version)
    factories.validated(factories.paid_team())
    run: Any = factories.approved()
    assert version_of(bytes(run.bank_file)) == version
    assert factories.disagreements(run) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_people_who_record_at_once_write_once() -> None:
    run = bank.at_the_bank()
    answer = reading(bank.came_back(bank.transfers(run)))
    hands = [people.treasurer(), people.officer()]

    def attempt(hand: Any) -> str:
        try:
            record(answer, actor=hand)
        except Refused as refused:
            return refused.sentence
        return "fait"

    assert sorted(said == "fait" for said in together([partial(attempt, hand) for hand in hands])) == [False, True]
    assert PaymentReturn.objects.count() == 2
    assert LedgerEntry.objects.filter(journal="BQ").count() == 3
