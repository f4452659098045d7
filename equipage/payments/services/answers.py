"""Answers of the bank (réponses de la banque): read into what concerns us, shown, then recorded, all or nothing.

read_answer → BankAnswer "read", with one line a transfer it speaks of (nothing else changed)
plan_of     → what recording it would write, line by line
record      → rejections, executions, returns; `drop` gives it up
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import moment
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run as move
from equipage.payments.answers.matching import Matched, Sent, match, strangers, words_of
from equipage.payments.answers.model import Answer, AnswerRefused, Item
from equipage.payments.answers.reading import read
from equipage.payments.models import AnswerLine, AssociationAccount, BankAnswer, Payment, PaymentReturn, PaymentRun
from equipage.payments.selectors.returns import comeback_of
from equipage.payments.sepa import debtor_of
from equipage.payments.services import runs
from equipage.payments.services.ending import DECIDED, Said, day_of, said_of
from equipage.payments.services.returns import catch_up, lock_money, record_return
from equipage.payments.states import ANSWER

_OURS = "EQ-"  # how every reference and every message of ours begins
_KEYS = 5000


class AlreadyRead(Refused):
    """The same file was read before; `answer` is where."""

    def __init__(self, answer: BankAnswer) -> None:
        super().__init__(
            f"Ce fichier a déjà été lu le {moment(answer.received_at)} : rien n'est écrit deux fois.", field="file"
        )
        self.answer = answer


@transaction.atomic
def read_answer(*, organisation: Any, content: bytes, file_name: str, actor: Any) -> BankAnswer:
    """Read a file of the bank and keep what it says of our transfers; nothing else changes. Raises Refused."""
    decision = can(actor, "payments.take_answer", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    lock_money(organisation.pk)
    answer = read(content)
    known = BankAnswer.objects.filter(organisation=organisation, sha256=answer.sha256).exclude(state="dropped").first()
    if known is not None:
        raise AlreadyRead(known)
    payments = _payments_of(organisation, answer)
    _check_account(organisation, answer, payments)
    sent = [
        Sent(row.run.message_id, row.end_to_end_id, row.amount_cents, comeback_of(row) is not None) for row in payments
    ]
    matched = match(answer, sent)
    row = BankAnswer.objects.create(
        organisation=organisation,
        kind=answer.kind,
        sha256=answer.sha256,
        file_name=file_name.strip()[-120:] or "sans nom",
        message_id=answer.message_id[:140],
        bank_created_at=answer.created_at,
        received_by=actor,
        received_at=timezone.now(),
        others=strangers(answer, sent),
        doubts=list(matched.problems),
    )
    _write_lines(row, matched, payments)
    audit.record(
        action="payments.bank_answer.read",
        obj=row,
        actor=actor,
        after={"sha256": row.sha256, "kind": row.kind, "lines": len(matched.items), "others": row.others},
    )
    return row


def _payments_of(organisation: Any, answer: Answer) -> list[Payment]:
    """The transfers of every approved or executed run of which the answer names a transfer, or the message."""
    references = sorted({item.end_to_end_id for item in answer.items if item.end_to_end_id.startswith(_OURS)})
    words = {item.message_id for item in answer.items}.union(*(words_of(batch) for batch in answer.batches))
    messages = sorted(word for word in words if word.startswith(_OURS))
    known = PaymentRun.objects.filter(organisation=organisation, state__in=("approved", "executed"))
    keys: set[int] = set()
    for part in _parts(references):
        keys.update(known.filter(payments__end_to_end_id__in=part).order_by().values_list("pk", flat=True))
    for part in _parts(messages):
        keys.update(known.filter(message_id__in=part).order_by().values_list("pk", flat=True))
    rows = Payment.objects.filter(run__in=sorted(keys)).select_related("run", "comeback")
    return list(rows.defer("run__bank_file").order_by("run_id", "pk"))


def _parts(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + _KEYS] for start in range(0, len(values), _KEYS))


def _check_account(organisation: Any, answer: Answer, payments: list[Payment]) -> None:
    """A statement is that of our account: the one in use, or one from which a run it speaks of was paid."""
    if not answer.accounts:
        return
    own = set(AssociationAccount.objects.filter(organisation=organisation).order_by("pk")[:1])
    ours = {account.iban for account in own}
    files = PaymentRun.objects.filter(pk__in={row.run_id for row in payments}, bank_file__isnull=False)
    ours |= {debtor_of(bytes(content or b"")) for content in files.order_by("pk").values_list("bank_file", flat=True)}
    if not ours & set(answer.accounts):
        shown = ", ".join(f"…{number[-4:]}" for number in answer.accounts[:3])
        raise AnswerRefused(
            f"Ce relevé est celui d'un autre compte ({shown}) que celui d'où l'association paie : choisissez le sien. "
            "Si elle a changé de compte, son administration donne d'abord le nouveau."
        )


def _write_lines(row: BankAnswer, matched: Matched, payments: list[Payment]) -> None:
    by_reference = {payment.end_to_end_id: payment for payment in payments}
    firsts: dict[tuple[str, str], Item] = {}
    for item in matched.items:
        firsts.setdefault((item.end_to_end_id, item.outcome), item)
    AnswerLine.objects.bulk_create(
        (
            AnswerLine(
                answer=row,
                payment=by_reference[item.end_to_end_id],
                outcome=item.outcome,
                booked_on=item.booked_on,
                reason_code=item.reason_code[:35],
                reason_text=item.reason_text[:500],
                bank_reference=item.bank_reference[:140],
            )
            for item in firsts.values()
        ),
        batch_size=1000,
    )


@dataclass
class Plan:
    """What recording an answer writes: fates by line key, runs it completes with their day, runs that still wait.

    A fate is "rejected", "executed", "returned", "later" (it came back, the execution is not recorded yet), "known",
    "contradicted" (executed said once, rejected now: somebody looks) or "undecided".
    """

    fates: dict[int, str] = field(default_factory=dict)
    executes: dict[int, date] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)

    def count(self, fate: str) -> int:
        """How many lines have this fate."""
        return sum(1 for found in self.fates.values() if found == fate)


def plan_of(answer: BankAnswer) -> Plan:
    """Decide line by line, from what the rows say now; a bounded number of queries."""
    lines = list(
        answer.lines.select_related("payment__run", "payment__comeback").defer("payment__run__bank_file").order_by("pk")
    )
    by_run: dict[int, list[AnswerLine]] = defaultdict(list)
    for line in lines:
        by_run[line.payment.run_id].append(line)
    said = said_of(list(by_run), but=answer)
    plan = Plan()
    for run_id, rows in by_run.items():
        if rows[0].payment.run.state == "approved":
            _plan_approved(plan, answer, rows, said[run_id])
        else:
            plan.fates |= {line.pk: _fate_after(line) for line in rows}
    return plan


def _fate_after(line: AnswerLine) -> str:
    """The fate of a line whose run is already executed."""
    if line.outcome in ("rejected", "returned"):
        return "known" if comeback_of(line.payment) else line.outcome
    return "known" if line.outcome == "executed" else "undecided"


def _plan_approved(plan: Plan, answer: BankAnswer, lines: list[AnswerLine], said: Said) -> None:
    """The lines of a run that waits for the bank; what they say is added to what was said before."""
    told = set(said.executed)
    left_account = {line.payment_id for line in lines if line.outcome in DECIDED} | told
    for line in lines:
        key = line.payment_id
        if comeback_of(line.payment):
            plan.fates[line.pk] = "known"
        elif line.outcome == "executed":
            plan.fates[line.pk] = "known" if key in told else "executed"
            said.executed[key] = day_of(line, answer)
        elif line.outcome == "rejected":
            plan.fates[line.pk] = "contradicted" if key in left_account else "rejected"
            if key not in left_account:
                said.rejected[key] = day_of(line, answer)
        elif line.outcome != "returned":
            plan.fates[line.pk] = "undecided"
    for line in lines:
        if line.outcome == "returned" and line.pk not in plan.fates:
            said.executed.setdefault(line.payment_id, day_of(line, answer))
    run_id, on = lines[0].payment.run_id, said.ends_on
    if on is None:
        plan.waiting[run_id] = len(said.waiting)
    else:
        plan.executes[run_id] = on
    for line in lines:
        plan.fates.setdefault(line.pk, "later" if on is None else "returned")


@transaction.atomic
def record(answer: BankAnswer, *, actor: Any) -> Plan:
    """Write what the answer decides: rejections, executions of whole runs, returns. Raises Refused: then nothing is.

    Decided again here, under the lock of the association: what changed since the page was shown counts. Returns the
    plan that was carried out.
    """
    lock_money(answer.organisation_id)
    fresh = BankAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    plan = plan_of(fresh) if fresh.state == "read" else Plan()
    moved = move(ANSWER, fresh, "record", actor=actor)
    lines = list(moved.lines.select_related("payment__run").defer("payment__run__bank_file").order_by("pk"))
    for line in lines:
        if plan.fates.get(line.pk) == "rejected":
            record_return(
                line.payment,
                kind=PaymentReturn.Kind.REJECTED,
                on=day_of(line, moved),
                actor=actor,
                reason_code=line.reason_code,
                reason_text=line.reason_text,
                answer=moved,
            )
    for run_id, on in sorted(plan.executes.items()):
        runs.execute(PaymentRun.objects.get(pk=run_id), actor=actor, executed_on=on)
    for row in PaymentRun.objects.filter(pk__in={line.payment.run_id for line in lines}, state="executed"):
        catch_up(row, actor=actor)
    return plan


def drop(answer: BankAnswer, *, actor: Any) -> BankAnswer:
    """Give a file up: it changed nothing, and may be read again."""
    dropped: BankAnswer = move(ANSWER, answer, "drop", actor=actor)
    return dropped


def take(*, organisation: Any, content: bytes, file_name: str, actor: Any) -> tuple[BankAnswer, Plan]:
    """Read and record at once."""
    answer = read_answer(organisation=organisation, content=content, file_name=file_name, actor=actor)
    return answer, record(answer, actor=actor)
