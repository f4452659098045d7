"""What the bank of the demo answered: one transfer rejected, one that came back, one file to look at, one dropped."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from equipage.books.chart import accounts_by_role
from equipage.books.models import LedgerEntry, Posting
from equipage.books.roles import BANK, PAYABLE
from equipage.compensation.models import ClaimLine
from equipage.disputes.models import Dispute
from equipage.foundation.french import paris_day
from equipage.payments.models import AnswerLine, BankAnswer, Payment, PaymentReturn, PaymentRun
from equipage.payments.states import ANSWER
from equipage.web.demo.world import World


def make_returns(world: World) -> None:
    """The newest executed run gave one transfer back; the bank rejected one of the run it is executing."""
    runs = PaymentRun.objects.filter(organisation=world.association).defer("bank_file")
    executed = runs.filter(state="executed").order_by("-month", "-pk").first()
    approved = runs.filter(state="approved").order_by("-month", "-pk").first()
    if executed is None or approved is None or executed.executed_at is None or approved.approved_at is None:
        return
    known: set[int] = set()
    for run, kind, code, at in (
        (executed, "returned", "AC04", executed.executed_at + timedelta(days=2)),
        (approved, "rejected", "AC03", approved.approved_at + timedelta(hours=20)),
    ):
        payment = _plain(run, known)
        if payment is not None:
            known.add(payment.professional_id)
            _comes_back(world, payment, kind, code, at)
    seen = approved.approved_at + timedelta(days=2)
    rest = approved.payments.filter(comeback__isnull=True).order_by("pk")[:3]
    _answer(world, "camt.053", "read", seen, [(row, "executed", "") for row in rest])
    _answer(world, "camt.054", "dropped", seen + timedelta(hours=1), [])


def _plain(run: PaymentRun, known: set[int]) -> Payment | None:
    """A transfer whose lines nobody disputes, of a person without a role in the tour of the demo."""
    disputed = Dispute.objects.order_by().values("line__professional")
    rows = run.payments.filter(professional__user__isnull=False).exclude(professional__in=known)
    quiet = rows.filter(professional__user__persona="").exclude(professional__in=disputed)
    return (quiet.exclude(Q(lines__adjusts__isnull=False) | Q(lines__amount_cents__lte=0))).order_by("-pk").first()


def _comes_back(world: World, payment: Payment, kind: str, code: str, at: datetime) -> None:
    officer = world.staff["officer"]
    message = "camt.054" if kind == "returned" else "pain.002"
    answer = _answer(world, message, "recorded", at, [(payment, kind, code)])
    comeback = PaymentReturn.objects.create(
        payment=payment,
        kind=kind,
        happened_on=paris_day(at),
        reason_code=code,
        answer=answer,
        recorded_by=officer,
        recorded_at=at,
    )
    after = {"payment": payment.pk, "kind": kind, "on": comeback.happened_on.isoformat(), "reason": code}
    world.journal.note(at, "payments.payment_return.record", comeback, officer, after=after)
    ClaimLine.objects.filter(payment=payment).update(state="returned", paid_at=None, settled_by=None)
    if kind == "returned":
        _book(world, payment, at)


def _book(world: World, payment: Payment, at: datetime) -> None:
    accounts, dated = accounts_by_role(world.association), paris_day(at)
    entry = LedgerEntry.objects.create(
        organisation=world.association,
        year=dated.year,
        number=world.numbers.take(f"ecriture:{world.association.pk}:{dated.year}"),
        journal="BQ",
        dated=dated,
        label=f"Virement revenu, {payment.end_to_end_id}",
        cause=f"return:{payment.pk}",
        piece=payment.end_to_end_id,
        recorded_at=at,
        recorded_by=world.staff["officer"],
    )
    Posting.objects.create(
        entry=entry,
        debit=accounts[BANK],
        credit=accounts[PAYABLE],
        amount_cents=payment.amount_cents,
        professional_id=payment.professional_id,
    )


def _answer(world: World, kind: str, state: str, at: datetime, said: list[tuple[Payment, str, str]]) -> BankAnswer:
    officer: Any = world.staff["officer"]
    name = f"{kind}-{at:%Y%m%d-%H%M}.xml"
    decided = {"decided_by": officer, "decided_at": at + timedelta(minutes=5)} if state != "read" else {}
    answer = BankAnswer.objects.create(
        organisation=world.association,
        state=state,
        kind=kind,
        sha256=hashlib.sha256(f"fictif {name}".encode()).hexdigest(),
        file_name=name,
        message_id=f"FICTIF-{at:%Y%m%d%H%M}",
        bank_created_at=at - timedelta(hours=2),
        received_by=officer,
        received_at=at,
        others=4 if kind != "pain.002" else 0,
        **decided,
    )
    AnswerLine.objects.bulk_create(
        AnswerLine(answer=answer, payment=payment, outcome=outcome, booked_on=paris_day(at), reason_code=code)
        for payment, outcome, code in said
    )
    after = {"sha256": answer.sha256, "kind": kind, "lines": len(said), "others": answer.others}
    world.journal.note(at, "payments.bank_answer.read", answer, officer, after=after)
    if state != "read":
        name = {"recorded": "record", "dropped": "drop"}[state]
        world.journal.move(at + timedelta(minutes=5), ANSWER, answer, name, officer)
    return answer
