"""Reading the dated facts that indicators count; a constant number of queries whatever the number of teams."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from equipage.compensation.models import ClaimLine
from equipage.foundation.french import paris_day
from equipage.foundation.periods import day_bounds, today
from equipage.foundation.refusals import Refused
from equipage.funding.selectors import amounts_by_year
from equipage.indicators.rules import (
    FORM,
    NATION,
    OWN_THEME,
    OWN_THEME_LABEL,
    Campaign,
    FileFacts,
    National,
    TeamFacts,
    count_national,
    national_indicator,
)
from equipage.people import nomenclatures
from equipage.people.models import Professional
from equipage.projects.models import ProjectVersion
from equipage.recognition.models import RecognitionFile
from equipage.rules import library
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.teams.states import TEAM
from equipage.territory.models import Department, Region

COMMITTED = ("validated", "locked", "returned", "paid", "repaid")


def region_of_territory(territory: str) -> str:
    """The region of « 52 » or « fr-pdl »; empty for the nation (« fr »). Raises Refused for anything else."""
    wanted = territory.strip().lower()
    if wanted in ("", NATION):
        return ""
    place = library().territories.get(wanted)
    if place is not None and place.region:
        return place.region
    if Region.objects.filter(pk=wanted.upper()).exists():
        return wanted.upper()
    raise Refused(
        f"« {territory} » n'est pas un territoire : écrivez « fr », un code de région comme « 52 », ou « fr-pdl ».",
        field="territory",
    )


def national(campaign: Campaign, territory: str = NATION) -> National:
    """Count the projects under way at a campaign, in one region or in all."""
    region = region_of_territory(territory)
    day = campaign.reference_day
    teams = _counted_teams(day, region)
    facts = _facts(teams, day)
    return count_national(
        facts.values(),
        campaign,
        national_indicator(day),
        region or NATION,
        regions=dict(Region.objects.values_list("code", "name")),
        professions={concept.code: concept.screen_label for concept in nomenclatures.professions()},
    )


def _counted_teams(on: date, region: str) -> QuerySet[Team]:
    """Teams of the forms that are ESP or a regional variety of it."""
    forms = {card.code for cards in library().pack.forms.values() for card in cards if FORM in (card.code, card.parent)}
    rows = Team.objects.filter(form__in=sorted(forms), created_at__lt=day_bounds(on)[1])
    return (rows.filter(region_id=region) if region else rows).order_by("id")


def _facts(teams: QuerySet[Team], on: date) -> dict[int, TeamFacts]:
    closed = {pk: (region, at) for pk, region, at in teams.values_list("id", "region_id", "closed_at")}
    facts = {pk: TeamFacts(region, paris_day(at) if at else None) for pk, (region, at) in closed.items()}
    inside = teams.order_by().values("id")
    end = day_bounds(on)[1]
    files = RecognitionFile.objects.filter(team_id__in=inside, submitted_at__lt=end).order_by("id")
    for team, submitted, decided, state in files.values_list("team_id", "submitted_at", "decided_on", "state"):
        facts[team].files.append(FileFacts(paris_day(submitted), decided, state))
    _read_themes(facts, inside, end)
    members = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        team_id__in=inside,
        state__in=("confirmed", "left"),
        valid_from__lte=on,
        confirmed_at__lt=end,
    ).order_by()
    for team, code in members.values_list("team_id", "professional__profession_code").distinct():
        facts[team].actors.add(code)
    return facts


def theme_codes() -> dict[str, str]:
    """The code of each theme of the catalogue by its label, those that rules have replaced too; one query."""
    known = dict(TeamTheme.objects.exclude(code=OWN_THEME).order_by().values_list("label", "code").distinct())
    for card in library().pack.forms.values():
        if FORM in (card[0].code, card[0].parent):
            for rule in library().rules(f"{card[0].code}.themes."):
                for timeline in rule.timelines.values():
                    known |= {entry.value["label"]: rule.key for entry in timeline.entries if entry.value}
    return known


def _read_themes(facts: dict[int, TeamFacts], inside: Any, end: Any) -> None:
    """The themes of the last version deposited by then: what was frozen, not what is said today."""
    known = theme_codes()
    versions = ProjectVersion.objects.filter(project__team_id__in=inside, frozen_at__lt=end).order_by("number", "id")
    last: dict[int, Any] = {}
    for team, labels in versions.values_list("project__team_id", "content__sections__themes__themes"):
        last[team] = labels or []
    for team, labels in last.items():
        facts[team].themes = {
            (known[label], label) if label in known else (OWN_THEME, OWN_THEME_LABEL) for label in labels
        }


# --- the dashboard of the region ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Days between two steps of the path: the median over `count` teams; None where nobody made it yet."""

    label: str
    days: float | None
    count: int


