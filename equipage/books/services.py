"""Keeping the books: each entry has a cause and is written once; a mistake is corrected by a reversing entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from equipage.books.chart import accounts_by_role
from equipage.books.models import Account, FiscalYear, LedgerEntry, Posting
from equipage.books.roles import BANK, EXPENSE, PAYABLE
from equipage.foundation.french import day
from equipage.foundation.numbering import next_number
from equipage.foundation.refusals import Refused

__all__ = [
    "BANK",
    "EXPENSE",
    "PAYABLE",
    "Move",
    "add_entry",
    "closed_until",
    "first_open_day",
    "numbers_of",
    "record_entry",
    "reverse_entry",
]


@dataclass(frozen=True)
class Move:
    """One amount in cents from the credited account to the debited one.

    An account is named by the part it plays (`books.roles`), or given itself when an entry follows another one.
    """

    debit: str | Account
    credit: str | Account
    amount_cents: int
    professional_id: int | None = None
    team_id: int | None = None
    funder: str = ""


def closed_until(organisation: Any) -> int:
    """The last closed year of the books of an association; 0 when none is."""
    closed = FiscalYear.objects.filter(organisation=organisation, state="closed")
    return closed.aggregate(last=Max("year"))["last"] or 0


def first_open_day(organisation: Any, when: date) -> date:
    """`when`, or the first day after the closed years when it falls in one of them."""
    last = closed_until(organisation)
    return when if when.year > last else date(last + 1, 1, 1)


def numbers_of(organisation: Any, year: int) -> str:
    """The name of the counter of the entries of a year."""
    return f"ecriture:{organisation.pk}:{year}"


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
    late: bool = False,
) -> LedgerEntry:
    """Write one entry and its postings. The same cause in the same journal gives the first entry.

    `piece` is the supporting document as it is filed (pièce justificative), the cause when there is none. Raises
    Refused when the year of `dated` is closed; with `late` (news that came after the closing: a bank answer, a
    correction) it is dated in the first open day instead, and its label keeps the true date.
    """
    existing = LedgerEntry.objects.filter(journal=journal, cause=cause).first()
    if existing is not None:
        return existing
    if not moves:
        raise Refused("Une écriture a au moins un mouvement.")
    true_day = dated
    if late:
        dated = first_open_day(organisation, dated)
    if dated != true_day:
        told = f" (du {day(true_day)}, exercice clos)"
        label = f"{label[: 160 - len(told)]}{told}"
    entry = LedgerEntry(
        organisation=organisation,
        # Taken first: its lock keeps a closing from passing between the look below and the entry.
        number=next_number(numbers_of(organisation, dated.year)),
        journal=journal,
        dated=dated,
        label=label,
        cause=cause,
        piece=piece or cause,
        reverses=reverses,
        recorded_by=actor,
    )
    if dated.year <= closed_until(organisation):
        raise Refused(
            f"L'exercice {dated.year} est clos : aucune écriture ne peut plus y être datée. Une correction est une "
            "écriture de l'exercice suivant.",
            field="dated",
        )
    return add_entry(entry, moves)


def add_entry(entry: LedgerEntry, moves: Iterable[Move]) -> LedgerEntry:
    """Save an entry that has its number, and its postings. Only for verbs of the books: nothing is asked here."""
    accounts = accounts_by_role(entry.organisation)
    entry.year = entry.dated.year
    entry.label = entry.label[:160]
    entry.recorded_at = entry.recorded_at or timezone.now()
    entry.save(force_insert=True)
    Posting.objects.bulk_create(
        (
            Posting(
                entry=entry,
                debit=accounts[move.debit] if isinstance(move.debit, str) else move.debit,
                credit=accounts[move.credit] if isinstance(move.credit, str) else move.credit,
                amount_cents=move.amount_cents,
                professional_id=move.professional_id,
                team_id=move.team_id,
                funder=move.funder,
            )
            for move in moves
        ),
        batch_size=2000,
    )
    return entry


@transaction.atomic
def reverse_entry(entry: LedgerEntry, *, dated: date, reason: str, actor: Any) -> LedgerEntry:
    """Undo an entry by its mirror (contre-passation), once; the first stays readable beside it.

    The mirror stands on the accounts of the entry, whatever their parts became; in the first open day when `dated` is
    in a closed year.
    """
    moves = [
        Move(
            posting.credit,
            posting.debit,
            posting.amount_cents,
            posting.professional_id,
            posting.team_id,
            posting.funder,
        )
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
        late=True,
    )
