"""Two time axes of a scale: the day it is for, and the day we knew it; against the plainest possible reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import NoRuleInForce, library
from equipage.rules.dated import Dated, Reference, Timeline
from equipage.rules.scale import scale_on

BEGIN = date(2026, 1, 1)


@dataclass(frozen=True)
class Made:
    """A scale as the association adopts it; a draft has no day of adoption."""

    name: int
    valid_from: date
    valid_to: date | None
    adopted_on: date | None


days = st.integers(0, 30).map(lambda number: BEGIN + timedelta(days=number))


@st.composite
def scales(draw: st.DrawFn, drafts: bool = True) -> list[Made]:
    made = []
    for name in range(draw(st.integers(0, 7))):
        start = draw(days)
        end = draw(st.none() | st.integers(1, 20).map(lambda long: start + timedelta(days=long)))  # noqa: B023
        made.append(Made(name, start, end, draw(days if not drafts else st.none() | days)))
    return made


def covers(scale: Made, on: date) -> bool:
    return scale.valid_from <= on and (scale.valid_to is None or on < scale.valid_to)


def found_by_hand(given_scales: list[Made], on: date, known_on: date | None) -> int | None:
    """Lay the adoptions one after the other, in the order in which they were known: the last that covers stands."""
    answer = None
    known = [one for one in given_scales if one.adopted_on and (known_on is None or one.adopted_on <= known_on)]
    for scale in sorted(known, key=lambda one: (one.adopted_on or date.min, one.valid_from)):
        if covers(scale, on):
            answer = scale.name
    return answer


def name_on(given_scales: list[Made], on: date, known_on: date | None) -> int | None:
    try:
        return scale_on(given_scales, on, known_on).name
    except NoRuleInForce:
        return None


@given(scales(), days, st.none() | days)
def test_it_is_the_last_adopted_of_those_that_cover_the_day(made: list[Made], on: date, known_on: date | None) -> None:
    assert name_on(made, on, known_on) == found_by_hand(made, on, known_on)


@given(scales(drafts=False), days, st.none() | days)
def test_it_is_what_a_timeline_of_the_rules_would_say(made: list[Made], on: date, known_on: date | None) -> None:
    timeline = Timeline(
        Dated(
            "scale",
            "fr",
            "",
            one.name,
            one.valid_from,
            one.valid_to,
            Reference(""),
            "verified",
            "",
            None,
            one.adopted_on,
        )
        for one in made
    )
    value = timeline.at(on, known_on)
    assert name_on(made, on, known_on) == (value.value if value else None)


def test_a_correction_of_the_past_changes_what_we_know_now_and_not_what_we_knew() -> None:
    first = Made(1, BEGIN, None, BEGIN)
    correction = Made(2, BEGIN, date(2026, 3, 1), date(2026, 6, 1))
    both = [correction, first]
    assert scale_on(both, date(2026, 2, 1)) is correction
    assert scale_on(both, date(2026, 2, 1), date(2026, 5, 31)) is first
    assert scale_on(both, date(2026, 2, 1), date(2026, 6, 1)) is correction
    assert scale_on(both, date(2026, 3, 1)) is first


def test_a_day_without_scale_is_said_with_its_day_and_what_was_known() -> None:
    late = Made(1, BEGIN, None, date(2026, 6, 1))
    with pytest.raises(NoRuleInForce, match=r"pour le 31.décembre 2025.: adoptez-en un qui couvre cette date\."):
        scale_on([late], date(2025, 12, 31))
    with pytest.raises(NoRuleInForce, match=r"le 1er.mars 2026 tel qu'on le connaissait le 31.mai 2026"):
        scale_on([late], date(2026, 3, 1), date(2026, 5, 31))
    with pytest.raises(NoRuleInForce):
        scale_on([Made(1, BEGIN, None, None)], BEGIN)


def test_the_scales_of_the_packs_are_looked_up_the_same_way() -> None:
    made = [library().scale("esp-clap", "fr-pdl", date(year, 3, 1)) for year in (2025, 2026)]
    assert scale_on(made, date(2025, 12, 31)).code == made[0].code
    assert scale_on(made, date(2026, 1, 1)).code == made[1].code
