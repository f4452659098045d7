"""Reading runs and transfers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from equipage.payments.models import Payment, PaymentRun


def previous_run(run: PaymentRun) -> PaymentRun | None:
    """The run before this one, for the comparison shown to whoever approves."""
    return (
        PaymentRun.objects.filter(organisation=run.organisation, prepared_at__lt=run.prepared_at)
        .exclude(state="cancelled")
        .order_by("-prepared_at")
        .first()
    )


def received(professional: Any, *, since: date | None = None) -> QuerySet[Payment]:
    """The payments of one person, the last first."""
    found = Payment.objects.filter(professional=professional, run__state__in=("approved", "executed"))
    if since is not None:
        found = found.filter(run__month__gte=since)
    return found.select_related("run", "statement", "comeback").defer("run__bank_file").order_by("-run__month", "-id")
