"""The validated actions of last year and of this one, priced again under other rates (rejeu). Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from django.db.models import Sum

from equipage.compensation.models import Scale
from equipage.compensation.rules import rate_of
from equipage.compensation.scale_selectors import adopted_scales
from equipage.coordination.models import Action, Presence
from equipage.coordination.rules import own_hours
from equipage.foundation.periods import today
from equipage.funding.models import Envelope, Fund
from equipage.rules import library
from equipage.rules.errors import NoRuleInForce
from equipage.rules.form import FormView
from equipage.rules.pricing import Tariff
from equipage.rules.rates import Rate
from equipage.rules.replay import PersonThere, PlainAction, Regime, Replayed, Totals, replay_lines
from equipage.rules.scale import scale_on
from equipage.rules.whatif import Difference, difference, timeless, unpaid
from equipage.teams.models import Team

# How many of those who gain and lose most are kept.
MOST = 10
_BATCH = 2000


@dataclass(frozen=True)
class Rates:
    """Rates under which actions are replayed, whatever their days: those of a scale, or imagined.

    `envelope_cents` replaces the envelope of every team, None leaves each its own.
    """

    label: str
    rates: tuple[Rate, ...]
    cap_person_year_cents: int | None = None
    envelope_cents: int | None = None
    key: str = ""


def rates_of(scale: Scale) -> Rates:
    """A scale as rates to replay with."""
    rows = tuple(rate_of(row, scale) for row in scale.rates.all())
    return Rates(scale.label, rows, scale.cap_person_year_cents, key=str(scale.pk))


def reference_of(organisation: Any, but: Scale | None = None) -> Scale | None:
    """The scale to compare with: the one in force today, else the last adopted; None when there is none at all."""
    scales = [one for one in adopted_scales(organisation) if but is None or one.pk != but.pk]
    try:
        return scale_on(scales, today())
    except NoRuleInForce:
        return scales[-1] if scales else None


def period_to_replay() -> tuple[date, date]:
    """From the first day of last civil year to today, included."""
    now = today()
    return date(now.year - 1, 1, 1), now


def _validated(organisation: Any) -> Any:
    since, until = period_to_replay()
    return Action.objects.filter(
        region_id=organisation.region_id, state="validated", held_on__gte=since, held_on__lte=until
    )


def count_of(organisation: Any) -> int:
    """How many actions a replay goes through."""
    return int(_validated(organisation).count())


@dataclass(frozen=True)
class Material:
    """What a replay reads, once, in seven queries whatever the number of teams."""

    actions: tuple[PlainAction, ...]
    envelopes: dict[tuple[int, int], int]
    budgets: dict[int, int]

    @property
    def kinds(self) -> set[str]:
        """The kinds of action that were done."""
        return {action.kind for action in self.actions}


def material_of(organisation: Any) -> Material:
    """Read the validated actions of an association in the order of their validation, with envelopes and credits."""
    since, until = period_to_replay()
    columns = ("pk", "team_id", "kind", "held_on", "minutes", "patients", "starts_at")
    rows = list(_validated(organisation).order_by("validated_at", "pk").values_list(*columns))
    teams = Team.objects.filter(region_id=organisation.region_id).only("pk", "form", "region_id").in_bulk()
    forms = _Forms(teams)
    there = _people(organisation)
    actions = []
    for rank, (pk, team, kind, on, minutes, patients, starts) in enumerate(rows):
        people = tuple(
            PersonThere(one.person, forms.group(team, on, one.who), one.minutes(_When(on, minutes, starts)))
            for one in there.get(pk, ())
        )
        actions.append(PlainAction(team, kind, on, minutes, patients, people, rank, key=pk))
    years = range(since.year, until.year + 1)
    envelopes = Envelope.objects.filter(team__in=teams, year__in=years).values_list("team_id", "year", "amount_cents")
    funds = Fund.objects.filter(organisation=organisation, year__in=years).order_by().values_list("year")
    known = {(team, year): cents for team, year, cents in envelopes}
    for _, team, _, on, *_ in rows:
        if (team, on.year) not in known and (cents := forms.envelope(team, on)) is not None:
            known[team, on.year] = cents
    return Material(tuple(actions), known, dict(funds.annotate(total=Sum("amount_cents"))))


class _When(NamedTuple):
    held_on: date
    minutes: int
    starts_at: time | None


class _There(NamedTuple):
    person: int
    arrived_at: time | None
    left_at: time | None
    who: tuple[str, str, tuple[str, ...]]

    def minutes(self, when: _When) -> int | None:
        """Their own minutes, None for the whole action."""
        return None if self.arrived_at is None else own_hours(when, self.arrived_at, self.left_at).minutes


def _people(organisation: Any) -> dict[int, list[_There]]:
    """Who was there, by action."""
    rows = Presence.objects.filter(action__in=_validated(organisation), state="confirmed").order_by("professional_id")
    found: dict[int, list[_There]] = {}
    person = ("professional__profession_system", "professional__profession_code", "professional__know_hows")
    columns = rows.values_list("action_id", "professional_id", "arrived_at", "left_at", *person)
    for action, one, arrived, left, system, code, know_hows in columns.iterator(chunk_size=_BATCH):
        who = system, code, tuple(item["code"] for item in know_hows)
        found.setdefault(action, []).append(_There(one, arrived, left, who))
    return found


class _Forms:
    """What the rules say of the teams, each question asked once."""

    def __init__(self, teams: dict[int, Any]) -> None:
        self._teams = teams
        self._forms: dict[tuple[str, str, date], FormView] = {}
        self._groups: dict[tuple[Any, ...], str] = {}

    def _form(self, team_id: int, on: date) -> FormView:
        team = self._teams[team_id]
        key = (team.form, team.region_id, on)
        if key not in self._forms:
            self._forms[key] = library().form(team.form, library().territory_of_region(team.region_id), on)
        return self._forms[key]

    def group(self, team_id: int, on: date, who: tuple[str, str, tuple[str, ...]]) -> str:
        key = (self._teams[team_id].form, on, *who)
        if key not in self._groups:
            self._groups[key] = self._form(team_id, on).group_of(*who)
        return self._groups[key]

    def envelope(self, team_id: int, on: date) -> int | None:
        try:
            return self._form(team_id, on).envelope_cents
        except NoRuleInForce:
            return None


@dataclass(frozen=True)
class Compared:
    """Two sets of rates compared over the same actions; `lines_unpaid` are those that the second does not pay."""

    before: Rates
    after: Rates
    found: Replayed
    actions: int
    lines_unpaid: int
    kinds_unpaid: tuple[str, ...]
    difference: Difference


def compare(
    material: Material, before: Rates, after: Rates, on_progress: Callable[[int], None] | None = None
) -> Compared:
    """Replay every action under both, with the same pure functions and ceilings as the payment."""
    found, missing, lost = Replayed(), 0, set()
    told = _told(material.actions, on_progress)
    for line in replay_lines(told, _regime(material, before), _regime(material, after)):
        found.add(line)
        if unpaid(line.after.rate):
            missing += 1
            lost.add(line.action.kind)
    caps = before.cap_person_year_cents != after.cap_person_year_cents or after.envelope_cents is not None
    how = difference(before.rates, after.rates, caps)
    return Compared(before, after, found, len(material.actions), missing, tuple(sorted(lost)), how)


def _told(actions: Sequence[PlainAction], on_progress: Callable[[int], None] | None) -> Iterator[PlainAction]:
    for number, action in enumerate(actions):
        if on_progress is not None and number % _BATCH == 0:
            on_progress(number)
        yield action


def _regime(material: Material, rates: Rates) -> Regime:
    tariff: Tariff = timeless(rates.rates, material.kinds, rates.cap_person_year_cents)

    def envelope(team: int | str, year: int) -> int | None:
        own = material.envelopes.get((int(team), year))
        return own if rates.envelope_cents is None else rates.envelope_cents

    return Regime(lambda day: tariff, envelope, material.budgets.get)


Row = list[Any]


def figures_of(compared: Compared) -> dict[str, Any]:
    """The comparison as JSON: identifiers and cents, no name of a person. Rows are [key, before, after]."""
    found, how = compared.found, compared.difference
    since, until = period_to_replay()
    years: dict[str, Totals] = {}
    for month, totals in found.by_month.items():
        of_year = years.setdefault(str(month)[:4], Totals())
        of_year.add(totals.before_cents, totals.after_cents)
    people = [row for row in _rows(found.by_person.items()) if row[1] != row[2]]
    people.sort(key=lambda row: (row[1] - row[2], row[0]))
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "against": compared.before.label,
        "before": found.total.before_cents,
        "after": found.total.after_cents,
        "actions": compared.actions,
        "lines": found.total.lines,
        "changed": found.total.changed,
        "years": _rows(years.items()),
        "kinds": _rows(found.by_kind.items()),
        "groups": _rows(found.by_group.items()),
        "teams": _rows(found.by_team.items()),
        "over_before": sorted([team, year] for team, year in found.over_before),
        "over_after": sorted([team, year] for team, year in found.over_after),
        "gain": [row for row in people if row[2] > row[1]][:MOST],
        "lose": [row for row in reversed(people) if row[2] < row[1]][:MOST],
        "gaining": sum(row[2] > row[1] for row in people),
        "losing": sum(row[2] < row[1] for row in people),
        "lines_unpaid": compared.lines_unpaid,
        "kinds_unpaid": list(compared.kinds_unpaid),
        "percent": str(how.percent) if how.percent is not None else "",
        "kinds_changed": list(how.kinds),
        "rates_changed": how.rates,
        "whole": how.whole,
        "caps": how.caps,
    }


def _rows(items: Iterable[tuple[Any, Totals]]) -> list[Row]:
    return [[key, totals.before_cents, totals.after_cents] for key, totals in sorted(items, key=lambda pair: pair[0])]
