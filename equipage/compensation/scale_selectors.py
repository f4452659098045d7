"""Which scale applies on a day, as known on a day: the one place that says it, for payments, estimates and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from equipage.compensation.models import ClaimLine, Scale
from equipage.foundation.periods import Period, today
from equipage.rules.errors import NoRuleInForce
from equipage.rules.scale import scale_on
from equipage.rules.scale_days import spans

_ONE_DAY = timedelta(days=1)


def adopted_scales(organisation: Any) -> list[Scale]:
    """Every adopted scale of an association, in the order of the adoptions: of two equal ones, the last wins."""
    return list(Scale.objects.filter(organisation=organisation, state="in_force").order_by("adopted_at", "id"))


def scale_for(organisation: Any, on: date, known_on: date | None = None) -> Scale:
    """The scale of an association for a day, as known on a day (None = now). Raises NoRuleInForce: never a guess."""
    return scale_on(adopted_scales(organisation), on, known_on)


def holes_of(organisation: Any, year: int) -> list[Period]:
    """The days of a civil year that no adopted scale covers: no estimate there, and no validation."""
    laid = spans(adopted_scales(organisation), date(year, 1, 1), date(year + 1, 1, 1))
    return [Period(span.start, span.end) for span in laid if span.scale is None]


@dataclass(frozen=True)
class Stretch:
    """Days in a row under one scale (plage); `last_day` included, None when nothing ends it."""

    scale: Scale
    start: date
    last_day: date | None


def stretches(scales: Sequence[Any], valid_from: date, valid_to: date | None) -> list[Stretch]:
    """Which scales apply over a period that may have no end; the days without scale are left out."""
    marks = [valid_from, *(mark for one in scales for mark in (one.valid_from, one.valid_to) if mark)]
    # After the last of all beginnings and ends, nothing changes any more.
    end = valid_to or max(marks) + _ONE_DAY
    return [
        Stretch(span.scale, span.start, None if valid_to is None and span.end == end else span.end - _ONE_DAY)
        for span in spans(scales, valid_from, end)
        if span.scale is not None
    ]


def replacements_of(scale: Any) -> list[Stretch]:
    """The days of an adopted scale to which another adoption applies instead."""
    found = stretches(adopted_scales(scale.organisation), scale.valid_from, scale.valid_to)
    return [one for one in found if one.scale.pk != scale.pk]


def adopted_since(line: Any) -> Scale | None:
    """The scale that now applies to the day of a frozen line, when it is not the one that priced it."""
    if line.frozen_at is None:
        return None
    try:
        now = scale_for(line.organisation, line.held_on)
    except NoRuleInForce:
        return None
    return now if now.pk != line.rate.scale_id else None


@dataclass(frozen=True)
class _AsIfAdopted:
    """A draft, had it been adopted today."""

    pk: int
    valid_from: date
    valid_to: date | None
    adopted_on: date


@dataclass(frozen=True)
class Overlay:
    """What the adoption of a draft would do: the scales it is laid over, by days, and what is frozen on them."""

    replaced: tuple[Stretch, ...]
    resisting: tuple[Stretch, ...]
    frozen: int


def overlay_of(draft: Any) -> Overlay:
    """What adopting a draft today would change. Frozen lines keep their amount; they are counted, to be said.

    `resisting` are days that another scale adopted today keeps, as it begins later.
    """
    adopted = adopted_scales(draft.organisation)
    pretended = _AsIfAdopted(draft.pk, draft.valid_from, draft.valid_to, today())
    after = stretches([*adopted, pretended], draft.valid_from, draft.valid_to)
    kept = tuple(one for one in after if one.scale.pk != draft.pk)
    replaced: list[Stretch] = []
    for one in after:
        if one.scale.pk == draft.pk:
            end = None if one.last_day is None else one.last_day + _ONE_DAY
            replaced += stretches(adopted, one.start, end)
    return Overlay(tuple(replaced), kept, _frozen_in(draft))


def _frozen_in(scale: Any) -> int:
    lines = ClaimLine.objects.filter(
        organisation=scale.organisation, frozen_at__isnull=False, adjusts=None, held_on__gte=scale.valid_from
    ).exclude(state="cancelled")
    return (lines.filter(held_on__lt=scale.valid_to) if scale.valid_to else lines).count()
