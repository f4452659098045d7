"""Which credit pays for an action, and what a year will come to: pure functions, in cents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipage.foundation.french import euros

# How many finished months the pace is measured on.
PACE_MONTHS = 3


@dataclass(frozen=True)
class Purpose:
    """What money is asked for: the kind of action, the themes of the team, its department."""

    kind: str
    themes: frozenset[str]
    department: str


def fits(fund: Any, purpose: Purpose) -> bool:
    """Does the earmark (fléchage) of a credit allow this purpose? An empty list is no condition."""
    return (
        (not fund.kinds or purpose.kind in fund.kinds)
        and (not fund.themes or bool(purpose.themes & set(fund.themes)))
        and (not fund.departments or purpose.department in fund.departments)
    )


def choose(funds: Iterable[Any], purpose: Purpose, cents: int) -> Any:
    """The credit that pays: earmarked ones first, then by their order; the first that has enough, else the fullest.

    One action is paid by one credit, so that each line has one origin. None when no credit may pay for it.
    """
    open_to_it = sorted(
        (fund for fund in funds if fits(fund, purpose)),
        key=lambda fund: (not fund.earmarked, fund.rank, fund.pk),
    )
    for fund in open_to_it:
        if fund.left_cents >= cents:
            return fund
    return max(open_to_it, key=lambda fund: fund.left_cents, default=None)


@dataclass(frozen=True)
class Forecast:
    """What a year will come to on 31 December, in cents. `pace_cents` is a month's; None when nothing tells it yet."""

    allotted_cents: int
    committed_cents: int
    pace_cents: int | None
    expected_cents: int
    lost_cents: int
    short_cents: int
    sentence: str


def months_before(day: date, count: int) -> list[int]:
    """The numbers of the `count` finished months of the year before a day, the oldest first."""
    return list(range(max(1, day.month - count), day.month))


def forecast(allotted: int, committed: int, by_month: Mapping[int, int], year: int, day: date) -> Forecast:
    """Where a year is going: what is committed, plus the pace of the last finished months until 31 December.

    `by_month` is what was committed for the actions of each month of the year. The remaining days of the present month
    count in proportion. A year that is over is what it is.
    """
    if year < day.year:
        return _told(allotted, committed, None, committed, over=True)
    known = [month for month in months_before(day, PACE_MONTHS) if _begun(by_month, month)] if year == day.year else []
    if not known:
        return _told(allotted, committed, None, committed, over=False)
    pace = sum(by_month.get(month, 0) for month in known) // len(known)
    days_left = (date(year, 12, 31) - day).days
    # A month of thirty days and a half: 365/12, in whole numbers.
    expected = committed + max(0, pace) * days_left * 12 // 365
    return _told(allotted, committed, pace, expected, over=False)


def _begun(by_month: Mapping[int, int], month: int) -> bool:
    """A team that began in May has no pace before May."""
    return any(by_month.get(earlier) for earlier in range(1, month + 1))


def _told(allotted: int, committed: int, pace: int | None, expected: int, *, over: bool) -> Forecast:
    lost, short = max(0, allotted - expected), max(0, expected - allotted)
    if over:
        sentence = f"L'année est finie : {euros(lost)} n'ont pas été engagés." if lost else "Tout a été engagé."
    elif pace is None:
        sentence = "Pas encore assez de recul pour prévoir la fin de l'année."
    elif short:
        sentence = f"Au rythme des derniers mois, il manquera {euros(short)} avant le 31 décembre."
    elif lost:
        sentence = f"Au rythme des derniers mois, {euros(lost)} ne seront pas engagés au 31 décembre."
    else:
        sentence = "Au rythme des derniers mois, tout sera engagé au 31 décembre."
    # Nobody can spend more than is allotted.
    return Forecast(allotted, committed, pace, min(expected, max(allotted, committed)), lost, short, sentence)


@dataclass(frozen=True)
class Suggestion:
    """What one team will not spend and another would, in cents."""

    giver: int
    taker: int
    amount_cents: int


def suggest(
    givers: Sequence[tuple[int, int]], takers: Sequence[tuple[int, int]], *, step: int = 1000
) -> list[Suggestion]:
    """Pair what will be lost with what will be missing, the largest first, in whole steps (10 € by default).

    Both are pairs of a team and cents. A team is in one of them only.
    """
    left = [[team, cents] for team, cents in sorted(givers, key=lambda pair: (-pair[1], pair[0]))]
    found = []
    for team, wanted in sorted(takers, key=lambda pair: (-pair[1], pair[0])):
        missing = wanted
        for giver in left:
            amount = min(giver[1], missing) // step * step
            if amount <= 0:
                continue
            giver[1] -= amount
            missing -= amount
            found.append(Suggestion(giver[0], team, amount))
    return found
