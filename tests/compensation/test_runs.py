"""The monthly run: prepared by one, approved by another, executed by the bank; the same total seen from everywhere."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, transaction
from lxml import etree

from equipage.books.models import LedgerEntry, Posting
from equipage.books.services import reverse_entry
from equipage.compensation import run_effects
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.compensation.services import statements
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from equipage.payments.jobs import announce_payments
from equipage.payments.models import BankDetails, Payment, PaymentRun
from equipage.payments.run_page import checks_of, comparison_of
from equipage.payments.sepa import NAMESPACE, schema_problem, total_of
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories
from tests.together import together

pytestmark = pytest.mark.django_db


def ready() -> PaymentRun:
    """A scale, an account, a team of two who may be paid, one validated action: 75 € to prepare."""
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    return factories.prepared()


def test_a_prepared_run_locks_its_lines_into_one_payment_a_person() -> None:
    factories.scale()
    team = factories.paid_team()
    factories.validated(team)
    factories.validated(team, held_on=date(2026, 10, 21), minutes=60)
    run = factories.prepared()
    assert (run.total_cents, run.payments_count, run.lines_count) == (17_500, 2, 4)
    assert sorted(run.payments.values_list("amount_cents", flat=True)) == [8750, 8750]
    assert set(ClaimLine.objects.values_list("state", flat=True)) == {"locked"}
    link = AuditEntry.objects.get(action="payments.payment_run.prepare")
    assert link.after == {"lines": 4, "payments": 2, "total_cents": 17_500, "hash": run.content_hash}


def test_nothing_to_pay_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refused, match="Rien n'est à payer pour octobre 2026"):
        factories.prepared()


def test_a_month_that_did_not_begin_is_refused() -> None:
    with pytest.raises(Refused, match="Décembre 2026 n'a pas commencé"):
        factories.prepared(month=Month(2026, 12))


def test_only_the_officer_prepares() -> None:
    factories.scale()
    factories.validated(factories.paid_team())
    with pytest.raises(Refused, match="chargée ou le chargé de mission"):
        factories.prepared(by=people.treasurer())


def test_an_action_after_the_month_waits_for_the_next_run() -> None:
    factories.scale()
    team = factories.paid_team()
    factories.validated(team)
    later = factories.validated(team, held_on=date(2026, 11, 3))
    factories.prepared()
    assert {line.state for line in later.claim_lines.all()} == {"validated"}


def test_each_missing_condition_is_said_with_who_must_act() -> None:
    factories.scale()
    team = factories.recognised_team()
    first, second = factories.people_of(team)
    factories.bank(first)
    factories.convention(team, second)
    factories.validated(team)
    found = preview(people.organisation("association"), factories.OCTOBER)
    said = {line.professional_id: (line.remarks, line.waits_for) for line in found.not_ready.lines}
    assert said[first.pk] == (["La convention n'est pas en vigueur au jour de l'action."], "member")
    assert said[second.pk] == (["Les coordonnées bancaires ne sont pas confirmées."], "member")
    assert (found.clear.count, found.to_look_at.count, found.payable_cents) == (0, 0, 0)


def test_a_convention_that_begins_after_the_action_does_not_cover_it() -> None:
    factories.scale()
    team = factories.recognised_team()
    for person in factories.people_of(team):
        factories.bank(person)
        factories.convention(team, person, since=date(2026, 10, 15))
    factories.validated(team)
    with pytest.raises(Refused, match="Rien n'est à payer"):
        factories.prepared()


def test_a_first_payment_and_a_shared_account_are_to_be_looked_at() -> None:
    factories.scale()
    factories.paying_account()
    team = factories.recognised_team()
    for person in factories.people_of(team):
        factories.convention(team, person)
        factories.bank(person, number=77)
    factories.validated(team)
    found = preview(people.organisation("association"), factories.OCTOBER)
    assert found.to_look_at.lines[0].remarks == [
        "Premier versement sur ce compte.",
        "Ce compte est aussi celui d'une autre personne.",
    ]
    runs.execute(factories.approved(), actor=people.treasurer(), executed_on=date(2026, 11, 22))
    factories.validated(team, held_on=date(2026, 10, 20))
    again = preview(people.organisation("association"), factories.OCTOBER)
    assert again.to_look_at.lines[0].remarks == ["Ce compte est aussi celui d'une autre personne."]


def test_who_prepared_does_not_approve_even_as_a_treasurer() -> None:
    both = people.treasurer(person=people.officer())
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    run = factories.prepared(by=both)
    with pytest.raises(Blocked, match="Vous avez préparé cette campagne"):
        runs.approve(run, actor=both)
    assert people.fresh(run).state == "prepared"


def test_an_officer_does_not_approve() -> None:
    run = ready()
    with pytest.raises(Blocked, match="revient à"):
        runs.approve(run, actor=people.officer())


def test_without_the_account_of_the_association_nothing_is_approved() -> None:
    factories.scale()
    factories.validated(factories.paid_team())
    with pytest.raises(Refused, match="Le compte de l'association n'est pas encore donné"):
        factories.approved()


def test_a_treasurer_paid_alone_does_not_approve_their_own_payment() -> None:
    factories.scale()
    factories.paying_account()
    team = factories.recognised_team()
    alone = factories.people_of(team)[0]
    factories.convention(team, alone)
    factories.bank(alone)
    factories.validated(team)
    run = factories.prepared()
    with pytest.raises(Blocked, match="Vous êtes la seule personne payée"):
        runs.approve(run, actor=people.treasurer(person=alone.user))


def test_the_same_total_is_read_on_lines_payments_file_and_books() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    lines = sum(ClaimLine.objects.values_list("amount_cents", flat=True))
    payments = sum(Payment.objects.values_list("amount_cents", flat=True))
    books = sum(
        Posting.objects.filter(entry__piece=run.number, entry__journal="IND").values_list("amount_cents", flat=True)
    )
    assert lines == payments == books == total_of(bytes(run.bank_file)) == run.total_cents == 7500
    assert {row["tone"] for row in checks_of(run)} == {"ok"}


def test_the_bank_file_is_valid_and_says_what_a_bank_reads() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    content = bytes(run.bank_file)
    assert schema_problem(content) == ""
    assert hashlib.sha256(content).hexdigest() == run.bank_file_sha256
    root = etree.fromstring(content)
    text = lambda name: [found.text for found in root.iter(f"{{{NAMESPACE}}}{name}")]  # noqa: E731
    assert text("CtrlSum") == ["75.00", "75.00"] and text("NbOfTxs") == ["2", "2"]
    assert text("InstdAmt") == ["37.50", "37.50"]
    assert text("Dt") == ["2026-11-23"] == [run.requested_on.isoformat()]
    assert text("MsgId") == [run.message_id]
    assert set(text("EndToEndId")) == set(Payment.objects.values_list("end_to_end_id", flat=True))


def test_the_same_run_gives_the_same_bytes() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    assert runs.build_file(people.fresh(run), run.requested_on).content == bytes(run.bank_file)


def test_no_account_number_is_in_the_journal_the_notices_or_the_statements() -> None:
    """The number in clear leaves in the bank file only; the journal keeps the hash of that file."""
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    run = runs.execute(run, actor=people.treasurer(), executed_on=date(2026, 11, 22))
    announce_payments.func(run.pk)
    told = [str(row) for row in AuditEntry.objects.values_list("before", "after", "context", "comment")]
    told += [str(row) for row in Notice.objects.values_list("subject", "body")]
    told += [str(payment.statement.data) for payment in run.payments.select_related("statement")]
    numbers = [payment.bank_details.iban for payment in run.payments.select_related("bank_details")]
    assert len(numbers) == 2 and all(number.encode() in bytes(run.bank_file) for number in numbers)
    assert not [number for number in numbers for said in told if number in said or number[4:14] in said]
    link = AuditEntry.objects.get(action="payments.payment_run.approve")
    assert run.bank_file_sha256 in link.after["bank_file"] and len(str(link.after)) < 2000


def test_each_payee_has_a_statement_with_every_line() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    for payment in run.payments.select_related("statement"):
        assert [line["amount"] for line in payment.statement.data["lines"]] == ["37,50\u00a0€"]
        assert payment.statement.data["total"] == "37,50\u00a0€"
        assert payment.statement.fictitious is True
        assert pdf_of(payment.statement).startswith(b"%PDF")


def test_statements_issued_one_payee_at_a_time_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of thousands of teams is more than one query may name: statements are written some payees at a time."""
    monkeypatch.setattr(statements, "_PAYEES", 1)
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    payments = list(run.payments.select_related("statement", "professional"))
    assert [payment.statement.data["reference"] for payment in payments] == [row.end_to_end_id for row in payments]
    assert [payment.statement.data["payee"] for payment in payments] == [
        payment.professional.formal_name for payment in payments
    ]
    assert [len(payment.statement.data["lines"]) for payment in payments] == [1, 1]


