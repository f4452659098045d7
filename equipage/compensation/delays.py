"""How long money takes, stage by stage: from the day of an action to the day the bank paid (jours entre étapes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from equipage.compensation.models import ClaimLine
from equipage.foundation.periods import PARIS

# Each stage, and where a line keeps its moment. The order is that of the life of a line.
STAGES = (
    ("Action", "held_on"),
    ("Déclarée", "action__declared_at"),
    ("Vérifiée", "action__verified_at"),
    ("Validée", "frozen_at"),
    ("Mise en paiement", "payment__run__prepared_at"),
    ("Virement approuvé", "payment__run__approved_at"),
    ("Virement exécuté", "settled_by__run__executed_on"),
)
COLUMNS = tuple(column for _, column in STAGES)


@dataclass(frozen=True)
class Stage:
    """One stage: its day, the days since the stage before; both None when it has not come."""

    label: str
    on: date | None
    days: int | None


@dataclass(frozen=True)
class Median:
    """The median of a stage over many lines, in days, and how many lines were counted; None without any."""

    label: str
    days: int | None
    count: int


def stages(moments: Sequence[date | datetime | None]) -> list[Stage]:
    """The days between stages, in Paris; `moments` are in the order of `STAGES`. Pure.

    A stage that has no moment is skipped: the next one counts from the last that has one. A stage told after the one
    that follows it (an action verified once validated) took no time.
    """
    found: list[Stage] = []
    before: date | None = None
    for (label, _), moment in zip(STAGES, moments, strict=True):
        on = _day(moment)
        days = max(0, (on - before).days) if on and before else None
        found.append(Stage(label, on, days))
        before = max(on, before) if on and before else on or before
    return found


def _day(moment: date | datetime | None) -> date | None:
    return moment.astimezone(PARIS).date() if isinstance(moment, datetime) else moment


def medians(rows: Iterable[tuple[Sequence[date | datetime | None], int]]) -> list[Median]:
    """The median of each stage, then of the whole; each row is its moments and how many lines share them. Pure.

    The lower of the two middle values: a number of days that really happened.
    """
    by_stage: list[dict[int, int]] = [{} for _ in STAGES]
    whole: dict[int, int] = {}
    for moments, count in rows:
        known = stages(moments)
        for place, stage in enumerate(known):
            if stage.days is not None:
                by_stage[place][stage.days] = by_stage[place].get(stage.days, 0) + count
        if known[0].on and known[-1].on:
            total = (known[-1].on - known[0].on).days
            whole[total] = whole.get(total, 0) + count
    named = zip([label for label, _ in STAGES][1:], by_stage[1:], strict=True)
    return [
        *(Median(label, _middle(found), sum(found.values())) for label, found in named),
        Median("De l'action au virement", _middle(whole), sum(whole.values())),
    ]


def _middle(counts: Mapping[int, int]) -> int | None:
    half = (sum(counts.values()) + 1) // 2
    for days, count in sorted(counts.items()):
        half -= count
        if half <= 0:
            return days
    return None


def stages_of(line: Any) -> list[Stage]:
    """The stages of one line, read with its action and its run."""
    run = line.payment.run if line.payment_id else None
    action = line.action
    moments = (line.held_on, action.declared_at, action.verified_at, line.frozen_at)
    sent = (run.prepared_at, run.approved_at) if run else (None, None)
    # Received by another transfer than its own, when that one came back.
    return stages((*moments, *sent, line.settled_by.run.executed_on if line.settled_by_id else None))


def delays_of(organisation: Any, year: int) -> list[Median]:
    """The median of each stage over the lines paid for the actions of a year: one query."""
    paid = ClaimLine.objects.filter(organisation=organisation, year=year, state="paid", adjusts=None).order_by()
    rows = paid.values_list(*COLUMNS).annotate(lines=Count("id")).order_by()
    return medians((row[:-1], row[-1]) for row in rows)
