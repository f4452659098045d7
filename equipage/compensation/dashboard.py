"""The money of an association over a year: month by month, against what funders give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractMonth

from equipage.compensation.models import ClaimLine
from equipage.compensation.states import COMING, COMMITTED, SETTLED
from equipage.foundation.french import MONTHS
from equipage.foundation.periods import Month
from equipage.funding.models import Envelope
from equipage.funding.selectors import Credits, credits_of
from equipage.funding.selectors import years_of as known_years


@dataclass(frozen=True)
class MonthRow:
    """The actions of a month in cents: estimated, owed (validated or in payment), paid."""

    month: Month
    label: str
    estimated_cents: int
    owed_cents: int
    paid_cents: int
    people: int


@dataclass(frozen=True)
class Year:
    """The year of an association: its months, its totals, its credits."""

    year: int
    rows: list[MonthRow]
    estimated_cents: int
    owed_cents: int
    paid_cents: int
    credits: Credits
    envelopes_cents: int
    teams_full: int

    @property
    def committed_cents(self) -> int:
        return self.owed_cents + self.paid_cents

    @property
    def left_cents(self) -> int | None:
        amount = self.credits.amount_cents
        return None if amount is None else amount - self.committed_cents


def year_of(organisation: Any, year: int) -> Year:
    """Five aggregate queries, whatever the number of lines."""
    lines = ClaimLine.objects.filter(organisation=organisation, year=year).order_by()
    months = {
        row["month"]: row
        for row in lines.annotate(month=ExtractMonth("held_on"))
        .values("month")
        .annotate(
            estimated=Sum("amount_cents", filter=Q(state="estimated"), default=0),
            owed=Sum("amount_cents", filter=Q(state__in=COMING), default=0),
            paid=Sum("amount_cents", filter=Q(state__in=SETTLED), default=0),
            people=Count("professional", distinct=True),
        )
    }
    rows = [
        MonthRow(
            Month(year, number),
            MONTHS[number - 1],
            int(row["estimated"]),
            int(row["owed"]),
            int(row["paid"]),
            row["people"],
        )
        for number, row in sorted(months.items())
    ]
    envelopes = Envelope.objects.filter(team__region_id=organisation.region_id, year=year).order_by()
    used = dict(lines.filter(state__in=COMMITTED).values_list("team_id").annotate(total=Sum("amount_cents")))
    allotted = dict(envelopes.values_list("team_id", "amount_cents"))
    return Year(
        year,
        rows,
        sum(row.estimated_cents for row in rows),
        sum(row.owed_cents for row in rows),
        sum(row.paid_cents for row in rows),
        credits_of(organisation, year),
        sum(allotted.values()),
        sum(1 for team, total in used.items() if team in allotted and total >= allotted[team]),
    )


def years_of(organisation: Any) -> list[int]:
    """The years that have lines or a credit, the last first."""
    lines = ClaimLine.objects.filter(organisation=organisation).order_by().values_list("year", flat=True).distinct()
    return sorted({*lines, *known_years(organisation)}, reverse=True)
