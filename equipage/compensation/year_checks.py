"""What compensation says of a year of books: the lines paid are the transfers executed."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from equipage.books.panels import Row, offer_check, total_row
from equipage.compensation.models import ClaimLine
from equipage.payments.models import Payment


def checks_of_paid_lines(organisation: Any, year: int) -> list[Row]:
    """Sum of the lines paid in the year = sum of its transfers, to the cent."""
    lines = ClaimLine.objects.filter(organisation=organisation, state="paid", payment__run__executed_on__year=year)
    transfers = Payment.objects.filter(
        run__organisation=organisation, run__state="executed", run__executed_on__year=year
    )
    return [
        total_row(
            "Lignes versées",
            int(lines.aggregate(total=Sum("amount_cents", default=0))["total"]),
            int(transfers.aggregate(total=Sum("amount_cents", default=0))["total"]),
        )
    ]


offer_check(checks_of_paid_lines, order=20)
