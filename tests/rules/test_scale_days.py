"""The days laid out by scale, against one look a day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from equipage.rules.scale_days import spans
from tests.rules.test_adoption import BEGIN, Made, days, found_by_hand, scales


@given(scales(), days, st.integers(1, 40), st.none() | days)
def test_each_day_has_the_scale_that_a_look_at_that_day_finds(
    made: list[Made], start: date, long: int, known_on: date | None
) -> None:
    end = start + timedelta(days=long)
    laid = spans(made, start, end, known_on)
    by_day = {
        span.start + timedelta(days=number): span.scale.name if span.scale else None
        for span in laid
        for number in range((span.end - span.start).days)
    }
    expected = [start + timedelta(days=number) for number in range(long)]
    assert by_day == {day: found_by_hand(made, day, known_on) for day in expected}


@given(scales(), days, st.integers(1, 40))
def test_spans_touch_and_neighbours_differ(made: list[Made], start: date, long: int) -> None:
    laid = spans(made, start, start + timedelta(days=long))
    assert laid[0].start == start and laid[-1].end == start + timedelta(days=long)
    for before, after in pairwise(laid):
        assert before.end == after.start and before.scale is not after.scale


def test_without_scale_the_whole_is_one_hole() -> None:
    nothing: list[Made] = []
    [hole] = spans(nothing, BEGIN, BEGIN + timedelta(days=365))
    assert hole.scale is None and (hole.end - hole.start).days == 365
