"""What whoever approves a run reads first: does everything agree, how does it compare, who did what."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Sum

from equipage.books.panels import total_row
from equipage.foundation.french import counted, euros
from equipage.foundation.periods import Month
from equipage.payments.panels import checks_from_above
from equipage.payments.selectors.runs import previous_run
from equipage.payments.sepa import BankFileRefused, total_of


def checks_of(run: Any) -> list[dict[str, str]]:
    """The check list: transfers = bank file = what higher floors count (lines, books), to the cent."""
    if run.state == "cancelled":
        return []
    paid = run.payments.aggregate(total=Sum("amount_cents"))["total"] or 0
    rows = [total_row("Somme des virements", int(paid), run.total_cents)]
    if run.bank_file_sha256:
        cents, problem = _file(run)
        rows.append(total_row("Fichier bancaire", cents, run.total_cents, problem))
    return rows + checks_from_above(run)


def _file(run: Any) -> tuple[int | None, str]:
    if not run.bank_file_sha256:
        return None, ""
    content = bytes(run.bank_file)
    if hashlib.sha256(content).hexdigest() != run.bank_file_sha256:
        return None, "Le fichier gardé n'est plus celui qui a été approuvé."
    try:
        return total_of(content), ""
    except BankFileRefused as problem:
        return None, str(problem)


def comparison_of(run: Any) -> str:
    """« 1 250,00 € de plus que la campagne d'octobre 2026 (12 virements de plus). »"""
    before = previous_run(run)
    if before is None:
        return "C'est la première campagne : il n'y a pas de précédente à comparer."
    name = f"la campagne {before.number} ({Month.of(before.month).label})"
    difference = run.total_cents - before.total_cents
    if difference == 0:
        said = f"Le même total que {name}"
    else:
        said = f"{euros(abs(difference))} de {'plus' if difference > 0 else 'moins'} que {name}"
    people = run.payments_count - before.payments_count
    more = f"{counted(abs(people), 'virement', 'virements')} de {'plus' if people > 0 else 'moins'}"
    return f"{said}, {more}." if people else f"{said}, avec autant de virements."


def thread_of(run: Any) -> list[dict[str, Any]]:
    """Who prepared, approved and recorded, the last first."""
    events: list[dict[str, Any]] = [{"at": run.prepared_at, "what": "Préparée", "who": run.prepared_by.full_name}]
    if run.approved_at:
        events.append({"at": run.approved_at, "what": "Approuvée", "who": run.approved_by.full_name, "tone": "ok"})
    if run.executed_at:
        events.append({"at": run.executed_at, "what": "Exécution enregistrée", "who": run.executed_by.full_name})
    return events[::-1]
