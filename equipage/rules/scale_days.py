"""The days of a year laid out by the scale that applies to each (frise des barèmes), holes included. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic

from equipage.rules.errors import NoRuleInForce
from equipage.rules.scale import S, scale_on


@dataclass(frozen=True, slots=True)
class Span(Generic[S]):
    """Days in a row, `end` excluded, under one scale; `scale` None is a hole: nothing is priced on those days."""

    start: date
    end: date
    scale: S | None


def spans(scales: Iterable[S], start: date, end: date, known_on: date | None = None) -> list[Span[S]]:
    """Who applies from `start` to `end` (excluded), as known on a day: spans that touch, neighbours that differ.

    A scale only begins or ceases to apply where some scale begins or ends, so one look-up a piece is enough.
    """
    given = list(scales)
    marks = {
        start,
        *(day for scale in given for day in (scale.valid_from, scale.valid_to) if day and start < day < end),
    }
    found: list[Span[S]] = []
    ordered = sorted(marks)
    for first, after in zip(ordered, [*ordered[1:], end], strict=True):
        try:
            scale = scale_on(given, first, known_on)
        except NoRuleInForce:
            scale = None
        if found and found[-1].scale is scale:
            found[-1] = Span(found[-1].start, after, scale)
        elif first < after:
            found.append(Span(first, after, scale))
    return found
