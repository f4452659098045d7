"""Days in Paris, months, half-open periods; the days clocks change and leap days included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import assume, given
from hypothesis import strategies as st

from equipage.foundation.periods import (
    Month,
    Period,
    add_months,
    add_working_days,
    day_bounds,
    is_working_day,
    public_holidays,
    today,
)
from equipage.foundation.refusals import Refused

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@st.composite
def periods(draw):
    start = draw(days)
    length = draw(st.none() | st.integers(1, 2000))
    return Period(start, None if length is None else start + timedelta(days=length))


@given(periods(), periods(), days)
def test_the_intersection_holds_exactly_the_days_of_both(one, other, when):
    both = one.intersection(other)
    assert (both is not None and when in both) == (when in one and when in other)
    assert (both is not None) == one.overlaps(other) == other.overlaps(one)


@given(periods(), periods())
def test_touching_periods_share_no_day_and_leave_none_between(one, other):
    assume(one.end is not None)
    follower = Period(one.end, other.end if other.end and other.end > one.end else None)
    assert one.touches(follower) and follower.touches(one)
    assert not one.overlaps(follower) and not follower.overlaps(one)
    assert one.covers(one) and not one.covers(follower)


def test_the_end_is_the_first_day_that_no_longer_holds():
    period = Period(date(2026, 1, 1), date(2026, 7, 1))
    assert date(2026, 1, 1) in period and date(2026, 6, 30) in period
    assert date(2026, 7, 1) not in period and date(2025, 12, 31) not in period
    assert period.last == date(2026, 6, 30) and period.days == 181
    assert Period.through(date(2026, 1, 1), date(2026, 6, 30)) == period
    assert Period(date(2026, 1, 1)).covers(period) and not period.covers(Period(date(2026, 1, 1)))


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 12, 31)])
def test_an_empty_period_is_refused_with_both_dates(end):
    with pytest.raises(Refused, match=r"1er janvier 2026"):
        Period(date(2026, 1, 1), end)


def test_a_last_day_before_the_first_is_refused():
    with pytest.raises(Refused, match="précède"):
        Period.through(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("start", "last", "text"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), "du 1er janvier au 30 juin 2026"),
        (date(2025, 9, 1), date(2026, 6, 30), "du 1er septembre 2025 au 30 juin 2026"),
        (date(2026, 10, 1), date(2026, 10, 14), "du 1er au 14 octobre 2026"),
        (date(2026, 10, 14), date(2026, 10, 14), "le 14 octobre 2026"),
        (date(2026, 1, 1), None, "depuis le 1er janvier 2026"),
    ],
)
def test_a_period_in_french(start, last, text):
    assert str(Period.through(start, last)) == text


def test_today_is_the_day_in_paris():
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert today() == date(2027, 1, 1)
    with time_machine.travel(datetime(2026, 7, 14, 21, 59, tzinfo=UTC), tick=False):
        assert today() == date(2026, 7, 14)
    with time_machine.travel(datetime(2026, 7, 14, 22, 0, tzinfo=UTC), tick=False):
        assert today() == date(2026, 7, 15)


@pytest.mark.parametrize(("when", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_lasts_what_the_clock_change_leaves(when, hours):
    start, end = day_bounds(when)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_months_added_stay_in_the_month(start, months, end):
    assert add_months(start, months) == end


@given(st.builds(Month, st.integers(1901, 2199), st.integers(1, 12)))
def test_a_month_reads_back_and_its_neighbours_touch_it(month):
    assert Month.parse(str(month)) == month
    assert month.next.previous == month
    assert month.end == month.next.start
    assert month.start in month and month.end not in month
    assert month.period.days == (month.end - month.start).days
    assert month < month.next


def test_a_month_in_french_and_in_a_row():
    assert Month(2026, 11).label == "novembre 2026"
    assert [str(month) for month in Month(2026, 11).until(Month(2027, 2))] == [
        "2026-11",
        "2026-12",
        "2027-01",
        "2027-02",
    ]
    assert list(Month(2026, 11).until(Month(2026, 10))) == []
    assert Month(2028, 2).period.days == 29
    with time_machine.travel(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), tick=False):
        assert Month.current() == Month(2026, 11)


@pytest.mark.parametrize("raw", ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "novembre 2026", "２０２６-11"])
def test_a_wrong_month_is_refused_with_an_example(raw):
    with pytest.raises(Refused, match="2026-11"):
        Month.parse(raw)


def test_public_holidays_of_2026_and_two_known_easters():
    assert len(public_holidays(2026)) == 11
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= public_holidays(2026)
    assert date(2038, 4, 26) in public_holidays(2038)  # the latest Easter there is: 25 April
    assert date(2285, 3, 23) in public_holidays(2285)  # the earliest: 22 March


def test_working_days_step_over_week_ends_and_holidays():
    assert add_working_days(date(2026, 12, 24), 2) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 26), 0) == date(2026, 12, 26)
    assert not is_working_day(date(2026, 5, 14)) and not is_working_day(date(2026, 5, 16))
    assert is_working_day(date(2026, 5, 15))
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 12, 24), -1)