@dataclass(frozen=True)
class Money:
    """The sums of a year, in cents: allotted (None when nobody said), committed, paid."""

    year: int
    budget_cents: int | None
    committed_cents: int
    paid_cents: int


@dataclass(frozen=True)
class Dashboard:
    """What a region looks like: teams by department and state, days between steps, sums by year."""

    states: tuple[Any, ...]
    departments: tuple[tuple[str, tuple[int, ...]], ...]
    total: tuple[int, ...]
    professionals: int
    steps: tuple[Step, ...]
    money: tuple[Money, ...]


def dashboard(user: Any) -> Dashboard:
    """The region as this person sees it: the agency and the association see sums, never lines."""
    teams = Team.objects.visible_to(user)
    states = tuple(TEAM.states.values())
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for department, state, count in (
        teams.order_by().values_list("department_id", "state").annotate(count=Count("id")).order_by()
    ):
        counts[department][state] = count
    names = dict(Department.objects.filter(pk__in=counts).values_list("code", "name"))
    rows = tuple(
        (f"{names[code]} ({code})", tuple(counts[code].get(state.name, 0) for state in states))
        for code in sorted(counts)
    )
    total = tuple(sum(column) for column in zip(*(row for _, row in rows), strict=True)) if rows else ()
    inside = teams.order_by().values("id")
    members = Membership.objects.in_force().filter(team_id__in=inside, state__in=("confirmed", "left")).order_by()
    professionals = Professional.objects.filter(pk__in=members.values("professional_id")).count()
    return Dashboard(states, rows, total, professionals, _steps(teams), _money(user))


def _steps(teams: QuerySet[Team]) -> tuple[Step, ...]:
    """Median days from the creation to the meeting, to the first deposit, to the recognition."""
    firsts: dict[int, date] = {}
    files = RecognitionFile.objects.filter(team_id__in=teams.order_by().values("id")).order_by("submitted_at", "id")
    for team, at in files.values_list("team_id", "submitted_at"):
        firsts.setdefault(team, paris_day(at))
    spans: dict[str, list[int]] = {"met": [], "deposited": [], "recognised": [], "all": []}
    rows = teams.order_by().values_list("id", "created_at", "met_on", "recognised_on")
    for pk, created_at, met, recognised in rows:
        created, deposited = paris_day(created_at), firsts.get(pk)
        _add(spans["met"], created, met)
        _add(spans["deposited"], met, deposited)
        _add(spans["recognised"], deposited, recognised)
        _add(spans["all"], created, recognised)
    labels = {
        "met": "De la création à la rencontre",
        "deposited": "De la rencontre au premier dépôt",
        "recognised": "Du premier dépôt à la reconnaissance",
        "all": "De la création à la reconnaissance",
    }
    return tuple(Step(labels[key], float(median(found)) if found else None, len(found)) for key, found in spans.items())


def _add(span: list[int], begin: date | None, end: date | None) -> None:
    if begin is not None and end is not None and end >= begin:
        span.append((end - begin).days)


def _money(user: Any) -> tuple[Money, ...]:
    """Sums by civil year over the regions where this person holds a role."""
    regions = {a.organisation.region_id for a in user.assignments if a.organisation}
    lines = ClaimLine.objects.filter(region_id__in=regions, year__gte=today().year - 2)
    sums = (
        lines.order_by()
        .values("year")
        .annotate(
            committed=Sum("amount_cents", filter=Q(state__in=COMMITTED)),
            paid=Sum("amount_cents", filter=Q(state="paid")),
        )
        .order_by("-year")
    )
    budgets = amounts_by_year(regions)
    return tuple(
        Money(row["year"], budgets.get(row["year"]), int(row["committed"] or 0), int(row["paid"] or 0)) for row in sums
    )
