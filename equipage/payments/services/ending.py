"""When a run at the bank is over: every transfer was said executed, or rejected. One rule for files and hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from equipage.foundation.french import paris_day
from equipage.payments.models import AnswerLine, BankAnswer, Payment, PaymentReturn, PaymentRun
from equipage.payments.services import runs
from equipage.payments.services.returns import lock_money, record_return

# What a bank says of a transfer that left the account.
DECIDED = ("executed", "returned")


@dataclass
class Said:
    """What is known of the transfers of a run at the bank, by their keys: with the day, executed or rejected.

    `kept` are those that were not rejected.
    """

    kept: set[int] = field(default_factory=set)
    executed: dict[int, date] = field(default_factory=dict)
    rejected: dict[int, date] = field(default_factory=dict)

    @property
    def waiting(self) -> set[int]:
        """The transfers without an answer."""
        return self.kept - self.executed.keys() - self.rejected.keys()

    @property
    def ends_on(self) -> date | None:
        """The day the run is over: the last execution, else the last rejection; None while a transfer waits."""
        return None if self.waiting else max(self.executed.values() or self.rejected.values(), default=None)


def said_of(run_ids: Iterable[int], *, but: BankAnswer | None = None) -> dict[int, Said]:
    """By run, what recorded answers said and what was rejected; without what one answer said. Three queries."""
    found = {run_id: Said() for run_id in run_ids}
    payments = Payment.objects.filter(run__in=list(found), comeback__isnull=True).order_by("pk")
    for run_id, payment_id in payments.values_list("run_id", "pk"):
        found[run_id].kept.add(payment_id)
    rejected = PaymentReturn.objects.filter(payment__run__in=list(found)).order_by("pk")
    for run_id, payment_id, on in rejected.values_list("payment__run_id", "payment_id", "happened_on"):
        found[run_id].rejected[payment_id] = on
    told = AnswerLine.objects.filter(
        payment__run__in=list(found), answer__state="recorded", outcome__in=DECIDED, payment__comeback__isnull=True
    ).exclude(answer=but)
    for line in told.select_related("answer", "payment").order_by("-outcome", "pk"):
        found[line.payment.run_id].executed[line.payment_id] = day_of(line, line.answer)
    return found


def day_of(line: AnswerLine, answer: BankAnswer) -> date:
    """The day an answer gives to what it says: of the statement, else of the message."""
    return line.booked_on or paris_day(answer.bank_created_at)


def end_if_over(run: PaymentRun, *, actor: Any) -> bool:
    """Execute an approved run of which no transfer waits for an answer; call it under the lock. Raises Refused."""
    fresh = PaymentRun.objects.get(pk=run.pk)
    on = said_of([run.pk])[run.pk].ends_on if fresh.state == "approved" else None
    if on is None:
        return False
    runs.execute(fresh, actor=actor, executed_on=on)
    return True


@transaction.atomic
def record_by_hand(payment: Payment, *, kind: str, on: date, actor: Any, **reason: str) -> tuple[PaymentReturn, bool]:
    """Write what somebody read of one transfer, and whether that ended its run. Raises Refused."""
    lock_money(payment.run.organisation_id)
    comeback = record_return(payment, kind=kind, on=on, actor=actor, **reason)
    return comeback, end_if_over(payment.run, actor=actor)


def is_last_awaited(payment: Payment) -> bool:
    """Would rejecting this transfer end its run?"""
    return payment.run.state == "approved" and said_of([payment.run_id])[payment.run_id].waiting == {payment.pk}
