"""What payments say of a year of books: every run of it is finished, and the books hold what the bank executed.

A transfer that came back counts in the files of its year, and not in what was executed; its counter-entry is taken off,
in whichever year the bank gave the money back.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from equipage.books.models import Posting
from equipage.books.panels import Row, offer_check, said_row, total_row
from equipage.foundation.french import counted
from equipage.payments.das2 import executed_in, sent_in
from equipage.payments.models import PaymentRun
from equipage.payments.sepa import announced_total


def checks_of_transfers(organisation: Any, year: int) -> list[Row]:
    """No run of the year waits, nor one asked of the bank in it; files = transfers executed = bank entries."""
    waiting = PaymentRun.objects.filter(
        Q(state="approved", requested_on__year__lte=year)
        | Q(state__in=("prepared", "approved"), month__lt=date(year + 1, 1, 1)),
        organisation=organisation,
    )
    numbers = ", ".join(waiting.order_by("number").values_list("number", flat=True))
    problem = f"Enregistrez d'abord l'exécution de : {numbers}. Ou annulez une préparation." if numbers else ""
    executed = executed_in(organisation, year).aggregate(total=Sum("amount_cents", default=0))["total"]
    runs = PaymentRun.objects.filter(organisation=organisation, state="executed", executed_on__year=year)
    causes = [f"run:{run_id}:paid" for run_id in runs.order_by().values_list("pk", flat=True)]
    booked = Posting.objects.filter(entry__organisation=organisation, entry__cause__in=causes, entry__year=year)
    sent = int(sent_in(organisation, year).aggregate(total=Sum("amount_cents", default=0))["total"])
    total = int(booked.aggregate(total=Sum("amount_cents", default=0))["total"]) - _booked_back(organisation, year)
    return [
        said_row("Campagnes en cours", counted(len(numbers.split(", ")) if numbers else 0, "campagne"), problem),
        _files(runs, sent),
        total_row("Virements exécutés, au livre", total, int(executed)),
    ]


def _booked_back(organisation: Any, year: int) -> int:
    """What counter-entries gave back to the bank of the transfers of a year."""
    back = sent_in(organisation, year).filter(comeback__isnull=False).values_list("pk", flat=True)
    causes = [f"return:{payment_id}" for payment_id in back]
    rows = Posting.objects.filter(entry__organisation=organisation, entry__journal="BQ", entry__cause__in=causes)
    return int(rows.aggregate(total=Sum("amount_cents", default=0))["total"])


def _files(runs: QuerySet[PaymentRun], sent: int) -> Row:
    """What the bank files announce, each still the one that was approved."""
    total, altered = 0, []
    for run in runs.only("number", "bank_file", "bank_file_sha256").order_by("pk").iterator():
        content = bytes(run.bank_file or b"")
        if hashlib.sha256(content).hexdigest() != run.bank_file_sha256:
            altered.append(run.number)
        else:
            total += announced_total(content)
    problem = f"Le fichier gardé n'est plus celui qui a été approuvé : {', '.join(altered)}." if altered else ""
    return total_row("Fichiers bancaires", total, sent, problem)


offer_check(checks_of_transfers, order=10)
