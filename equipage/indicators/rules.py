"""Counting projects under way on a day: which campaign, which projects, in which piles. Pure functions, no model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from equipage.foundation.french import day
from equipage.foundation.refusals import Refused
from equipage.rules import Dated, NoRuleInForce, library
from equipage.rules.catalogue import Indicator

FORM, NATION = "esp", "fr"
INDICATOR = "national"
OWN_THEME = "libre"
OWN_THEME_LABEL = "Thème propre à l'équipe"


@dataclass(frozen=True)
class Campaign:
    """One of the yearly counts (campagne): its closing day, and the day at which facts are read.

    `provisional`: the closing day is not over, facts are those of `reference_day`. `rule` says where the calendar
    comes from; `rule.is_assumption` that it is a working value.
    """

    year: int
    number: int
    closing_day: date
    reference_day: date
    rule: Dated

    @property
    def provisional(self) -> bool:
        """Is the campaign still running?"""
        return self.reference_day < self.closing_day

    @property
    def label(self) -> str:
        """« Campagne 2 de 2026, arrêtée au 31 août 2026 »."""
        state = "provisoire au" if self.provisional else "arrêtée au"
        return f"Campagne {self.number} de {self.year}, {state} {day(self.reference_day)}"


def calendar(year: int) -> tuple[list[date], Dated]:
    """The closing days of a year, in order, with the rule that says so. Raises Refused without one."""
    try:
        view = library().form(FORM, NATION, date(year, 12, 31))
        rule = view.find("campaigns.closing_days")
    except NoRuleInForce as missing:
        raise Refused(f"Aucune campagne n'est prévue par les règles en {year}. {missing.sentence}") from missing
    if rule is None or not rule.effective:
        raise Refused(f"Aucun calendrier de campagne n'est écrit dans les règles pour {year}.")
    return sorted(date(year, *map(int, text.split("-"))) for text in rule.effective), rule


def campaign_of(year: int, number: int, today: date) -> Campaign:
    """The campaign of a year. Raises Refused for one that does not exist or has not begun."""
    if not 2017 <= year <= today.year:
        raise Refused(f"Choisissez une année de 2017 à {today.year}.", field="year")
    days, rule = calendar(year)
    if not 1 <= number <= len(days):
        raise Refused(
            f"L'année {year} compte {len(days)} campagnes : demandez un numéro de 1 à {len(days)}.", field="campaign"
        )
    begins = days[number - 2] + timedelta(days=1) if number > 1 else date(year, 1, 1)
    if begins > today:
        raise Refused(
            f"La campagne {number} de {year} commence le {day(begins)} : ses chiffres n'existent pas encore.",
            field="campaign",
        )
    closing = days[number - 1]
    return Campaign(year, number, closing, min(closing, today), rule)


def recent_campaigns(today: date, count: int = 6) -> list[Campaign]:
    """The last campaigns begun, newest first."""
    found: list[Campaign] = []
    year = today.year
    while len(found) < count and year >= 2017:
        days, _ = calendar(year)
        for number in range(len(days), 0, -1):
            begins = days[number - 2] if number > 1 else date(year, 1, 1)
            if begins < today:
                found.append(campaign_of(year, number, today))
        year -= 1
    return found[:count]


def national_indicator(on: date) -> Indicator:
    """The indicator as the rules define it. Raises Refused when they do not."""
    found = next((one for one in library().form(FORM, NATION, on).indicators if one.key == INDICATOR), None)
    if found is None:
        raise Refused("Les règles ne définissent pas les indicateurs nationaux à cette date.")
    return found


@dataclass(frozen=True)
class FileFacts:
    """What one deposit tells: when it was made, and how and when it ended (None while it is open)."""

    submitted_on: date
    decided_on: date | None
    outcome: str


@dataclass
class TeamFacts:
    """The dated facts of a team: its region, when it closed, its deposits, its themes and professions on the day."""

    region: str
    closed_on: date | None = None
    files: list[FileFacts] = field(default_factory=list)
    themes: set[tuple[str, str]] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)


def under_way(team: TeamFacts, on: date) -> bool:
    """Is a project of this team under way (en cours) on that day: deposited, and not refused, withdrawn or closed?

    A recognised project stays under way; so does a deposit that nobody has decided yet.
    """
    if team.closed_on is not None and team.closed_on <= on:
        return False
    for file in team.files:
        if file.submitted_on > on:
            continue
        decided = file.decided_on is not None and file.decided_on <= on
        if not decided or file.outcome == "recognised":
            return True
    return False


@dataclass(frozen=True)
class Pile:
    """One figure of a breakdown."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Breakdown:
    """One breakdown (ventilation) with what its figures mean. `exclusive`: each project is in one pile only."""

    key: str
    label: str
    definition: str
    exclusive: bool
    piles: tuple[Pile, ...]


@dataclass(frozen=True)
class National:
    """A whole count: the campaign, the total and the three breakdowns."""

    campaign: Campaign
    indicator: Indicator
    territory: str
    total: int
    breakdowns: tuple[Breakdown, ...]


DEFINITIONS = {
    "region": "Chaque projet en cours compte une fois, dans la région de son équipe.",
    "theme": "Chaque projet en cours compte une fois dans chacun des thèmes de sa dernière version déposée : la somme "
    "peut dépasser le total.",
    "actor_type": "Chaque projet en cours compte une fois par profession qui a au moins un membre confirmé ce "
    "jour-là : la somme dépasse le total.",
}


def count_national(
    teams: Iterable[TeamFacts],
    campaign: Campaign,
    indicator: Indicator,
    territory: str,
    *,
    regions: dict[str, str],
    professions: dict[str, str],
) -> National:
    """The total and the breakdowns of the projects under way at the reference day of a campaign."""
    running = [team for team in teams if under_way(team, campaign.reference_day)]
    by_region = Counter(team.region for team in running)
    by_theme: Counter[str] = Counter()
    names: dict[str, str] = defaultdict(str)
    for team in running:
        for code, label in team.themes:
            by_theme[code] += 1
            names[code] = label
    by_actor = Counter(code for team in running for code in team.actors)
    counted = {
        "region": _piles(by_region, regions),
        "theme": _piles(by_theme, names),
        "actor_type": _piles(by_actor, professions),
    }
    return National(
        campaign,
        indicator,
        territory,
        len(running),
        tuple(
            Breakdown(item.key, item.label, DEFINITIONS[item.key], item.key == "region", counted[item.key])
            for item in indicator.breakdowns
            if item.key in counted
        ),
    )


def _piles(counts: Counter[str], labels: dict[str, str]) -> tuple[Pile, ...]:
    """The biggest first; equals by label."""
    piles = [Pile(code, labels.get(code) or code, count) for code, count in counts.items()]
    return tuple(sorted(piles, key=lambda pile: (-pile.count, pile.label)))
