"""What was paid too much and comes back by the person's own transfer (remboursement), not on a coming payment."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from equipage.books.roles import BANK, EXPENSE
from equipage.books.services import Move, record_entry
from equipage.compensation.models import ClaimLine
from equipage.compensation.states import LINE
from equipage.foundation.french import day, euros, paris_day
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run


def _funder(line: Any) -> str:
    """Under which credit the books follow the money of a line."""
    return line.fund.label if line.fund_id else ""


def awaits_repayment(line: Any) -> bool:
    """Does this line take back money that may still come by the person's own transfer?"""
    return bool(line.amount_cents < 0 and line.state == "validated")


@transaction.atomic
def record_repayment(line: Any, *, actor: Any, received_on: date, reference: str) -> ClaimLine:
    """The bank statement shows that the person gave back what this line takes back. Raises Refused.

    The books say it at once: the bank receives, the expense is reduced. The same line is given back once.
    """
    decision = can(actor, "compensation.record_repayment", line)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    row = ClaimLine.objects.select_for_update(of=("self",)).select_related("organisation", "fund").get(pk=line.pk)
    if not awaits_repayment(row):
        raise Refused("Cette ligne n'attend pas de remboursement : rien n'est à recevoir pour elle.")
    if received_on > today():
        raise Refused(
            f"Le {day(received_on)} est dans le futur : donnez la date lue sur le relevé de la banque.",
            field="received_on",
        )
    decided_on = paris_day(row.frozen_at) if row.frozen_at else today()
    if received_on < decided_on:
        raise Refused(
            f"Cette reprise date du {day(decided_on)} : un remboursement reçu avant n'est pas le sien.",
            field="received_on",
        )
    if not reference.strip():
        raise Refused("Donnez la référence lue sur le relevé de la banque.", field="reference")
    record_entry(
        organisation=row.organisation,
        journal="BQ",
        dated=received_on,
        label=f"Remboursement reçu, {reference.strip()}, {euros(-row.amount_cents)}",
        cause=f"repayment:{row.pk}",
        moves=[Move(BANK, EXPENSE, -row.amount_cents, row.professional_id, row.team_id, _funder(row))],
        actor=actor,
        late=True,
        piece=reference.strip()[:60],
    )
    repaid: ClaimLine = run(LINE, row, "repay", actor=actor)
    return repaid
