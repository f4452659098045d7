"""When scheduled work is due, and how failures are spaced: no database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.jobs.declare import Retry, every, job, retry_of
from equipage.foundation.jobs.slots import PARIS, Daily, Every, Monthly

MOMENTS = st.datetimes(datetime(2020, 1, 2), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CADENCES = st.one_of(
    st.builds(Every, st.integers(1, 100_000)),
    st.builds(Daily, st.times()),
    st.builds(Monthly, st.integers(1, 28), st.times()),
)


@given(CADENCES, MOMENTS)
def test_the_latest_slot_is_not_in_the_future_and_is_its_own_latest(cadence, now):
    slot = cadence.latest(now)
    assert slot <= now
    assert cadence.latest(slot) == slot


@given(CADENCES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_slots_never_go_back(cadence, now, later):
    assert cadence.latest(now) <= cadence.latest(now + later)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=PARIS), datetime(2026, 10, 25, tzinfo=PARIS)])
def test_a_daily_job_runs_once_when_clocks_change(day):
    cadence = Daily(time(2, 30))
    start = day.astimezone(UTC)
    slots = {cadence.latest(start + timedelta(minutes=10 * n)) for n in range(6 * 26)}
    assert len([slot for slot in slots if slot.astimezone(PARIS).date() == day.date()]) == 1


def test_known_slots():
    now = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    assert Daily(time(6, 30)).latest(now).isoformat() == "2026-10-31T05:30:00+00:00"
    assert Daily(time(6, 0)).latest(now).isoformat() == "2026-11-01T05:00:00+00:00"
    assert Monthly(1, time(7)).latest(now).isoformat() == "2026-10-01T05:00:00+00:00"
    assert Monthly(28, time(7)).latest(datetime(2026, 3, 1, tzinfo=UTC)).isoformat() == "2026-02-28T06:00:00+00:00"
    assert Every(900).latest(datetime(2026, 11, 1, 5, 14, 59, tzinfo=UTC)).minute == 0


def test_absurd_cadences_are_refused():
    for absurd in (lambda: Every(0), lambda: Monthly(31, time(1)), lambda: Monthly(0, time(1))):
        with pytest.raises(ValueError, match="travail"):
            absurd()
    with pytest.raises(ValueError, match="au moins une fois"):
        job(max_attempts=0)


def test_delays_grow_then_stay():
    retry = Retry(5, (10, 60))
    assert [retry.delay(n).seconds for n in (1, 2, 3, 9)] == [10, 60, 60, 60]


def test_a_task_without_declaration_is_tried_once():
    assert retry_of("nulle.part").max_attempts == 1


def test_a_job_is_scheduled_once():
    from equipage.foundation.jobs.upkeep import tidy_up

    with pytest.raises(ValueError, match="deux fois"):
        every(Every(60))(tidy_up)
