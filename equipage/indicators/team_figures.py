"""The figures of one team in a year, for itself: by type of action and by month, and what a team in the middle does.

Sums of money stand for the whole team and year only: by action or month they would say what a colleague received.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count as Counted
from django.db.models import Sum
from django.db.models.functions import ExtractYear

from equipage.compensation.models import ClaimLine
from equipage.compensation.states import SETTLED
from equipage.coordination.models import Action
from equipage.foundation.french import paris_day
from equipage.foundation.periods import day_bounds
from equipage.indicators.accounting import AGREED, DONE, PAID
from equipage.indicators.models import AccountCell
from equipage.indicators.naming import catalogue, months_label


@dataclass
class Count:
    """Actions and their duration in minutes."""

    label: str
    actions: int = 0
    minutes: int = 0

    def add(self, minutes: int) -> None:
        """One more action."""
        self.actions += 1
        self.minutes += minutes


@dataclass(frozen=True)
class Beside:
    """One figure of the team beside that of a team in the middle of the region (médiane)."""

    label: str
    own: int
    middle: int
    money: bool = False
    duration: bool = False


@dataclass(frozen=True)
class TeamYear:
    """What a team did in a year; `beside` is empty when fewer than six teams of the region did something."""

    year: int
    whole: Count
    kinds: tuple[Count, ...]
    months: tuple[Count, ...]
    paid_cents: int
    beside: tuple[Beside, ...]


def team_year(team: Any, year: int) -> TeamYear:
    """Count again from the team's own rows; three queries."""
    begin, end = day_bounds(date(year, 1, 1))[0], day_bounds(date(year, 12, 31))[1]
    rows: Any = Action.objects.filter(team=team, state__in=AGREED, validated_at__gte=begin, validated_at__lt=end)
    names = catalogue("actions")
    whole = Count("Ensemble")
    kinds: dict[str, Count] = defaultdict(lambda: Count(""))
    months: dict[int, Count] = defaultdict(lambda: Count(""))
    for kind, at, minutes in rows.order_by("id").values_list("kind", "validated_at", "minutes"):
        month = paris_day(at).month
        kinds[kind].label, months[month].label = names.get(kind, kind), months_label(month, month)
        for count in (whole, kinds[kind], months[month]):
            count.add(minutes)
    lines = ClaimLine.objects.filter(team=team, state__in=SETTLED, paid_at__gte=begin, paid_at__lt=end)
    paid = int(lines.aggregate(total=Sum("amount_cents"))["total"] or 0)
    return TeamYear(
        year,
        whole,
        tuple(sorted(kinds.values(), key=lambda count: (-count.actions, count.label))),
        tuple(months[month] for month in sorted(months)),
        paid,
        _beside(team.region_id, year, whole, paid),
    )


@dataclass(frozen=True)
class YearFigures:
    """What a team did and was paid in one year, among its others."""

    year: int
    actions: int
    minutes: int
    paid_cents: int


def team_years(team: Any) -> list[YearFigures]:
    """Every year in which something was validated or paid, the last first; two queries."""
    actions = Action.objects.filter(team=team, state__in=AGREED).order_by().annotate(of=ExtractYear("validated_at"))
    done = {
        year: (count, minutes)
        for year, count, minutes in actions.values_list("of").annotate(count=Counted("pk"), minutes=Sum("minutes"))
    }
    lines = ClaimLine.objects.filter(team=team, state__in=SETTLED).order_by().annotate(of=ExtractYear("paid_at"))
    paid = dict(lines.values_list("of").annotate(total=Sum("amount_cents")))
    return [
        YearFigures(year, *done.get(year, (0, 0)), int(paid.get(year, 0)))
        for year in sorted({*done, *paid}, reverse=True)
    ]


def _beside(region: str, year: int, whole: Count, paid: int) -> tuple[Beside, ...]:
    """The medians of the region; they are said from six teams on, and name none of them."""
    cells = AccountCell.objects.filter(
        account__region_id=region, account__year=year, dimension="year", median_items__isnull=False
    ).order_by("flow")
    found = {cell.flow: cell for cell in cells}
    beside: list[Beside] = []
    if DONE in found:
        beside.append(Beside("Actions validées", whole.actions, int(found[DONE].median_items or 0)))
        beside.append(Beside("Durée", whole.minutes, int(found[DONE].median_minutes or 0), duration=True))
    if PAID in found:
        beside.append(Beside("Versé à l’équipe", paid, int(found[PAID].median_cents or 0), money=True))
    return tuple(beside)
