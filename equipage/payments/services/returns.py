"""Transfers that were rejected or came back: written once, owed again, told with tact, paid again by a later run."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from equipage.books.roles import BANK, PAYABLE
from equipage.books.services import Move, record_entry
from equipage.foundation import audit
from equipage.foundation.french import day, euros, paris_day
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.messaging.services import notify
from equipage.payments.models import AnswerLine, Payment, PaymentReturn, PaymentRun
from equipage.payments.news import tell_returned
from equipage.payments.selectors.returns import is_held, is_tactful, offset_of, offset_words, reason_of
from equipage.people.models import Organisation

_MOST_TEXT = 500


def lock_money(organisation_id: int) -> None:
    """The row of an association serialises preparations, executions and returns; call it first."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)


@transaction.atomic
def record_return(
    payment: Payment,
    *,
    kind: str,
    on: date,
    actor: Any,
    reason_code: str = "",
    reason_text: str = "",
    answer: Any = None,
) -> PaymentReturn:
    """Write that a transfer was rejected, or that its money came back. Raises Refused.

    What it paid is owed again at once: the books say so where they said it was paid, higher floors take their lines
    back, the person is told what to do.
    """
    decision = can(actor, "payments.record_return", payment)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    lock_money(payment.run.organisation_id)
    row = Payment.objects.select_related("run__organisation", "professional__user", "bank_details").get(pk=payment.pk)
    _check(row, kind, on)
    comeback = PaymentReturn.objects.create(
        payment=row,
        kind=kind,
        happened_on=on,
        reason_code=reason_code.strip()[:35],
        reason_text=" ".join(reason_text.split())[:_MOST_TEXT],
        answer=answer,
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    audit.record(
        action="payments.payment_return.record",
        obj=comeback,
        actor=actor,
        after={"payment": row.pk, "kind": kind, "on": on.isoformat(), "reason": comeback.reason_code},
    )
    if row.run.state == "executed":  # before, the books never said that it was paid
        record_entry(
            organisation=row.run.organisation,
            journal="BQ",
            dated=on,
            label=f"Virement revenu, {row.end_to_end_id}",
            cause=f"return:{row.pk}",
            moves=[Move(BANK, PAYABLE, row.amount_cents, row.professional_id)],
            actor=actor,
            piece=row.end_to_end_id,
            late=True,
        )
    tell_returned(comeback, actor)
    _tell(comeback)
    return comeback


def _check(row: Payment, kind: str, on: date) -> None:
    run = row.run
    if PaymentReturn.objects.filter(payment=row).exists():
        raise Refused(f"Le retour du virement {row.end_to_end_id} est déjà enregistré : rien n'est écrit deux fois.")
    if run.state not in ("approved", "executed"):
        raise Refused("Ce virement n'est pas parti : sa campagne n'est pas approuvée.")
    if kind == PaymentReturn.Kind.RETURNED and run.state != "executed":
        raise Refused(
            "L'exécution de cette campagne n'est pas encore enregistrée : enregistrez-la d'abord, puis le retour."
        )
    if on > today():
        raise Refused(f"Le {day(on)} est dans le futur : donnez la date lue sur le relevé de la banque.", field="on")
    returned = kind == PaymentReturn.Kind.RETURNED
    first = run.executed_on if returned else run.approved_at and paris_day(run.approved_at)
    if first and on < first:
        what = "les virements ont été exécutés" if returned else "la campagne a été approuvée"
        raise Refused(f"Le {day(on)} est trop tôt : {what} le {day(first)}. Vérifiez la date.", field="on")


def _tell(comeback: PaymentReturn) -> None:
    """What happened and what to do, with one button; a death tells nobody."""
    payment = comeback.payment
    user = payment.professional.user
    if user is None or is_tactful(comeback):
        return
    reason = reason_of(comeback)
    amount, name = euros(payment.amount_cents), payment.run.organisation.name
    happened = "n'est pas parti" if comeback.kind == PaymentReturn.Kind.REJECTED else "est revenu à l'association"
    said = f"Le virement de {amount} de {name}, référence {payment.end_to_end_id}, {happened}."
    offset = offset_of(payment.run.organisation, {payment.professional_id}).get(payment.professional_id)
    theirs = reason.who == "person" and offset is None
    if offset is not None:
        body, link = f"{said} {offset_words(offset)}", reverse("payments:payment", args=[payment.pk])
    elif theirs:
        # The words of the bank stay on the page: a mail travels in clear, and they are not ours.
        known = reason_of(PaymentReturn(reason_code=comeback.reason_code)).sentence
        body = (
            f"{said} {known}\n\nCe qui vous est dû le reste. Donnez les coordonnées d'un autre compte : une fois "
            f"confirmées, le virement est refait. Compte utilisé cette fois : {payment.bank_details.iban_masked}."
        )
        link = reverse("payments:give_bank")
    else:
        body = (
            f"{said} Ce qui vous est dû le reste, et vous n'avez rien à faire : l'association voit avec la banque, "
            "puis le virement est refait."
        )
        link = reverse("payments:payment", args=[payment.pk])
    notify(
        user,
        "payments.returned",
        f"Un virement de {amount} n'est pas arrivé",
        body,
        link,
        urgent=theirs,
        key=f"returned:{payment.pk}",
    )


@transaction.atomic
def release(comeback: PaymentReturn, *, actor: Any) -> PaymentReturn:
    """Somebody looked: what the reason kept waiting may be paid again. A second time changes nothing."""
    decision = can(actor, "payments.record_return", comeback.payment)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    row = PaymentReturn.objects.select_for_update(of=("self",)).select_related("payment").get(pk=comeback.pk)
    if not is_held(row):
        return row
    row.released_by, row.released_at = actor, timezone.now()
    row.save(update_fields=["released_by", "released_at"])
    audit.record(action="payments.payment_return.release", obj=row, actor=actor, after={"payment": row.payment_id})
    return row


def catch_up(run: PaymentRun, *, actor: Any) -> list[PaymentReturn]:
    """Write what recorded answers said came back, once the execution of the run is recorded."""
    rows = AnswerLine.objects.filter(
        payment__run=run, outcome="returned", answer__state="recorded", payment__comeback__isnull=True
    ).select_related("answer", "payment__run")
    firsts: dict[int, AnswerLine] = {}
    for line in rows.order_by("pk"):
        firsts.setdefault(line.payment_id, line)
    return [
        record_return(
            line.payment,
            kind=PaymentReturn.Kind.RETURNED,
            # A bank may value a return before the day that was recorded for the whole run.
            on=max(line.booked_on or paris_day(line.answer.bank_created_at), run.executed_on or date.min),
            actor=actor,
            reason_code=line.reason_code,
            reason_text=line.reason_text,
            answer=line.answer,
        )
        for line in firsts.values()
    ]
