"""What whoever approves a run reads first: does everything agree, how does it compare, who did what."""

from __future__ import annotations

import hashlib
from typing import Any

from equipage.compensation.models import ClaimLine
from equipage.compensation.selectors import agreement_of, previous_run
from equipage.compensation.sepa import BankFileRefused, total_of
from equipage.compensation.services.runs import content_hash
from equipage.foundation.french import counted, euros
from equipage.foundation.periods import Month


def checks_of(run: Any) -> list[dict[str, str]]:
    """The check list: lines = payments = bank file = books, and the content that was prepared is still there."""
    file_cents, file_problem = _file(run)
    found = agreement_of(run, file_cents=file_cents)
    if run.state == "cancelled":
        return []
    rows = [
        _row("Somme des lignes", found.lines_cents, run.total_cents),
        _row("Somme des virements", found.payments_cents, run.total_cents),
    ]
    if run.bank_file_sha256:
        rows.append(_row("Fichier bancaire", found.file_cents, run.total_cents, file_problem))
        rows.append(_row("Livre des écritures", found.ledger_cents, run.total_cents))
    lines = ClaimLine.objects.filter(payment__run=run).only("pk", "professional_id", "amount_cents")
    same = content_hash(lines) == run.content_hash
    rows.append(
        {
            "point": "Contenu préparé",
            "finding": f"empreinte {run.content_hash[:16]}",
            "verdict": "Inchangé" if same else "Différent",
            "tone": "ok" if same else "stop",
            "way_out": "" if same else "N'approuvez pas : signalez-le à l'exploitant de la plateforme.",
        }
    )
    return rows


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


def _row(point: str, cents: int | None, expected: int, problem: str = "") -> dict[str, str]:
    right = cents == expected and not problem
    return {
        "point": point,
        "finding": euros(cents),
        "verdict": "D'accord au centime" if right else "Écart",
        "tone": "ok" if right else "stop",
        "way_out": ""
        if right
        else (problem or f"Attendu : {euros(expected)}. N'allez pas plus loin sans explication."),
    }


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
