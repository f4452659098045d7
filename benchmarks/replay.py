"""A year of validated actions replayed under other rates, with and without its words.

The floor is what cannot be spared: going through the same people and adding one amount each to a sum by team.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from equipage.rules import library
from equipage.rules.pricing import Tariff
from equipage.rules.replay import PersonThere, PlainAction, Regime, replay
from tools.figures import Context, Figure

NAME = "replay"
ON = date(2026, 3, 1)
ACTIONS, TEAMS, PRESENT = 20_000, 300, 3
GROUPS = ("medical", "auxiliary", "pharmacy")
AIM = 20_000


def run(context: Context) -> list[Figure]:
    """One core, one process; the actions are made before the clock starts."""
    rates = library().form("esp-clap", "fr-pdl", ON).scale.rates
    before = regime(Tariff(rates))
    dearer = [replace(rate, amount=rate.amount * Decimal("1.1"), cap_action_cents=12_000) for rate in rates]
    after = regime(Tariff(dearer, cap_person_year_cents=200_000))
    actions = list(plain_actions(sorted({rate.action_code for rate in rates})))
    lines = len(actions) * PRESENT
    floor, mute, told = (
        _per_second(lines, lambda: add_up(actions)),
        _per_second(lines, lambda: replay(actions, before, after)),
        _per_second(lines, lambda: replay(actions, before, after, explain=True)),
    )
    return [
        Figure("lignes rejouées, avant et après", mute, "par s", floor, "additions", AIM, True),
        Figure("les mêmes, chacune expliquée", told, "par s", floor, "additions", more_is_better=True),
    ]


def regime(tariff: Tariff, budget: int = 90_000_000) -> Regime:
    """This tariff, with an envelope for each team and a budget for all."""
    return Regime(lambda day: tariff, lambda team, year: 1_000_000, lambda year: budget)


def plain_actions(kinds: list[str], *, count: int = ACTIONS, teams: int = TEAMS) -> Iterator[PlainAction]:
    """A year of actions, always the same."""
    dice = Random(1)  # noqa: S311 (always the same year)
    for place in range(count):
        team = dice.randrange(teams)
        people = tuple(PersonThere(team * 10 + number, dice.choice(GROUPS)) for number in range(PRESENT))
        day = date(2026, 1, 1) + timedelta(days=place * 364 // count)
        yield PlainAction(team, dice.choice(kinds), day, 45, 3, people, place)


def add_up(actions: list[PlainAction]) -> dict[int | str, int]:
    """The floor: one sum by team."""
    sums: dict[int | str, int] = {}
    for action in actions:
        for _ in action.people:
            sums[action.team] = sums.get(action.team, 0) + action.minutes
    return sums


def _per_second(lines: int, action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return lines / (time.perf_counter() - began)
