"""Keeping the books: each entry has a cause and is written once; a mistake is corrected by a reversing entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.books.models import Account, LedgerEntry, Posting
from equipage.foundation.numbering import next_number
from equipage.foundation.refusals import Refused

# Editable defaults after règlement ANC 2018-06 (interop: chart of accounts); an accountant may rename or replace them.
DEFAULT_CHART = {
    "401": "Professionnels à payer",
    "512": "Banque",
    "6226": "Indemnités de coordination versées aux professionnels",
}
PAYABLE, BANK, EXPENSE = "401", "512", "6226"


@dataclass(frozen=True)
class Move:
    """One amount in cents from the credited account to the debited one."""

    debit: str
    credit: str
    amount_cents: int
    professional_id: int | None = None
    team_id: int | None = None


def chart_of(organisation: Any) -> dict[str, Account]:
    """The accounts of an association by code, the defaults created at first use."""
    Account.objects.bulk_create(
        [Account(organisation=organisation, code=code, label=label) for code, label in DEFAULT_CHART.items()],
        ignore_conflicts=True,
    )
    return {account.code: account for account in Account.objects.filter(organisation=organisation)}


@transaction.atomic
def record_entry(
    *,
    organisation: Any,
    journal: str,
    dated: date,
    label: str,
    cause: str,
    moves: Sequence[Move],
    actor: Any,
    piece: str = "",
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """Write one entry and its postings. The same cause in the same journal gives the first entry.

    `piece` is the supporting document as it is filed (pièce justificative), the cause when there is none.
    """
    existing = LedgerEntry.objects.filter(journal=journal, cause=cause).first()
    if existing is not None:
        return existing
    if not moves:
        raise Refused("Une écriture a au moins un mouvement.")
    accounts = chart_of(organisation)
    entry = LedgerEntry.objects.create(
        organisation=organisation,
        year=dated.year,
        number=next_number(f"ecriture:{organisation.pk}:{dated.year}"),
        journal=journal,
        dated=dated,
        label=label[:160],
        cause=cause,
        piece=piece or cause,
        reverses=reverses,
        recorded_at=timezone.now(),
        recorded_by=actor,
    )
    Posting.objects.bulk_create(
        (
            Posting(
                entry=entry,
                debit=accounts[move.debit],
                credit=accounts[move.credit],
                amount_cents=move.amount_cents,
                professional_id=move.professional_id,
                team_id=move.team_id,
            )
            for move in moves
        ),
        batch_size=2000,
    )
    return entry


@transaction.atomic
def reverse_entry(entry: LedgerEntry, *, dated: date, reason: str, actor: Any) -> LedgerEntry:
    """Undo an entry by its mirror (contre-passation), once; the first stays readable beside it."""
    moves = [
        Move(posting.credit.code, posting.debit.code, posting.amount_cents, posting.professional_id, posting.team_id)
        for posting in entry.postings.select_related("debit", "credit")
    ]
    return record_entry(
        organisation=entry.organisation,
        journal=entry.journal,
        dated=dated,
        label=f"Contre-passation de l'écriture {entry.number} : {reason}",
        cause=f"reverse:{entry.pk}",
        moves=moves,
        actor=actor,
        piece=entry.piece,
        reverses=entry,
    )
