"""An account as it is read: the lines of a region and a year, masked for everybody or whole for whoever answers for it.

The page, the files and the dashboards all take their figures here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.indicators.accounting import BREAKDOWNS, FLOWS, PAID
from equipage.indicators.checked import OUTCOME
from equipage.indicators.models import AccountCell, AccountFigure, YearAccount
from equipage.indicators.naming import labels, months_label
from equipage.indicators.publishing import GROUP, month_key
from equipage.indicators.services import last_month_over
from equipage.territory.models import Region

SMALL, BESIDE = "small", "beside"


@dataclass(frozen=True)
class Figure:
    """One line of an account. `masked` is why it says nothing: "small" (fewer than six), "beside" (protects another).

    `items` are actions (done) or claim lines (paid). A number is None where it is masked, or not said.
    """

    flow: str
    dimension: str
    key: str
    label: str = ""
    masked: str = ""
    first_month: int | None = None
    teams: int | None = None
    people: int | None = None
    items: int | None = None
    minutes: int | None = None
    cents: int | None = None

    @property
    def order(self) -> tuple[int, int, str]:
        """The largest first, then what is masked, the group last."""
        place = 2 if self.key == GROUP else 1 if self.masked else 0
        return place, -((self.cents or 0) or (self.minutes or 0)), self.key


@dataclass(frozen=True)
class Statement:
    """The account of a region for a year. `whole`: nothing is masked, the month that runs is counted."""

    region: Region
    year: int
    account: YearAccount
    figures: tuple[Figure, ...]
    whole: bool = False

    @cached_property
    def last_month(self) -> int:
        """The last month that was over when the account was counted, 0 for none."""
        return last_month_over(self.year, self.account.computed_at)

    @property
    def until(self) -> date | None:
        """The last day that the account counts; None when no month of the year was over."""
        return Month(self.year, self.last_month).end - timedelta(days=1) if self.last_month else None

    def of(self, flow: str, dimension: str) -> list[Figure]:
        """The lines of a breakdown, in order; months as they pass."""
        found = [one for one in self.figures if (one.flow, one.dimension) == (flow, dimension)]
        if dimension == "month":
            return sorted(found, key=lambda one: one.key)
        return sorted(found, key=lambda one: one.order)

    def total(self, flow: str) -> Figure | None:
        """The year so far; teams and people are None until the year is over. None when nothing may be said."""
        said = self.of(flow, "year")
        if said:
            return said[0]
        months = [one for one in self.of(flow, "month") if not one.masked]
        if not months:
            return None
        return Figure(
            flow,
            "year",
            str(self.year),
            str(self.year),
            items=sum(one.items or 0 for one in months),
            minutes=None if flow == PAID else sum(one.minutes or 0 for one in months),
            cents=sum(one.cents or 0 for one in months) if flow == PAID else None,
        )

    @property
    def says_something(self) -> bool:
        """Is there any figure that may be read?"""
        return any(not one.masked for one in self.figures)


def accounts() -> list[YearAccount]:
    """Every account, by name of the region, the last year first; one query."""
    rows = YearAccount.objects.select_related("region")
    return list(rows.order_by("region__search_name", "region_id", "-year"))


def account_of(known: Iterable[YearAccount], region: str, year: str, *, running: bool = False) -> YearAccount | None:
    """The account asked for; without a year the last one that is complete, else the last one. None without any.

    `running`: without a year, the last one, complete or not. Raises Refused for a region or a year
    that has none.
    """
    known = list(known)
    if region and region not in {one.region_id for one in known}:
        raise Refused(f"Aucun compte n'existe pour la région « {region[:40]} » : choisissez-en une.", field="region")
    there = [one for one in known if one.region_id == (region or known[0].region_id)] if known else []
    if not year:
        return next((one for one in there if one.complete or running), there[0] if there else None)
    found = next((one for one in there if str(one.year) == year), None)
    if found is None:
        raise Refused(f"Aucun compte n'existe pour l'année « {year[:40]} » : choisissez-en une.", field="annee")
    return found


def public_statement(account: YearAccount) -> Statement:
    """What everybody may read; two queries."""
    rows = [
        Figure(
            row.flow,
            row.dimension,
            row.key,
            masked=(SMALL if row.small else BESIDE) if row.masked else "",
            first_month=row.first_month,
            teams=row.teams,
            people=row.people,
            items=row.items,
            minutes=row.minutes,
            cents=row.amount_cents,
        )
        for row in AccountFigure.objects.filter(account=account).order_by("id")
    ]
    rows += _waiting(account, rows)
    return Statement(account.region, account.year, account, tuple(_named(rows)))


def _waiting(account: YearAccount, rows: list[Figure]) -> list[Figure]:
    """The months that are over and appeared in no line: too small, they wait for the next ones.

    A year of which nothing appeared is masked as a whole.
    """
    found = []
    over = last_month_over(account.year, account.computed_at)
    for flow in FLOWS:
        last = max((row.key for row in rows if (row.flow, row.dimension) == (flow, "month")), default="")
        waiting = range(int(last[-2:]) + 1, over + 1) if last else ()
        keys = [month_key(account.year, month) for month in waiting]
        found += [Figure(flow, "month", key, masked=SMALL) for key in keys]
    return found


def whole_statement(user: Any, account: YearAccount) -> Statement:
    """The sums as they are, for whoever answers for the region; nothing for anybody else. Two queries."""
    cells = list(AccountCell.objects.visible_to(user).filter(account=account).order_by("id"))
    rows = [
        Figure(
            cell.flow,
            cell.dimension,
            cell.key,
            teams=cell.teams,
            people=cell.people,
            items=cell.items,
            minutes=None if cell.flow == PAID else cell.minutes,
            cents=cell.amount_cents if cell.flow == PAID else None,
        )
        for cell in cells
    ]
    return Statement(account.region, account.year, account, tuple(_named(rows)), whole=True)


def _named(rows: list[Figure]) -> list[Figure]:
    names = {name: labels(name, {row.key for row in rows if row.dimension == name}) for name in (*BREAKDOWNS, OUTCOME)}
    return [_with_label(row, names) for row in rows]


def _with_label(row: Figure, names: dict[str, dict[str, str]]) -> Figure:
    if row.dimension == "month":
        last = int(row.key[-2:])
        label = months_label(row.first_month or last, last)
    else:
        label = names[row.dimension][row.key] if row.dimension in names else row.key
    return replace(row, label=label)
