"""The monthly run: prepare (lock), approve (a second person; file, statements, books), execute (money has arrived).

Thousands of lines move together: their state changes by one set-based UPDATE that names the state they must come from,
and one audit link for the run carries the count, the total and the hash of the whole content. The database constraints
hold line by line all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from equipage.compensation.models import AssociationAccount, BankDetails, ClaimLine, Payment, PaymentRun
from equipage.compensation.selectors import in_debt, payable_lines
from equipage.compensation.sepa import BankFile, BankFileRefused, Order, Transfer, write
from equipage.compensation.states import RUN
from equipage.foundation import audit
from equipage.foundation.french import counted
from equipage.foundation.numbering import next_number
from equipage.foundation.periods import Month, add_working_days, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run as move

_BATCH = 5000


@transaction.atomic
def prepare(*, organisation: Any, month: Month, actor: Any) -> PaymentRun:
    """Lock every payable line up to the end of `month` into one payment a person. Raises Refused."""
    decision = can(actor, "compensation.prepare_run", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if month.start > today():
        raise Refused(
            f"{month.label.capitalize()} n'a pas commencé : préparez un mois commencé ou passé.", field="month"
        )
    # The organisation's row serialises two preparations; the lines are then held in one order.
    type(organisation).objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    payable = list(payable_lines(organisation, month).select_for_update(of=("self",)))
    indebted = in_debt(payable)
    lines = [line for line in payable if line.professional_id not in indebted]
    if not lines:
        raise Refused(
            f"Rien n'est à payer pour {month.label} : aucune ligne validée ne remplit toutes les conditions.",
            field="month",
        )
    by_person = _group(lines)
    number = _run_number(organisation, month)
    run = PaymentRun.objects.create(
        organisation=organisation,
        number=number,
        month=month.start,
        prepared_by=actor,
        prepared_at=timezone.now(),
        payments_count=len(by_person),
        lines_count=len(lines),
        total_cents=sum(line.amount_cents for line in lines),
        content_hash=content_hash(lines),
    )
    Payment.objects.bulk_create(
        (_payment(run, rank, rows, month) for rank, rows in enumerate(by_person.values(), start=1)), batch_size=1000
    )
    _lock(run, lines)
    audit.record(
        action="compensation.payment_run.prepare",
        obj=run,
        actor=actor,
        after={
            "lines": len(lines),
            "payments": len(by_person),
            "total_cents": run.total_cents,
            "hash": run.content_hash,
        },
    )
    return run


def _group(lines: Iterable[Any]) -> dict[int, list[Any]]:
    by_person: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        by_person[line.professional_id].append(line)
    return dict(sorted(by_person.items()))


def _run_number(organisation: Any, month: Month) -> str:
    return f"{month.start:%Y-%m}-{next_number(f'campagne:{organisation.pk}:{month.start:%Y-%m}'):02d}-{organisation.pk}"


def _payment(run: PaymentRun, rank: int, rows: list[Any], month: Month) -> Payment:
    return Payment(
        run=run,
        professional_id=rows[0].professional_id,
        bank_details_id=rows[0].account_id,
        amount_cents=sum(row.amount_cents for row in rows),
        end_to_end_id=f"EQ-{run.number}-{rank:05d}",
        label=f"Coordination {month.label}, {counted(len(rows), 'action', 'actions')}, réf. EQ-{run.number}-{rank:05d}",
    )


def _lock(run: PaymentRun, lines: list[Any]) -> None:
    payment = Payment.objects.filter(run=run, professional=OuterRef("professional"))
    locked = 0
    for start in range(0, len(lines), _BATCH):
        keys = [line.pk for line in lines[start : start + _BATCH]]
        locked += ClaimLine.objects.filter(pk__in=keys, state="validated").update(
            state="locked", payment_id=Subquery(payment.values("pk")[:1])
        )
    if locked != len(lines):
        raise Refused("Des lignes ont changé pendant la préparation : recommencez, rien n'a été écrit.")


def content_hash(lines: Iterable[Any]) -> str:
    """SHA-256 of who is paid what for which line, in a canonical order: the same content gives the same hash."""
    rows = sorted((line.pk, line.professional_id, line.amount_cents) for line in lines)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def build_file(run: PaymentRun, requested_on: date) -> BankFile:
    """The bank file of a run, from its frozen rows only. Raises Refused with the sentence of the line at fault."""
    account = AssociationAccount.objects.filter(organisation=run.organisation).first()
    if account is None:
        raise Refused(
            "Le compte de l'association n'est pas encore donné : son administration l'ajoute avant d'approuver."
        )
    details = BankDetails.objects.in_bulk(run.payments.values_list("bank_details_id", flat=True))
    transfers = [
        Transfer(
            payment.end_to_end_id,
            details[payment.bank_details_id].holder,
            details[payment.bank_details_id].iban,
            payment.amount_cents,
            payment.label,
        )
        for payment in run.payments.order_by("id")
    ]
    try:
        return write(Order(run.number, account.holder, account.iban, run.prepared_at, requested_on, transfers))
    except BankFileRefused as problem:
        raise Refused(str(problem)) from problem


def approve(run: PaymentRun, *, actor: Any) -> PaymentRun:
    """A second person approves: the bank file is frozen, statements are issued, the books are written (by effects)."""
    requested_on = add_working_days(today(), 1)
    # Built before the transaction, since it is slow; the rows it reads no longer change once a run is prepared.
    file = build_file(run, requested_on)
    return move(
        RUN,
        run,
        "approve",
        actor=actor,
        data={
            "requested_on": requested_on,
            "message_id": file.message_id,
            "bank_file": file.content,
            "bank_file_sha256": file.sha256,
        },
    )


def cancel(run: PaymentRun, *, actor: Any, reason: str) -> PaymentRun:
    """Give the preparation up; the lines wait for the next run (by effect)."""
    return move(RUN, run, "cancel", actor=actor, comment=reason, data={"cancel_reason": reason.strip()})


def execute(run: PaymentRun, *, actor: Any, executed_on: date) -> PaymentRun:
    """Record that the bank executed the transfers: lines are paid, the books say so, people are told (by effects)."""
    if executed_on > today():
        raise Refused(
            "La date d'exécution est dans le futur : enregistrez-la quand la banque a payé.", field="executed_on"
        )
    if run.approved_at is not None and executed_on < timezone.localtime(run.approved_at).date():
        raise Refused("La date d'exécution est antérieure à l'approbation de la campagne.", field="executed_on")
    return move(RUN, run, "execute", actor=actor, data={"executed_on": executed_on})
