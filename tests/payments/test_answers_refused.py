"""What is not for us in a file of the bank: another account, strangers, doubts, what no bank wrote, who may not."""

from __future__ import annotations

import pytest

from equipage.foundation.refusals import Refused
from equipage.payments.answers.model import AnswerRefused
from equipage.payments.models import AssociationAccount, BankAnswer, Payment
from equipage.payments.services.answers import record
from equipage.payments.services.returns import record_return
from tests import factories as people
from tests.compensation import factories
from tests.payments import bank_world as bank
from tests.payments.bank_world import reading

pytestmark = pytest.mark.django_db


def test_the_statement_of_another_account_is_refused() -> None:
    run = bank.at_the_bank()
    with pytest.raises(AnswerRefused, match="celui d’un autre compte"):
        reading(bank.executed(bank.transfers(run), account=factories.iban(999)))
    assert not BankAnswer.objects.exists()


def test_a_run_paid_from_the_account_before_is_still_answered() -> None:
    run = bank.at_the_bank()
    AssociationAccount.objects.update(iban=factories.iban(998))
    bank.taken(bank.executed(bank.transfers(run)))
    assert people.fresh(run).state == "executed"


def test_an_unknown_transfer_is_counted_and_decides_nothing() -> None:
    run = bank.at_the_bank()
    strangers = [Payment(end_to_end_id="EQ-inconnu", amount_cents=100), Payment(end_to_end_id="LOYER", amount_cents=9)]
    answer = reading(bank.executed(strangers))
    assert (answer.others, answer.lines.count()) == (2, 0)
    record(answer, actor=people.treasurer())
    assert people.fresh(run).state == "approved"


def test_a_run_that_is_not_approved_is_not_ours_yet() -> None:
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    answer = reading(bank.executed(bank.transfers(factories.prepared())))
    assert (answer.others, answer.lines.count()) == (2, 0)


def test_another_amount_is_a_doubt_and_decides_nothing() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    first.amount_cents += 1
    answer = reading(bank.executed([first]))
    assert len(answer.doubts) == 1 and "37,51" in answer.doubts[0]
    record(answer, actor=people.treasurer())
    assert people.fresh(run).state == "approved"


def test_a_booking_before_the_approval_is_refused_whole() -> None:
    run = bank.at_the_bank()
    answer = reading(bank.executed(bank.transfers(run)).replace(b"2026-11-22", b"2026-11-20"))
    with pytest.raises(Refused, match="antérieure à l'approbation"):
        record(answer, actor=people.treasurer())
    assert (people.fresh(answer).state, people.fresh(run).state) == ("read", "approved")


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a>" + b" " * 20_971_520]
)
def test_a_file_that_no_bank_wrote_is_refused_and_leaves_nothing(content: bytes) -> None:
    bank.at_the_bank()
    with pytest.raises(AnswerRefused):
        reading(content)
    assert not BankAnswer.objects.exists()


def test_the_words_of_the_bank_are_kept_with_their_accents() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    said = ("Compte clôturé à la demande du client, « Société d'exercice Lœuillet » " * 3)[:140]
    bank.taken(bank.rejected(run, [first], "AC04", said))
    assert bank.comeback(first).reason_text == said.strip()


@pytest.mark.parametrize("who", ["admin", "professional", "other"])
def test_nobody_else_takes_an_answer(who: str) -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    actor = {
        "admin": people.association_admin,
        "professional": lambda: first.professional.user,
        "other": lambda: people.officer(region_code="53"),
    }[who]()
    with pytest.raises(Refused, match="Les réponses de la banque"):
        reading(bank.executed([first]), by=actor)
    with pytest.raises(Refused, match="Les réponses de la banque"):
        record_return(first, kind="rejected", on=bank.TODAY, actor=actor)
