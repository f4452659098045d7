"""What follows from each move of a payment run, inside its transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.utils import timezone

from equipage.compensation.jobs import announce_payments, seal_statements
from equipage.compensation.models import ClaimLine, PaymentRun
from equipage.compensation.services.ledger import BANK, EXPENSE, PAYABLE, Move, record_entry
from equipage.compensation.services.statements import issue_statements
from equipage.compensation.states import RUN
from equipage.foundation.periods import Month, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Happened


@RUN.effect("approve")
def write_books_and_statements(happened: Happened) -> None:
    """What is owed enters the books, and each payee gets a statement."""
    run: PaymentRun = happened.obj
    record_entry(
        organisation=run.organisation,
        journal="IND",
        dated=today(),
        label=f"Indemnités de coordination, {Month.of(run.month).label}, campagne {run.number}",
        cause=f"run:{run.pk}:owed",
        moves=_owed(run),
        actor=happened.actor,
        run=run,
    )
    issue_statements(run, actor=happened.actor)
    seal_statements.enqueue(run.pk)


def _owed(run: PaymentRun) -> list[Move]:
    rows = (
        ClaimLine.objects.filter(payment__run=run)
        .order_by()
        .values("professional_id", "team_id")
        .annotate(total=Sum("amount_cents"))
        .order_by("professional_id", "team_id")
    )
    return [
        # More taken back than owed for one team: the same two accounts, the other way round.
        Move(EXPENSE, PAYABLE, row["total"], row["professional_id"], row["team_id"])
        if row["total"] > 0
        else Move(PAYABLE, EXPENSE, -row["total"], row["professional_id"], row["team_id"])
        for row in rows
        if row["total"]
    ]


@RUN.effect("execute")
def pay_lines(happened: Happened) -> None:
    """The bank has paid: the books say so, the lines are paid, and each person is told."""
    run: PaymentRun = happened.obj
    record_entry(
        organisation=run.organisation,
        journal="BQ",
        dated=run.executed_on or today(),
        label=f"Virements de la campagne {run.number}",
        cause=f"run:{run.pk}:paid",
        moves=[
            Move(PAYABLE, BANK, payment.amount_cents, payment.professional_id)
            for payment in run.payments.order_by("id")
        ],
        actor=happened.actor,
        run=run,
    )
    _moved(run, ClaimLine.objects.filter(payment__run=run, state="locked").update(state="paid", paid_at=timezone.now()))
    announce_payments.enqueue(run.pk)


@RUN.effect("cancel")
def give_lines_back(happened: Happened) -> None:
    run: PaymentRun = happened.obj
    _moved(run, ClaimLine.objects.filter(payment__run=run, state="locked").update(state="validated", payment=None))


def _moved(run: Any, count: int) -> None:
    """Every line of the run moved, or nothing did."""
    if count != run.lines_count:
        raise Refused(
            f"La campagne {run.number} devait déplacer {run.lines_count} lignes, {count} l'ont été : rien n'est écrit."
        )
