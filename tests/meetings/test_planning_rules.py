"""Moments of Paris, slots worth proposing, rhythms, and the best slot of a poll. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.french import PARIS
from equipage.foundation.periods import add_months, public_holidays
from equipage.foundation.refusals import Refused
from equipage.meetings.rules import (
    FORTNIGHTLY,
    MONTHLY,
    WEEKLY,
    Tally,
    Voice,
    best_of,
    dates_of,
    is_rest_day,
    moment_of,
    rhythm_of,
    rhythm_words,
    rule_of,
    rule_words,
    suggested,
    when,
)

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=PARIS)


def at(day, hour=12, minute=30):
    return datetime(2026, 12, day, hour, minute, tzinfo=PARIS)


# --- moments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        (date(2026, 3, 29), time(2, 30), "n'existe pas"),
        (date(2026, 3, 29), time(2, 0), "n'existe pas"),
        (date(2026, 10, 25), time(2, 30), "vient deux fois"),
        (date(2026, 10, 25), time(2, 0), "vient deux fois"),
    ],
)
def test_an_hour_that_is_not_there_or_comes_twice(day, hour, words):
    with pytest.raises(Refused, match=words) as refused:
        moment_of(day, hour, label="hour")
    assert refused.value.field == "hour" and "autre heure" in refused.value.sentence


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2026, 3, 29), time(1, 59)),
        (date(2026, 3, 29), time(3, 0)),
        (date(2026, 10, 25), time(1, 59)),
        (date(2026, 10, 25), time(3, 0)),
    ],
)
def test_the_hours_around_are_plain(day, hour):
    assert moment_of(day, hour).time() == hour


def test_the_year_is_said_when_it_is_another():
    assert when(at(1), NOW).replace("\xa0", " ") == "mardi 1er décembre à 12 h 30"
    assert (
        when(datetime(2027, 1, 5, 9, tzinfo=PARIS), NOW, joint=", ").replace("\xa0", " ") == "mardi 5 janvier 2027, 9 h"
    )


# --- what is proposed -------------------------------------------------------------------------------------------------


def test_lunch_on_the_usual_days_when_nothing_is_known():
    found = suggested(NOW)
    assert [moment.day for moment in found] == [1, 3, 8, 10, 15, 17]
    assert {moment.time() for moment in found} == {time(12, 30)}


def test_the_weekday_and_hour_of_last_time():
    last = datetime(2026, 11, 4, 19, 15, tzinfo=PARIS)  # a Wednesday evening
    found = suggested(NOW, last)
    assert [(moment.day, moment.time()) for moment in found[:3]] == [
        (1, time(12, 30)),
        (2, time(19, 15)),
        (3, time(12, 30)),
    ]


def test_a_last_time_on_a_sunday_is_not_taken_up():
    found = suggested(NOW, datetime(2026, 11, 22, 10, 0, tzinfo=PARIS))
    assert all(moment.weekday() < 5 for moment in found)


@given(st.dates(date(2024, 1, 1), date(2034, 1, 1)), st.times(), st.one_of(st.none(), st.integers(0, 400)))
def test_never_a_sunday_a_holiday_or_the_past(day, hour, days):
    now = datetime.combine(day, hour, tzinfo=PARIS)
    last = now - timedelta(days=days) if days is not None else None
    found = suggested(now, last)
    assert len(set(found)) == 6 and found == sorted(found) and found[0] > now + timedelta(days=2)
    for slot in found:
        assert slot.weekday() < 5 and slot.date() not in public_holidays(slot.year)


def test_christmas_and_easter_monday_are_left_out():
    assert is_rest_day(date(2026, 12, 25)) and is_rest_day(date(2026, 4, 6)) and not is_rest_day(date(2026, 12, 24))
    friday = datetime(2026, 11, 20, 12, 30, tzinfo=PARIS)
    days = [moment.date() for moment in suggested(datetime(2026, 12, 18, 9, tzinfo=PARIS), friday)]
    assert date(2026, 12, 25) not in days and date(2026, 12, 24) in days


# --- rhythms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rhythm", "first", "rule", "words"),
    [
        (WEEKLY, date(2026, 12, 1), "FREQ=WEEKLY", "chaque mardi"),
        (FORTNIGHTLY, date(2026, 12, 1), "FREQ=WEEKLY;INTERVAL=2", "un mardi sur deux"),
        (MONTHLY, date(2026, 12, 1), "FREQ=MONTHLY;BYDAY=1TU", "le premier mardi du mois"),
        (MONTHLY, date(2026, 12, 10), "FREQ=MONTHLY;BYDAY=2TH", "le deuxième jeudi du mois"),
        (MONTHLY, date(2026, 12, 28), "FREQ=MONTHLY;BYDAY=4MO", "le quatrième lundi du mois"),
        (MONTHLY, date(2026, 12, 29), "FREQ=MONTHLY;BYDAY=-1TU", "le dernier mardi du mois"),
    ],
)
def test_a_rhythm_in_the_standard_and_in_words(rhythm, first, rule, words):
    assert rule_of(rhythm, first) == rule and rhythm_words(rhythm, first) == words
    assert rhythm_of(rule) == rhythm and rule_words(rule, first) == words


@given(
    st.sampled_from([WEEKLY, FORTNIGHTLY, MONTHLY]),
    st.dates(date(2024, 1, 1), date(2034, 1, 1)),
    st.integers(40, 365),
)
def test_the_dates_are_those_of_the_standard(rhythm, first, days):
    """Another library, given our RRULE, finds the same dates."""
    until = min(first + timedelta(days=days), add_months(first, 12))
    start = datetime.combine(first, time(12))
    theirs = rrulestr(rule_of(rhythm, first), dtstart=start).between(start, datetime.combine(until, time(12)), inc=True)
    try:
        ours = dates_of(rhythm, first, until)
    except Refused:
        assert len(theirs) < 2
    else:
        assert ours == [moment.date() for moment in theirs]


@pytest.mark.parametrize(
    ("rhythm", "until", "field", "words"),
    [
        (WEEKLY, date(2026, 11, 30), "until", "avant de commencer"),
        (WEEKLY, date(2027, 12, 2), "until", "un an au plus"),
        (WEEKLY, date(2034, 8, 1), "until", "un an au plus"),
        (WEEKLY, date(2026, 12, 3), "until", "qu'une réunion"),
        (MONTHLY, date(2026, 12, 31), "until", "qu'une réunion"),
        ("daily", date(2027, 1, 31), "rhythm", "de la liste"),
    ],
)
def test_an_impossible_series_is_refused(rhythm, until, field, words):
    with pytest.raises(Refused, match=words) as refused:
        dates_of(rhythm, date(2026, 12, 1), until)
    assert refused.value.field == field


def test_a_whole_year_of_weeks_is_fifty_three_at_most():
    assert len(dates_of(WEEKLY, date(2026, 12, 1), date(2027, 12, 1))) == 53


# --- the poll ---------------------------------------------------------------------------------------------------------


def tally(key, moment, *choices):
    return Tally(key, moment, [Voice(f"N{rank}", choice) for rank, choice in enumerate(choices)])


def test_the_best_slot_has_most_people_then_most_yes_then_comes_first():
    few, many = tally(1, at(1), "yes", "yes", "no"), tally(2, at(3), "yes", "maybe", "maybe")
    assert best_of([few, many], NOW) == many
    gladly = tally(3, at(8), "yes", "yes", "maybe")
    assert best_of([few, many, gladly], NOW) == gladly
    sooner = tally(4, at(2), "yes", "yes", "maybe")
    assert best_of([gladly, sooner], NOW) == sooner


def test_no_slot_is_best_when_nobody_may_come_or_all_have_passed():
    assert best_of([tally(1, at(1), "no", "")], NOW) is None
    assert best_of([tally(1, NOW - timedelta(days=1), "yes")], NOW) is None
    assert best_of([], NOW) is None


def test_a_slot_in_words():
    said = tally(1, at(2), "yes", "yes", "maybe", "no", "").sentence(NOW).replace("\xa0", " ")
    assert said == "mercredi 2 décembre 12 h 30 : 2 oui, 1 si besoin ; manque N3 ; 1 réponse attendue"
    two = tally(1, at(2), "no", "no").sentence(NOW)
    assert two.endswith(": 0 oui ; manquent N0 et N1")
