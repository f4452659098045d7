"""Closing a year of books (clôture): begun by one person, checked by another; the next year opens with its balances.

The entry that would empty classes 6 and 7 is not written: a FEC leaves it out. The opening entry carries their
difference on the account of the result.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from equipage.books.balances import Balances, closing_balances
from equipage.books.chart import accounts_by_role
from equipage.books.fec import OPENING
from equipage.books.models import FiscalYear, LedgerEntry
from equipage.books.roles import DEFICIT, SURPLUS, is_carried
from equipage.books.services import Move, add_entry, numbers_of
from equipage.books.states import FISCAL_YEAR
from equipage.books.subsidies import record_dedicated
from equipage.foundation.numbering import hold_numbers
from equipage.foundation.workflow import Happened
from equipage.foundation.workflow import run as move


@transaction.atomic
def begin(organisation: Any, year: int, *, actor: Any) -> FiscalYear:
    """Say that a year is ready to be closed; its row is made here. Raises Blocked with every reason."""
    row, _ = FiscalYear.objects.get_or_create(organisation=organisation, year=year)
    return move(FISCAL_YEAR, row, "begin", actor=actor)


def give_up(row: FiscalYear, *, actor: Any) -> FiscalYear:
    """Keep the year open after all."""
    return move(FISCAL_YEAR, row, "give_up", actor=actor)


@transaction.atomic
def close(row: FiscalYear, *, actor: Any) -> FiscalYear:
    """Close the year for good, and open the next one with its balances (by effect). Raises Blocked."""
    # Before the move: whoever writes an entry of that year waits, then meets a closed year.
    hold_numbers(numbers_of(row.organisation, row.year))
    # Before too: these are still entries of the year.
    record_dedicated(row.organisation, row.year, actor=actor)
    return move(FISCAL_YEAR, row, "close", actor=actor)


@FISCAL_YEAR.effect("close")
def write_opening(happened: Happened) -> None:
    """The opening entry (à-nouveaux) of the next year, numbered 0 so that it comes first."""
    row: FiscalYear = happened.obj
    open_next(row.organisation, row.year, actor=happened.actor)


def open_next(organisation: Any, year: int, *, actor: Any) -> LedgerEntry | None:
    """Carry the balances of classes 1 to 5 into the year after `year`; None when there is nothing to carry."""
    cause = f"opening:{organisation.pk}:{year + 1}"
    existing = LedgerEntry.objects.filter(journal=OPENING, cause=cause).first()
    moves = opening_moves(organisation, closing_balances(organisation, year))
    if existing is not None or not moves:
        return existing
    entry = LedgerEntry(
        organisation=organisation,
        number=0,
        journal=OPENING,
        dated=date(year + 1, 1, 1),
        label=f"À-nouveaux : soldes au 31 décembre {year}",
        cause=cause,
        piece=f"Balance {year}",
        recorded_by=actor,
    )
    return add_entry(entry, moves)


def opening_moves(organisation: Any, balances: Balances) -> list[Move]:
    """One move for each balance carried, against the account of the result: its own balance is what remains.

    The result of the year is what classes 6 and 7 leave: a credit is a surplus, a debit a deficit.
    """
    roles = accounts_by_role(organisation)
    result_cents = sum(cents for key, cents in balances.items() if not is_carried(key.account.code))
    result = roles[DEFICIT] if result_cents > 0 else roles[SURPLUS]
    moves = []
    for key, cents in balances.items():
        if not cents or key.account.pk == result.pk or not is_carried(key.account.code):
            continue
        sides = (key.account, result) if cents > 0 else (result, key.account)
        moves.append(Move(*sides, abs(cents), key.professional_id, None, key.funder))
    return moves
