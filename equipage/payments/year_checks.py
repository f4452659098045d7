"""What payments say of a year of books: every run of it is finished, and the books hold what the bank executed."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from equipage.books.models import Posting
from equipage.books.panels import Row, offer_check, said_row, total_row
from equipage.foundation.french import counted
from equipage.payments.models import Payment, PaymentRun


def checks_of_transfers(organisation: Any, year: int) -> list[Row]:
    """No run asked of the bank in the year waits for its execution; transfers executed = bank entries, to the cent."""
    waiting = PaymentRun.objects.filter(organisation=organisation, state="approved", requested_on__year__lte=year)
    numbers = ", ".join(waiting.order_by("number").values_list("number", flat=True))
    problem = f"Enregistrez d'abord l'exécution de : {numbers}." if numbers else ""
    executed = Payment.objects.filter(
        run__organisation=organisation, run__state="executed", run__executed_on__year=year
    ).aggregate(total=Sum("amount_cents", default=0))["total"]
    runs = PaymentRun.objects.filter(organisation=organisation, state="executed", executed_on__year=year)
    causes = [f"run:{run_id}:paid" for run_id in runs.order_by().values_list("pk", flat=True)]
    booked = Posting.objects.filter(entry__organisation=organisation, entry__cause__in=causes, entry__year=year)
    total = booked.aggregate(total=Sum("amount_cents", default=0))["total"]
    return [
        said_row("Campagnes en cours", counted(len(numbers.split(", ")) if numbers else 0, "campagne"), problem),
        total_row("Virements exécutés, au livre", int(total), int(executed)),
    ]


offer_check(checks_of_transfers, order=10)
