"""A run (campagne): opened with its payees, approved by a second person, executed by the bank; its file is frozen.

What the money is for is not known here: whoever opens a run says whom it pays, how much, and the hash of the reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import counted
from equipage.foundation.numbering import next_number
from equipage.foundation.periods import Month, add_working_days, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run as move
from equipage.payments.models import AssociationAccount, BankDetails, Payment, PaymentReturn, PaymentRun
from equipage.payments.sepa import VERSIONS, BankFile, BankFileRefused, Order, Transfer, write
from equipage.payments.services.returns import catch_up, lock_money
from equipage.payments.states import RUN

_AT_ONCE = 1000
_MEND = (
    "Rien n'est écrit. Annulez la préparation, faites corriger et confirmer ce compte par l'administration de "
    "l'association, puis préparez de nouveau."
)


@dataclass(frozen=True)
class Payee:
    """Whom a run pays: the account, the amount in cents, for how many lines; `returns` are those it pays again."""

    professional_id: int
    bank_details_id: int
    amount_cents: int
    lines: int
    returns: tuple[int, ...] = ()


@transaction.atomic
def open_run(*, organisation: Any, month: Month, payees: Sequence[Payee], content_hash: str, actor: Any) -> PaymentRun:
    """Write a prepared run and one transfer a payee, in the order given. The caller decided who may and what for."""
    run = PaymentRun.objects.create(
        organisation=organisation,
        number=_run_number(organisation, month),
        month=month.start,
        prepared_by=actor,
        prepared_at=timezone.now(),
        payments_count=len(payees),
        lines_count=sum(payee.lines for payee in payees),
        total_cents=sum(payee.amount_cents for payee in payees),
        content_hash=content_hash,
    )
    for start in range(0, len(payees), _AT_ONCE):
        some = enumerate(payees[start : start + _AT_ONCE], start=start + 1)
        Payment.objects.bulk_create(_payment(run, rank, payee, month) for rank, payee in some)
    _pay_again(run, payees)
    audit.record(
        action="payments.payment_run.prepare",
        obj=run,
        actor=actor,
        after={
            "lines": run.lines_count,
            "payments": len(payees),
            "total_cents": run.total_cents,
            "hash": content_hash,
        },
    )
    return run


def _pay_again(run: PaymentRun, payees: Sequence[Payee]) -> None:
    """Join what came back to the transfer that pays it again; each at most once."""
    again = {payee.professional_id: payee.returns for payee in payees if payee.returns}
    payments = run.payments.filter(professional__in=list(again)).values_list("professional_id", "pk")
    for professional_id, payment_id in payments.order_by("pk"):
        keys = again[professional_id]
        rows = PaymentReturn.objects.filter(pk__in=keys, reissued_by=None, payment__professional=professional_id)
        if rows.update(reissued_by=payment_id) != len(keys):
            raise Refused("Un virement revenu est déjà dans une autre campagne : recommencez, rien n'a été écrit.")


def _run_number(organisation: Any, month: Month) -> str:
    return f"{month.start:%Y-%m}-{next_number(f'campagne:{organisation.pk}:{month.start:%Y-%m}'):02d}-{organisation.pk}"


def _payment(run: PaymentRun, rank: int, payee: Payee, month: Month) -> Payment:
    reference = f"EQ-{run.number}-{rank:05d}"
    return Payment(
        run=run,
        professional_id=payee.professional_id,
        bank_details_id=payee.bank_details_id,
        amount_cents=payee.amount_cents,
        end_to_end_id=reference,
        label=f"Coordination {month.label}, {_paid_for(payee)}, réf. {reference}",
    )


def _paid_for(payee: Payee) -> str:
    """« 3 actions », « 1 virement refait », or both."""
    said = [counted(payee.lines, "action", "actions")] if payee.lines or not payee.returns else []
    if payee.returns:
        said.append(counted(len(payee.returns), "virement refait", "virements refaits"))
    return " et ".join(said)


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
    version = next((name for name in VERSIONS if name == account.file_version), VERSIONS[0])
    try:
        return write(Order(run.number, account.holder, account.iban, run.prepared_at, requested_on, transfers), version)
    except BankFileRefused as problem:
        # A prepared run never changes where the money goes: only a new one takes the account that was mended.
        raise Refused(f"{problem} {_MEND}" if transfers else str(problem)) from problem


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


@transaction.atomic
def execute(run: PaymentRun, *, actor: Any, executed_on: date) -> PaymentRun:
    """Record that the bank executed the transfers: lines are paid, the books say so, people are told (by effects).

    All but those it rejected. What answers already said came back is written in the same transaction.
    """
    if executed_on > today():
        raise Refused(
            "La date d'exécution est dans le futur : enregistrez-la quand la banque a payé.", field="executed_on"
        )
    if run.approved_at is not None and executed_on < timezone.localtime(run.approved_at).date():
        raise Refused("La date d'exécution est antérieure à l'approbation de la campagne.", field="executed_on")
    lock_money(run.organisation_id)
    executed: PaymentRun = move(RUN, run, "execute", actor=actor, data={"executed_on": executed_on})
    catch_up(executed, actor=actor)
    return executed
