"""The books of past years in the demo: what funders gave, yearly statements, the closing in two hands.

The present year, and the last one until spring, stay open: somebody has a year to look at and to close.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from equipage.books.balances import closing_balances
from equipage.books.closing import opening_moves
from equipage.books.fec import OPENING
from equipage.books.models import FiscalYear, LedgerEntry
from equipage.books.roles import BANK, EARMARKED_INCOME, SUBSIDY_RECEIVABLE
from equipage.books.selectors import years_of_books
from equipage.books.services import Move, add_entry, numbers_of
from equipage.books.states import FISCAL_YEAR
from equipage.books.subsidies import DEDICATED_JOURNAL, NOTIFIED, RECEIVED, dedicated_cause, dedicated_moves, funds_of
from equipage.compensation.models import ClaimLine
from equipage.compensation.services.yearly import issue_year
from equipage.foundation.periods import PARIS
from equipage.funding.models import Fund
from equipage.web.demo.world import World

# When an association does this: said on 2 January, paid on the 5th; statements in mid-January; books in April.
_NOTIFIED, _RECEIVED, _STATEMENTS, _BEGUN, _CLOSED = (1, 2), (1, 5), (1, 15), (4, 12), (4, 19)


def record_subsidies(world: World) -> None:
    """Before the runs: each credit of each year was notified, then received. Entries in the order of their days."""
    for year, funds in _by_year(world):
        for (month, day), journal in ((_NOTIFIED, NOTIFIED), (_RECEIVED, RECEIVED)):
            when = date(year, month, day)
            if when >= world.today:
                continue
            for fund in funds:
                _subsidy(world, fund, when, journal)


def _by_year(world: World) -> Iterator[tuple[int, list[Fund]]]:
    found: dict[int, list[Fund]] = {}
    lived = ClaimLine.objects.order_by().values("year").distinct()
    funds = Fund.objects.filter(organisation=world.association, year__in=lived)
    for fund in funds.order_by("year", "rank", "pk"):
        found.setdefault(fund.year, []).append(fund)
    yield from found.items()


def _subsidy(world: World, fund: Fund, when: date, journal: str) -> None:
    said = journal == NOTIFIED
    reference = f"Fictif {fund.year}-{fund.rank}"
    _write(
        world,
        when,
        journal,
        f"Subvention {'notifiée' if said else 'reçue'} : {fund.label}",
        f"{'earmarked' if said else 'received'}:{world.association.pk}:{reference}",
        reference,
        [
            Move(SUBSIDY_RECEIVABLE, EARMARKED_INCOME, fund.amount_cents, funder=fund.label)
            if said
            else Move(BANK, SUBSIDY_RECEIVABLE, fund.amount_cents, funder=fund.label)
        ],
    )


def close_past_years(world: World) -> None:
    """After the runs and what corrected them: statements of each past year, and its closing once spring came."""
    for year in years_of_books(world.association):
        if _day(year + 1, _STATEMENTS) < world.today:
            issue_year(world.association, year, at=_at(_day(year + 1, _STATEMENTS)))
        if _day(year + 1, _CLOSED) < world.today:
            _close(world, year)


def _close(world: World, year: int) -> None:
    treasurer, checker = world.staff["treasurer"], world.staff["administrator"]
    begun, closed = _at(_day(year + 1, _BEGUN)), _at(_day(year + 1, _CLOSED))
    moves = dedicated_moves(funds_of(world.association, year))
    if moves:
        label = f"Fonds dédiés {year} : utilisations et reports"
        cause = dedicated_cause(world.association, year)
        _write(world, date(year, 12, 31), DEDICATED_JOURNAL, label, cause, f"Fonds dédiés {year}", moves, at=closed)
    row = FiscalYear(organisation=world.association, year=year, state="closed")
    row.begun_by, row.begun_at, row.closed_by, row.closed_at = treasurer, begun, checker, closed
    row.save()
    world.journal.move(begun, FISCAL_YEAR, row, "begin", treasurer)
    world.journal.move(closed, FISCAL_YEAR, row, "close", checker)
    carried = opening_moves(world.association, closing_balances(world.association, year))
    _write(
        world,
        date(year + 1, 1, 1),
        OPENING,
        f"À-nouveaux : soldes au 31 décembre {year}",
        f"opening:{world.association.pk}:{year + 1}",
        f"Balance {year}",
        carried,
        at=closed,
    )


def _write(
    world: World,
    dated: date,
    journal: str,
    label: str,
    cause: str,
    piece: str,
    moves: list[Move],
    *,
    at: datetime | None = None,
) -> None:
    number = 0 if journal == OPENING else world.numbers.take(numbers_of(world.association, dated.year))
    entry = LedgerEntry(
        organisation=world.association,
        number=number,
        journal=journal,
        dated=dated,
        label=label,
        cause=cause,
        piece=piece,
        recorded_at=at or _at(dated),
        recorded_by=world.staff["treasurer"],
    )
    add_entry(entry, moves)


def _day(year: int, month_and_day: tuple[int, int]) -> date:
    return date(year, *month_and_day)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 30, tzinfo=PARIS)
