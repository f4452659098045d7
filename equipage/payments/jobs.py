"""Slow work after a run: setting the statements, telling people. Each may be done twice without harm."""

from __future__ import annotations

from django.urls import reverse

from equipage.foundation.documents.services import seal
from equipage.foundation.french import day, euros
from equipage.foundation.jobs import job
from equipage.messaging.services import notify
from equipage.payments.models import Payment, PaymentRun


@job(max_attempts=5)
def seal_statements(run_id: int) -> None:
    """Set and seal the statement of each payee; one already sealed is left."""
    for payment in Payment.objects.filter(run_id=run_id, statement__isnull=False).select_related("statement"):
        if payment.statement is not None and not payment.statement.sealed:
            seal(payment.statement)


@job(max_attempts=5)
def announce_payments(run_id: int) -> None:
    """Tell each payee what arrived; the key keeps a second passage silent."""
    run = PaymentRun.objects.get(pk=run_id)
    payments = Payment.objects.filter(run=run, professional__user__isnull=False, comeback__isnull=True).select_related(
        "professional__user"
    )
    when = f" le {day(run.executed_on)}" if run.executed_on else ""
    for payment in payments:
        notify(
            payment.professional.user,
            "payments.paid",
            f"{euros(payment.amount_cents)} versés",
            f"L'association vous a versé {euros(payment.amount_cents)}{when}, "
            f"sous la référence {payment.end_to_end_id}.\n\n"
            "Chaque ligne est expliquée, avec l'action et le tarif.",
            reverse("payments:payment", args=[payment.pk]),
            key=f"paid:{payment.pk}",
        )
