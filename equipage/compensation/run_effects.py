"""What follows from each move of a payment run, inside its transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, Sum
from django.utils import timezone

from equipage.books.roles import EXPENSE, PAYABLE
from equipage.books.services import Move, record_entry
from equipage.books.states import FISCAL_YEAR
from equipage.compensation.jobs import issue_statements_of
from equipage.compensation.models import ClaimLine, YearStatement
from equipage.compensation.services.statements import issue_statements
from equipage.foundation.periods import Month, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Happened
from equipage.payments.jobs import seal_statements
from equipage.payments.models import PaymentRun
from equipage.payments.news import when_returned
from equipage.payments.selectors.returns import paid_again_by
from equipage.payments.states import RUN


@RUN.effect("approve")
def write_books_and_statements(happened: Happened) -> None:
    """What is owed enters the books, and each payee gets a statement."""
    run: PaymentRun = happened.obj
    moves = _owed(run)
    if moves:  # a run may only pay again what came back: that is owed already
        record_entry(
            organisation=run.organisation,
            journal="IND",
            dated=today(),
            label=f"Indemnités de coordination, {Month.of(run.month).label}, campagne {run.number}",
            cause=f"run:{run.pk}:owed",
            moves=moves,
            actor=happened.actor,
            piece=run.number,
        )
    issue_statements(run, actor=happened.actor)
    seal_statements.enqueue(run.pk)


def _owed(run: PaymentRun) -> list[Move]:
    rows = (
        ClaimLine.objects.filter(payment__run=run)
        .order_by()
        .values("professional_id", "team_id", "fund__label")
        .annotate(total=Sum("amount_cents"))
        .order_by("professional_id", "team_id", "fund_id")
    )
    return [
        # More taken back than owed for one team: the same two accounts, the other way round.
        Move(EXPENSE, PAYABLE, row["total"], row["professional_id"], row["team_id"], row["fund__label"] or "")
        if row["total"] > 0
        else Move(PAYABLE, EXPENSE, -row["total"], row["professional_id"], row["team_id"], row["fund__label"] or "")
        for row in rows
        if row["total"]
    ]


@FISCAL_YEAR.effect("close")
def issue_what_is_due(happened: Happened) -> None:
    """A closed year knows all its transfers: statements that January did not issue, or not whole, are."""
    issue_statements_of.enqueue(happened.obj.organisation_id, happened.obj.year)


@RUN.effect("execute")
def pay_lines(happened: Happened) -> None:
    """The bank has paid: so are the lines, and those whose first transfer came back. Not those of what it rejected."""
    run: PaymentRun = happened.obj
    now = timezone.now()
    own = ClaimLine.objects.filter(payment__run=run)
    rejected = own.filter(state="returned", payment__comeback__isnull=False).count()
    paid = own.filter(state="locked").update(state="paid", paid_at=now, settled_by=F("payment"))
    _moved(run, paid + rejected)
    stayed = set(run.payments.filter(comeback__isnull=True, reissues__isnull=False).values_list("pk", flat=True))
    for old, new in sorted(paid_again_by(stayed).items()):
        ClaimLine.objects.filter(payment=old, state="returned").update(state="paid", paid_at=now, settled_by=new)


@RUN.effect("cancel")
def give_lines_back(happened: Happened) -> None:
    run: PaymentRun = happened.obj
    _moved(run, ClaimLine.objects.filter(payment__run=run, state="locked").update(state="validated", payment=None))


@when_returned
def take_lines_back(comeback: Any, actor: Any) -> None:
    """What a transfer paid, or would have, is owed again; the yearly statements of a year that is over follow."""
    payment = comeback.payment
    lines = ClaimLine.objects.filter(Q(payment=payment, state="locked") | Q(settled_by=payment, state="paid"))
    lines.update(state="returned", paid_at=None, settled_by=None)
    run = payment.run
    if run.executed_on and YearStatement.objects.filter(
        organisation=run.organisation_id, year=run.executed_on.year, professional=payment.professional_id
    ):
        issue_statements_of.enqueue(run.organisation_id, run.executed_on.year)


def _moved(run: Any, count: int) -> None:
    """Every line of the run moved, or nothing did."""
    if count != run.lines_count:
        raise Refused(
            f"La campagne {run.number} devait déplacer {run.lines_count} lignes, {count} l'ont été : rien n'est écrit."
        )
