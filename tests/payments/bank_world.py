"""A run at the bank and the answers of its bank, made in one line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from equipage.books.models import Posting
from equipage.compensation.models import ClaimLine
from equipage.payments.models import BankAnswer, BankDetails, Payment, PaymentReturn
from equipage.payments.services import runs
from equipage.payments.services.answers import read_answer, take
from tests import factories as people
from tests.compensation import factories
from tests.payments.bank_samples import Said, entries_of, statement, status_report

TODAY = date(2026, 11, 22)
OUR_IBAN = factories.iban(1)


def at_the_bank() -> Any:
    """A scale, an account, a team of two: 75 € in two transfers, approved."""
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    return factories.approved()


def booked(text: bytes) -> bytes:
    """The same file, booked on the day that tests live in."""
    return text.replace(b"2026-11-04", b"2026-11-22")


def executed(payments: Sequence[Payment], **options: Any) -> bytes:
    """A statement that shows these transfers debited."""
    said = [Said(row.end_to_end_id, row.amount_cents) for row in payments]
    return booked(statement(entries_of(said), account=options.get("account", OUR_IBAN)))


def came_back(payments: Sequence[Payment], reason: str = "AC04") -> bytes:
    """A statement that shows these transfers debited, then credited again."""
    said = [Said(row.end_to_end_id, row.amount_cents, reason=reason, returned=True) for row in payments]
    return booked(statement(entries_of(said), account=OUR_IBAN))


def rejected(run: Any, payments: Sequence[Payment], reason: str = "AC04", text: str = "") -> bytes:
    """A report that rejects these transfers of a run."""
    said = [Said(row.end_to_end_id, row.amount_cents, "RJCT", reason, text) for row in payments]
    return booked(status_report(run.message_id, said, group="PART", block="PART"))


def taken(content: bytes, *, by: Any = None) -> Any:
    """Read and recorded by the treasurer."""
    association = people.organisation("association")
    return take(organisation=association, content=content, file_name="reponse.xml", actor=by or people.treasurer())


def reading(content: bytes, *, by: Any = None) -> BankAnswer:
    """Read, not recorded."""
    association = people.organisation("association")
    return read_answer(organisation=association, content=content, file_name="r.xml", actor=by or people.officer())


def transfers(run: Any) -> list[Payment]:
    """The transfers of a run, in order."""
    return list(Payment.objects.filter(run=run).select_related("run", "professional").order_by("pk"))


def another_account(payment: Payment) -> BankDetails:
    """The person gives another account, confirmed."""
    BankDetails.objects.filter(professional=payment.professional_id, state="confirmed").update(state="replaced")
    return factories.bank(payment.professional)


def paid_again() -> Any:
    """The next run, approved and executed today."""
    return runs.execute(factories.approved(), actor=people.treasurer(), executed_on=TODAY)


def owed_by_the_books(professional_id: int) -> int:
    """The balance of the payable account of a person, in cents."""
    rows = Posting.objects.filter(professional_id=professional_id)
    credit = sum(rows.filter(credit__code="401").values_list("amount_cents", flat=True))
    return int(credit - sum(rows.filter(debit__code="401").values_list("amount_cents", flat=True)))


def states(**filters: Any) -> set[str]:
    """The states of the lines."""
    return set(ClaimLine.objects.filter(**filters).values_list("state", flat=True))


def comeback(payment: Payment) -> PaymentReturn:
    """What became of a transfer that did not stay."""
    return PaymentReturn.objects.get(payment=payment)
