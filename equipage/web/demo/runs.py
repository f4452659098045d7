"""The monthly runs of the demo: prepared, approved with file and books, executed; the last ones wait for somebody."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from equipage.agreements.models import Convention
from equipage.books.chart import accounts_by_role
from equipage.books.models import LedgerEntry, Posting
from equipage.books.roles import BANK, EXPENSE, PAYABLE
from equipage.compensation.models import ClaimLine
from equipage.compensation.services.month import content_hash
from equipage.compensation.services.statements import statement_draft
from equipage.compensation.states import LINE
from equipage.foundation.documents.services import issue_many
from equipage.foundation.french import counted
from equipage.foundation.periods import PARIS, Month, add_working_days
from equipage.payments.models import BankDetails, Payment, PaymentRun
from equipage.payments.services.runs import build_file
from equipage.payments.states import RUN
from equipage.web.demo.credits import commit_more
from equipage.web.demo.world import World

_CANCELLED = "Un compte venait de changer : la campagne est préparée à nouveau."
_LINE_CANCELLED = "Action comptée deux fois : la ligne est annulée avant tout paiement."


def make_runs(world: World, lines: list[ClaimLine]) -> None:
    """One run a month, on what was payable that day; then the state of the newest ones."""
    waiting = _cancel_one(world, [line for line in lines if line.amount_cents > 0])
    covered, accounts = _covers(), _accounts()
    month = Month.of(min((line.held_on for line in waiting), default=world.today))
    last = Month.of(world.today).previous
    while month <= last:
        prepared = _at(add_working_days(month.end, 4), 9)
        # The newest two have just been prepared: one waits for the bank, one for its approval.
        if month >= last.previous:
            prepared = _at(world.ago(2 if month == last else 6), 9)
        ready: list[ClaimLine] = []
        later: list[ClaimLine] = []
        for line in waiting:
            on_time = line.held_on < month.end and line.frozen_at is not None and line.frozen_at < prepared
            payable = on_time and _is_covered(covered, line) and _account(accounts, line, prepared) is not None
            (ready if payable else later).append(line)
        if ready:
            if month == last + -3:
                _cancelled_run(world, month, ready, accounts, prepared - timedelta(days=1))
            _run(world, month, ready, accounts, prepared, last)
            waiting = later
        month = month.next


def _cancel_one(world: World, lines: list[ClaimLine]) -> list[ClaimLine]:
    """One line that the association cancelled before paying it."""
    known = {id(line): line for line in lines[-40:]}
    line = next(iter(known.values()), None)
    if line is None:
        return lines
    ClaimLine.objects.filter(pk=line.pk).update(state="cancelled", cancel_reason=_LINE_CANCELLED)
    at = _at(world.ago(1), 20)
    officer = world.staff["officer"]
    stream = f"team:{line.team_id}"
    data = {"cancel_reason": _LINE_CANCELLED}
    world.journal.move(at, LINE, line, "cancel", officer, comment=_LINE_CANCELLED, stream=stream, **data)
    commit_more(line, -line.amount_cents, f"line:{line.pk}:cancelled", at)
    return [other for other in lines if other is not line]


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 10, tzinfo=PARIS)


def _covers() -> dict[tuple[int, int], list[tuple[date, date | None]]]:
    found: dict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
    rows = Convention.objects.filter(state__in=("active", "ended"), valid_from__isnull=False).order_by("id")
    for person, team, begin, end in rows.values_list("professional_id", "team_id", "valid_from", "valid_to"):
        found[person, team].append((begin or date.max, end))
    return found


def _is_covered(covered: dict[tuple[int, int], list[tuple[date, date | None]]], line: ClaimLine) -> bool:
    periods = covered.get((line.professional_id, line.team_id), [])
    return any(begin <= line.held_on and (end is None or line.held_on < end) for begin, end in periods)


def _accounts() -> dict[int, list[BankDetails]]:
    found: dict[int, list[BankDetails]] = defaultdict(list)
    for row in BankDetails.objects.filter(confirmed_at__isnull=False).order_by("id"):
        found[row.professional_id].append(row)
    return found


def _account(accounts: dict[int, list[BankDetails]], line: ClaimLine, at: datetime) -> BankDetails | None:
    """The account confirmed at that moment: the newest one."""
    known = [row for row in accounts.get(line.professional_id, []) if row.confirmed_at and row.confirmed_at < at]
    return known[-1] if known else None


def _new_run(world: World, month: Month, lines: list[ClaimLine], at: datetime) -> PaymentRun:
    rank = world.numbers.take(f"campagne:{world.association.pk}:{month.start:%Y-%m}")
    run = PaymentRun.objects.create(
        organisation=world.association,
        number=f"{month.start:%Y-%m}-{rank:02d}-{world.association.pk}",
        month=month.start,
        prepared_by=world.staff["officer"],
        prepared_at=at,
        payments_count=len({line.professional_id for line in lines}),
        lines_count=len(lines),
        total_cents=sum(line.amount_cents for line in lines),
        content_hash=content_hash(lines),
    )
    after = {
        "lines": run.lines_count,
        "payments": run.payments_count,
        "total_cents": run.total_cents,
        "hash": run.content_hash,
    }
    world.journal.note(at, "payments.payment_run.prepare", run, run.prepared_by, after=after)
    return run


def _payments(run: PaymentRun, month: Month, lines: list[ClaimLine], accounts: Any) -> dict[int, Payment]:
    by_person: dict[int, list[ClaimLine]] = defaultdict(list)
    for line in lines:
        by_person[line.professional_id].append(line)
    made = {}
    for rank, (person, rows) in enumerate(sorted(by_person.items()), start=1):
        reference = f"EQ-{run.number}-{rank:05d}"
        made[person] = Payment(
            run=run,
            professional=rows[0].professional,
            bank_details=_account(accounts, rows[0], run.prepared_at),
            amount_cents=sum(row.amount_cents for row in rows),
            end_to_end_id=reference,
            label=f"Coordination {month.label}, {counted(len(rows), 'action', 'actions')}, réf. {reference}",
        )
    Payment.objects.bulk_create(made.values(), batch_size=1000)
    return made


def _cancelled_run(world: World, month: Month, lines: list[ClaimLine], accounts: Any, at: datetime) -> None:
    """A preparation that was given up: its lines went to the next one."""
    run = _new_run(world, month, lines, at)
    _payments(run, month, lines, accounts)
    run.state, run.cancel_reason = "cancelled", _CANCELLED
    run.save()
    data = {"cancel_reason": _CANCELLED}
    later = at + timedelta(hours=3)
    world.journal.move(later, RUN, run, "cancel", world.staff["treasurer"], comment=_CANCELLED, **data)


def _run(world: World, month: Month, lines: list[ClaimLine], accounts: Any, at: datetime, last: Month) -> None:
    run = _new_run(world, month, lines, at)
    payments = _payments(run, month, lines, accounts)
    keys = [line.pk for line in lines]
    if month == last:
        return _give(run, keys, "locked", None)
    _approve(world, run, month, lines, payments)
    if month == last.previous:
        return _give(run, keys, "locked", None)
    _execute(world, run, payments)
    return _give(run, keys, "paid", run.executed_at)


def _give(run: PaymentRun, keys: list[int], state: str, paid_at: datetime | None) -> None:
    """Lines meet their transfer, in the set-based way of the verb."""
    payment = Payment.objects.filter(run=run, professional=OuterRef("professional")).values("pk")[:1]
    for start in range(0, len(keys), 5000):
        rows = ClaimLine.objects.filter(pk__in=keys[start : start + 5000], state="validated")
        settled = Subquery(payment) if state == "paid" else None
        rows.update(state=state, payment_id=Subquery(payment), paid_at=paid_at, settled_by_id=settled)


def _approve(world: World, run: PaymentRun, month: Month, lines: list[ClaimLine], payments: dict[int, Payment]) -> None:
    treasurer = world.staff["treasurer"]
    approved = run.prepared_at + timedelta(days=1)
    run.requested_on = add_working_days(approved.date(), 1)
    file = build_file(run, run.requested_on)
    run.state, run.approved_at, run.approved_by = "approved", approved, treasurer
    run.message_id, run.bank_file, run.bank_file_sha256 = file.message_id, file.content, file.sha256
    run.save()
    data: dict[str, Any] = {"requested_on": run.requested_on, "message_id": file.message_id}
    data["bank_file_sha256"] = file.sha256
    world.journal.move(approved, RUN, run, "approve", treasurer, **data)
    owed: dict[tuple[int, int, str], int] = defaultdict(int)
    by_person: dict[int, list[ClaimLine]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.held_on, line.pk)):
        owed[line.professional_id, line.team_id, line.fund.label if line.fund else ""] += line.amount_cents
        by_person[line.professional_id].append(line)
    label = f"Indemnités de coordination, {month.label}, campagne {run.number}"
    moves = [(EXPENSE, PAYABLE, cents, *whose) for whose, cents in sorted(owed.items())]
    _entry(world, run, "IND", approved, approved.date(), label, "owed", moves)
    drafts = [
        statement_draft(run, payment, by_person[person], dated=approved.date()) for person, payment in payments.items()
    ]
    for payment, document in zip(payments.values(), issue_many(drafts, actor=treasurer, at=approved), strict=True):
        payment.statement = document
    Payment.objects.bulk_update(payments.values(), ["statement"], batch_size=500)


def _execute(world: World, run: PaymentRun, payments: dict[int, Payment]) -> None:
    officer = world.staff["officer"]
    run.executed_on = run.requested_on
    run.state, run.executed_by = "executed", officer
    run.executed_at = _at(run.executed_on, 15) + timedelta(days=1)  # type: ignore[arg-type]
    run.save()
    world.journal.move(run.executed_at, RUN, run, "execute", officer, executed_on=run.executed_on)
    moves = [(PAYABLE, BANK, payment.amount_cents, person, None, "") for person, payment in payments.items()]
    label = f"Virements de la campagne {run.number}"
    _entry(world, run, "BQ", run.executed_at, run.executed_on, label, "paid", moves)  # type: ignore[arg-type]


def _entry(
    world: World, run: PaymentRun, journal: str, at: datetime, dated: date, label: str, cause: str, moves: list[Any]
) -> None:
    accounts = accounts_by_role(world.association)
    entry = LedgerEntry.objects.create(
        organisation=world.association,
        year=dated.year,
        number=world.numbers.take(f"ecriture:{world.association.pk}:{dated.year}"),
        journal=journal,
        dated=dated,
        label=label[:160],
        cause=f"run:{run.pk}:{cause}",
        piece=run.number,
        recorded_at=at,
        recorded_by=run.approved_by if journal == "IND" else run.executed_by,
    )
    Posting.objects.bulk_create(
        (
            Posting(
                entry=entry,
                debit=accounts[debit],
                credit=accounts[credit],
                amount_cents=cents,
                professional_id=person,
                team_id=team,
                funder=funder,
            )
            for debit, credit, cents, person, team, funder in moves
        ),
        batch_size=2000,
    )
