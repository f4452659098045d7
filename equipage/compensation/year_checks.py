"""What compensation says of a year of books: lines paid and yearly statements are the transfers executed."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from equipage.books.panels import Row, offer_check, said_row, total_row
from equipage.compensation.models import ClaimLine
from equipage.compensation.services.yearly import last_editions
from equipage.foundation.french import counted
from equipage.payments.das2 import executed_in


def checks_of_paid_lines(organisation: Any, year: int) -> list[Row]:
    """Sum of the lines paid in the year = sum of its statements = sum of its transfers, to the cent."""
    transfers = int(executed_in(organisation, year).aggregate(total=Sum("amount_cents", default=0))["total"])
    lines = ClaimLine.objects.filter(organisation=organisation, state="paid", settled_by__run__executed_on__year=year)
    paid = int(lines.aggregate(total=Sum("amount_cents", default=0))["total"])
    return [total_row("Lignes versées", paid, transfers), _statements(organisation, year, transfers)]


def _statements(organisation: Any, year: int, transfers: int) -> Row:
    issued = last_editions(organisation, year)
    if not issued and transfers:
        later = f"Établis le 15 janvier {year + 1}, ou à la clôture."
        return said_row("Relevés annuels", "pas encore établis", later, tone="wait")
    total = sum(row.total_cents for row in issued.values())
    if total != transfers:
        # Recorded or come back since: the closing issues the new editions, so that nothing is kept waiting for them.
        later = "Un virement a été enregistré, ou est revenu, depuis : la clôture établit les nouvelles éditions."
        return said_row("Relevés annuels", counted(len(issued), "relevé", "relevés"), later, tone="wait")
    return total_row("Relevés annuels", total, transfers)


offer_check(checks_of_paid_lines, order=20)
