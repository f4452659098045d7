"""Reading what may be spent: the credits of a year, where each team is going."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.db.models.functions import ExtractMonth

from equipage.foundation.periods import today
from equipage.funding.models import Commitment, Envelope, Fund, Reallotment, YearPlan
from equipage.funding.rules import Forecast, Purpose, Suggestion, forecast, suggest
from equipage.rules.errors import NoRuleInForce
from equipage.teams.models import Team
from equipage.teams.rules import form_of


def purpose_of(action: Any) -> Purpose:
    """What the money of an action is asked for; the themes of its team are read (one query, prefetched or not)."""
    return Purpose(
        action.kind,
        frozenset(theme.code for theme in action.team.themes.all()),
        action.team.commune.department_id,
    )


@dataclass(frozen=True)
class Credits:
    """The credits of an association for a year, in cents; `amount_cents` is None while nobody entered any."""

    year: int
    funds: tuple[Fund, ...]

    @property
    def amount_cents(self) -> int | None:
        return sum(fund.amount_cents for fund in self.funds) if self.funds else None

    @property
    def committed_cents(self) -> int:
        return sum(fund.committed_cents for fund in self.funds)

    @property
    def fictitious(self) -> bool:
        return any(fund.fictitious for fund in self.funds)


def credits_of(organisation: Any, year: int) -> Credits:
    """One query."""
    return Credits(year, tuple(Fund.objects.filter(organisation=organisation, year=year).order_by("rank", "pk")))


def amounts_by_year(regions: Iterable[str]) -> dict[int, int]:
    """What funders give to the associations of some regions, in cents, by year."""
    rows = Fund.objects.filter(organisation__region_id__in=regions).order_by().values_list("year")
    return {year: int(total) for year, total in rows.annotate(total=Sum("amount_cents"))}


def years_of(organisation: Any) -> list[int]:
    """The years with a credit, a plan or an envelope, and this one; the last first."""
    funds = Fund.objects.filter(organisation=organisation).order_by().values_list("year", flat=True).distinct()
    plans = YearPlan.objects.filter(organisation=organisation).order_by().values_list("year", flat=True)
    envelopes = Envelope.objects.filter(team__region_id=organisation.region_id).order_by()
    return sorted({*funds, *plans, *envelopes.values_list("year", flat=True).distinct(), today().year}, reverse=True)


def forecast_of(team: Any, year: int, *, default_cents: int = 0) -> Forecast:
    """Where the envelope of a team is going; two queries. `default_cents` stands where no envelope was made yet."""
    row = Envelope.objects.filter(team=team, year=year).first()
    if row is None:
        return forecast(default_cents, 0, {}, year, today())
    months = Commitment.objects.filter(envelope=row).order_by().annotate(month=ExtractMonth("dated"))
    by_month = {month: int(total) for month, total in months.values_list("month").annotate(total=Sum("amount_cents"))}
    return forecast(row.amount_cents, row.committed_cents, by_month, year, today())


@dataclass(frozen=True)
class TeamYear:
    """A team and where its envelope is going."""

    team: Any
    ceiling_cents: int
    forecast: Forecast

    @property
    def left_cents(self) -> int:
        return self.forecast.allotted_cents - self.forecast.committed_cents

    @property
    def room_cents(self) -> int:
        """What may still be allotted to it below the ceiling of the rule, in cents."""
        return self.ceiling_cents - self.forecast.allotted_cents


def team_years(organisation: Any, year: int) -> list[TeamYear]:
    """Every recognised team of the region, those that would lose most first; four queries whatever their number."""
    teams = Team.objects.filter(region_id=organisation.region_id, recognised_on__lte=date(year, 12, 31)).exclude(
        state="closed", closed_at__year__lt=year
    )
    envelopes = {
        row.team_id: row
        for row in Envelope.objects.filter(team__region_id=organisation.region_id, year=year).order_by()
    }
    plan = YearPlan.objects.filter(organisation=organisation, year=year).first()
    by_team: dict[int, dict[int, int]] = defaultdict(dict)
    months = Commitment.objects.filter(envelope__team__region_id=organisation.region_id, envelope__year=year)
    sums = months.order_by().annotate(month=ExtractMonth("dated")).values_list("envelope__team_id", "month")
    for team_id, month, total in sums.annotate(total=Sum("amount_cents")):
        by_team[team_id][month] = int(total)
    found = [
        row
        for team in teams.select_related("commune").order_by("name", "pk")
        if (row := _team_year(team, envelopes.get(team.pk), plan, by_team[team.pk], year)) is not None
    ]
    return sorted(found, key=lambda row: (-row.forecast.lost_cents, row.team.name, row.team.pk))


def _team_year(
    team: Any, envelope: Envelope | None, plan: YearPlan | None, by_month: dict[int, int], year: int
) -> TeamYear | None:
    if envelope is not None:
        ceiling, allotted, committed = envelope.ceiling_cents, envelope.amount_cents, envelope.committed_cents
    else:
        try:
            ceiling = int(form_of(team, date(year, 12, 31)).envelope.effective)
        except NoRuleInForce:
            return None
        allotted, committed = ceiling if plan is None else min(ceiling, plan.team_cents), 0
    return TeamYear(team, ceiling, forecast(allotted, committed, by_month, year, today()))


def suggestions(rows: Iterable[TeamYear]) -> list[Suggestion]:
    """What could be re-allotted: who would lose gives to who would run out below the ceiling of the rule."""
    known = [row for row in rows if row.forecast.pace_cents is not None]
    givers = [(row.team.pk, row.forecast.lost_cents) for row in known if row.forecast.lost_cents]
    takers = [
        (row.team.pk, min(row.forecast.short_cents, row.room_cents))
        for row in known
        if row.forecast.short_cents and row.room_cents > 0
    ]
    return suggest(givers, takers)


def waiting_for_decision(user: Any) -> int:
    """How many re-allotments wait for this person's decision."""
    found: int = Reallotment.objects.visible_to(user).filter(state="proposed").exclude(proposed_by=user).count()
    return found