def test_execution_pays_the_lines_writes_the_bank_and_tells_each_person() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    runs.execute(run, actor=people.officer(), executed_on=date(2026, 11, 22))
    assert set(ClaimLine.objects.values_list("state", flat=True)) == {"paid"}
    bank = LedgerEntry.objects.get(journal="BQ")
    assert {(p.debit.code, p.credit.code) for p in bank.postings.all()} == {("401", "512")}
    assert sum(bank.postings.values_list("amount_cents", flat=True)) == 7500
    announce_payments.func(run.pk)
    announce_payments.func(run.pk)
    told = Notice.objects.filter(kind="payments.paid")
    assert {notice.subject for notice in told} == {"37,50 € versés"}
    assert told.count() == 2


def test_an_execution_before_the_approval_or_in_the_future_is_refused() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    with pytest.raises(Refused, match="antérieure à l'approbation"):
        runs.execute(run, actor=people.officer(), executed_on=date(2026, 11, 21))
    with pytest.raises(Refused, match="dans le futur"):
        runs.execute(run, actor=people.officer(), executed_on=date(2026, 11, 23))


def test_a_cancelled_preparation_gives_the_lines_back() -> None:
    run = ready()
    runs.cancel(run, actor=people.officer(), reason="Une ligne est à revoir.")
    assert [(line.state, line.payment_id) for line in ClaimLine.objects.all()] == [("validated", None)] * 2
    assert factories.prepared().total_cents == run.total_cents


