"""The simulator at its limit: one year of ten thousand teams, before and after, beside summing the same lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from benchmarks.replay import ON, PRESENT, add_up, plain_actions, regime
from equipage.rules import library
from equipage.rules.pricing import Tariff
from equipage.rules.replay import replay
from tools.figures import Context, Figure

NAME = "simulator"
TEAMS, EACH, BUDGET = 10_000, 24, 10_000_000_000


def run(context: Context) -> list[Figure]:
    """One core, one process; two actions a month for each team, made before the clock starts."""
    rates = library().form("esp-clap", "fr-pdl", ON).scale.rates
    before = regime(Tariff(rates), BUDGET)
    dearer = [replace(rate, amount=rate.amount * Decimal("1.1"), cap_action_cents=12_000) for rate in rates]
    after = regime(Tariff(dearer, cap_person_year_cents=200_000), BUDGET)
    kinds = sorted({rate.action_code for rate in rates})
    actions = list(plain_actions(kinds, count=TEAMS * EACH, teams=TEAMS))
    lines = len(actions) * PRESENT
    floor, _ = _seconds(lambda: add_up(actions))
    took, found = _seconds(lambda: replay(actions, before, after))
    if len(found.by_team) != TEAMS or sum(one.after_cents for one in found.by_team.values()) != found.total.after_cents:
        raise RuntimeError("Les équipes ne font pas le tout.")
    return [
        Figure(f"{TEAMS} équipes, {lines} lignes rejouées, avant et après", took, "s", floor, "additionner les lignes"),
        Figure("lignes par seconde", lines / took, "par s", more_is_better=True),
    ]


def _seconds(action: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result
