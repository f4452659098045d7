"""Keeping the accounts: the sums are counted again, the lines that may appear are added, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from django.db import transaction
from django.db.models import Q

from equipage.foundation.french import paris_day
from equipage.foundation.periods import Month, day_bounds, now
from equipage.indicators.accounting import (
    BREAKDOWNS,
    FLOWS,
    PAID,
    Facts,
    YearFacts,
    breakdown_of,
    middle,
    read_facts,
    teams_of,
    whole_of,
)
from equipage.indicators.checked import CHECKED, YearChecked, read_checked
from equipage.indicators.masking import THRESHOLD, Tally
from equipage.indicators.models import AccountCell, AccountFigure, YearAccount
from equipage.indicators.publishing import DECEMBER, Line, month_key, month_lines, new_months, year_lines
from equipage.indicators.selectors import theme_codes
from equipage.teams.models import Team

_YEAR = range(1, DECEMBER + 1)
# What was written in the last minutes of a month has arrived by then.
_SETTLED = timedelta(hours=4)


@transaction.atomic
def keep_accounts(*, at: datetime | None = None) -> int:
    """Count the accounts that are not complete, at the moment `at` (this one by default). Returns how many they are.

    Twice at the same moment gives the same rows. Whoever reads meanwhile sees the account as it was before.
    """
    moment = at or now()
    known = {
        (account.region_id, account.year): account
        for account in YearAccount.objects.select_for_update().order_by("region_id", "year")
    }
    since = _first_year(known.values())
    facts, checked = read_facts(theme_codes(), since=since), read_checked(since)
    wanted = {(region, year) for _, region, year in facts} | set(known) | set(checked)
    open_ones = sorted(key for key in wanted if key not in known or not known[key].complete)
    for region, year in open_ones:
        account = known.get((region, year)) or YearAccount(region_id=region, year=year)
        _keep(account, facts, checked.get((region, year), YearChecked()), moment)
    return len(open_ones)


def _first_year(accounts: Iterable[YearAccount]) -> int | None:
    """The first year that may still change; None when nothing was counted yet."""
    unfinished = [account.year for account in accounts if not account.complete]
    if unfinished:
        return min(unfinished)
    return max((account.year + 1 for account in accounts), default=None)


def _keep(account: YearAccount, facts: Facts, checked: YearChecked, at: datetime) -> None:
    account.computed_at = at
    account.save()
    AccountCell.objects.filter(account=account).delete()
    cells: list[AccountCell] = []
    figures: list[AccountFigure] = []
    published: dict[str, int] = {}
    over = last_month_over(account.year, at)
    for flow in FLOWS:
        found: YearFacts = facts.get((flow, account.region_id, account.year), {})
        cells += _cells(account, flow, found)
        lines, published[flow] = _new_lines(account, flow, found, over)
        figures += [_figure(account, flow, line, at) for line in lines]
    if over == DECEMBER:
        figures += [_figure(account, CHECKED, line, at) for line in checked.lines(account.year)]
        account.taken_cents = checked.shown_taken_cents
    AccountCell.objects.bulk_create(cells, batch_size=500)
    AccountFigure.objects.bulk_create(figures, batch_size=500)
    if over == DECEMBER:
        _complete(account, facts.get((PAID, account.region_id, account.year), {}), published[PAID])


def last_month_over(year: int, at: datetime) -> int:
    """The last month of a year that is over at a moment (1 to 12), 0 when none is."""
    last = Month.of(paris_day(at - _SETTLED)).previous
    if last.year == year:
        return last.month
    return DECEMBER if last.year > year else 0


def _new_lines(account: YearAccount, flow: str, facts: YearFacts, over: int) -> tuple[list[Line], int]:
    """The lines to add, and the last month that appeared, these included."""
    last = (
        AccountFigure.objects.filter(account=account, flow=flow, dimension="month")
        .order_by("-key")
        .values_list("key", flat=True)
        .first()
    )
    after = int(last[-2:]) if last else 0
    found = new_months(facts, after=after, through=over)
    published = found[-1].last if found else after
    lines = month_lines(account.year, found)
    if over == DECEMBER:
        lines += year_lines(account.year, facts, published)
    return lines, published


def _complete(account: YearAccount, paid: YearFacts, published: int) -> None:
    """Say what is said once: recognised teams at the end of the year, the usual delay of a payment."""
    _, end = day_bounds(date(account.year, DECEMBER, 31))
    standing = Q(closed_at__isnull=True) | Q(closed_at__gte=end)
    recognised = Team.objects.filter(standing, region_id=account.region_id, recognised_on__lt=end.date()).count()
    delays: Counter[int] = Counter()
    for month in range(1, published + 1):
        if month in paid:
            delays.update(paid[month].delays)
    account.recognised = recognised if recognised >= THRESHOLD else None
    account.median_days = middle(delays) if published else None
    account.complete = True
    account.save()


def _figure(account: YearAccount, flow: str, line: Line, at: datetime) -> AccountFigure:
    return AccountFigure(
        account=account,
        flow=flow,
        dimension=line.dimension,
        key=line.key,
        masked=line.tally is None,
        small=line.small,
        first_month=line.first_month,
        published_at=at,
        **line.values(flow),
    )


def _cells(account: YearAccount, flow: str, facts: YearFacts) -> list[AccountCell]:
    """The sums as they are, the month that runs included."""
    year = account.year
    found = [_cell(account, flow, "year", str(year), whole_of(facts, _YEAR), _medians(facts))] if facts else []
    found += [_cell(account, flow, "month", month_key(year, month), facts[month].whole) for month in sorted(facts)]
    for name in BREAKDOWNS:
        rows = breakdown_of(facts, name, _YEAR)
        found += [_cell(account, flow, name, key, rows[key]) for key in sorted(rows)]
    return found


def _cell(
    account: YearAccount, flow: str, dimension: str, key: str, tally: Tally, medians: dict[str, Any] | None = None
) -> AccountCell:
    return AccountCell(
        account=account,
        flow=flow,
        dimension=dimension,
        key=key,
        teams=len(tally.teams),
        people=len(tally.people),
        items=tally.items,
        minutes=tally.minutes,
        amount_cents=tally.cents,
        **(medians or {}),
    )


def _medians(facts: YearFacts) -> dict[str, int]:
    """What a team in the middle did or was paid, once there are enough of them to be nobody in particular."""
    teams = list(teams_of(facts).values())
    if len(teams) < THRESHOLD:
        return {}
    items, minutes, cents = (median_low(column) for column in zip(*teams, strict=True))
    return {"median_items": items, "median_minutes": minutes, "median_cents": cents}