def test_an_approved_run_is_not_cancelled() -> None:
    ready()
    run: Any = runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    with pytest.raises(Blocked, match="n'est plus possible"):
        runs.cancel(run, actor=people.officer(), reason="Trop tard.")


def test_a_double_click_approves_once() -> None:
    run = ready()
    treasurer = people.treasurer()
    first = runs.approve(run, actor=treasurer)
    second = runs.approve(run, actor=treasurer)
    assert first.pk == second.pk
    assert LedgerEntry.objects.filter(journal="IND").count() == 1


def test_what_fails_during_the_approval_leaves_nothing_behind() -> None:
    run = ready()
    with (
        mock.patch.object(run_effects, "issue_statements", side_effect=RuntimeError("coupure")),
        pytest.raises(RuntimeError, match="coupure"),
    ):
        runs.approve(run, actor=people.treasurer())
    assert people.fresh(run).state == "prepared"
    assert not LedgerEntry.objects.exists()
    assert runs.approve(run, actor=people.treasurer()).state == "approved"


@pytest.mark.parametrize("table", [LedgerEntry, Posting])
def test_the_database_refuses_to_change_or_delete_the_books(table: Any) -> None:
    ready()
    runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    change = {"label": "Autre"} if table is LedgerEntry else {"amount_cents": 1}
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        table.objects.update(**change)
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        table.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (Payment, {"amount_cents": 1}, "ne se change pas"),
        (PaymentRun, {"bank_file": b"autre"}, "ne change plus"),
        (PaymentRun, {"total_cents": 1}, "ne change plus"),
    ],
)
def test_the_database_refuses_to_change_what_was_approved(model: Any, change: dict[str, object], said: str) -> None:
    ready()
    runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        model.objects.update(**change)


def test_a_mistake_is_corrected_by_a_reversing_entry_once() -> None:
    ready()
    runs.approve(PaymentRun.objects.get(), actor=people.treasurer())
    entry = LedgerEntry.objects.get()
    author = people.treasurer()
    mirror = reverse_entry(entry, dated=date(2026, 11, 22), reason="Erreur.", actor=author)
    assert reverse_entry(entry, dated=date(2026, 11, 22), reason="Erreur.", actor=author) == mirror
    assert {(p.debit.code, p.credit.code) for p in mirror.postings.all()} == {("401", "6226")}
    assert [row.number for row in LedgerEntry.objects.order_by("number")] == [1, 2]


def test_a_new_account_after_the_preparation_does_not_change_where_the_money_goes() -> None:
    run = ready()
    payment = run.payments.all()[0]
    BankDetails.objects.filter(pk=payment.bank_details_id).update(state="replaced")
    factories.bank(payment.professional)
    file = runs.build_file(run, date(2026, 11, 23))
    assert payment.bank_details.iban.encode() in file.content


def test_the_comparison_says_how_a_run_differs_from_the_one_before() -> None:
    first = ready()
    assert comparison_of(first).startswith("C'est la première campagne")
    runs.approve(first, actor=people.treasurer())
    factories.validated(factories.paid_team(), minutes=60)
    second = factories.prepared()
    assert comparison_of(second) == (
        f"25,00\u00a0€ de plus que la campagne {first.number} (octobre 2026), avec autant de virements."
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_preparations_at_the_same_moment_pay_each_line_once() -> None:
    factories.scale()
    factories.validated(factories.paid_team())
    officers = [people.officer(), people.officer()]
    factories.decided(by=officers[0])

    def attempt(officer) -> str:
        try:
            return factories.prepared(by=officer, looked_at=False).number
        except Refused as refused:
            return refused.sentence

    answers = together([partial(attempt, officer) for officer in officers])
    assert PaymentRun.objects.count() == 1
    assert sum(answer.startswith("Rien n'est à payer") for answer in answers) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_the_same_moment_write_the_books_once() -> None:
    run = ready()
    treasurers = [people.treasurer(), people.treasurer()]

    def attempt(treasurer) -> str:
        try:
            return runs.approve(run, actor=treasurer).state
        except Blocked as blocked:
            return blocked.sentence

    answers = together([partial(attempt, treasurer) for treasurer in treasurers])
    assert sorted(answer == "approved" for answer in answers) == [False, True]
    assert LedgerEntry.objects.count() == 1
    assert Payment.objects.filter(statement__isnull=False).count() == 2
