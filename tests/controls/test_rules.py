"""The draw and the classes, without a database: reproducible, fair, and lighter for who is accurate."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.controls.rules import (
    CORRECTED,
    IN_ORDER,
    NOT_IN_ORDER,
    Candidate,
    Finding,
    Rate,
    Risk,
    Thresholds,
    class_of,
    draw,
    due_after,
    faults_of_rates,
    hash_of,
    rank_of,
    shares,
    standing_of,
)

DAY = date(2026, 11, 22)
LIMITS = Thresholds(new_below=3, confirmed_after=3, watched_months=12, high_cents=50_000)
# Fictitious figures, in the order that a plan must respect.
RATES = {
    str(Risk.WATCHED): Rate(50, 1),
    str(Risk.HIGH): Rate(30, 1),
    str(Risk.NEW): Rate(20, 1),
    str(Risk.USUAL): Rate(10, 1),
    str(Risk.CONFIRMED): Rate(2, 0),
}
populations = st.lists(
    st.builds(Candidate, st.integers(1, 10_000), st.sampled_from([str(risk) for risk in Risk])),
    max_size=60,
    unique_by=lambda found: found.action_id,
)
pasts = st.lists(st.tuples(st.sampled_from((IN_ORDER, CORRECTED, NOT_IN_ORDER)), st.integers(0, 900)), max_size=8)


def history_of(past: list[tuple[str, int]]) -> list[Finding]:
    """The findings so many days ago, the last first."""
    return [Finding(result, DAY - timedelta(days=days)) for result, days in sorted(past, key=lambda one: one[1])]


@given(populations, st.text(max_size=20), st.randoms(use_true_random=False))
def test_the_same_inputs_give_the_same_sample_in_any_order(
    population: list[Candidate], seed: str, dice: random.Random
) -> None:
    shuffled = list(population)
    dice.shuffle(shuffled)
    assert draw(shuffled, RATES, seed) == draw(population, RATES, seed)
    assert hash_of(shuffled) == hash_of(population)


@given(populations, st.text(max_size=20))
def test_each_class_gives_its_rate_rounded_up_and_at_least_its_minimum(population: list[Candidate], seed: str) -> None:
    taken = Counter(found.risk for found in draw(population, RATES, seed))
    for risk, count in Counter(found.risk for found in population).items():
        rate = RATES[risk]
        wanted = min(count, max(-(-count * rate.percent // 100), rate.minimum))
        assert taken[risk] == wanted
    assert sum(row.drawn for row in shares(population, RATES)) == sum(taken.values())


@pytest.mark.parametrize(
    ("rate", "population", "size"),
    [
        (Rate(10), 0, 0),
        (Rate(10), 1, 1),
        (Rate(10), 10, 1),
        (Rate(10), 11, 2),
        (Rate(0), 50, 0),
        (Rate(0, 2), 50, 2),
        (Rate(0, 2), 1, 1),
        (Rate(100), 7, 7),
        (Rate(29), 100, 29),
    ],
)
def test_the_size_of_a_sample(rate: Rate, population: int, size: int) -> None:
    assert rate.size(population) == size


def test_another_salt_gives_another_sample() -> None:
    population = [Candidate(number, str(Risk.USUAL)) for number in range(1, 201)]
    samples = {draw(population, RATES, f"1:2026-10:{salt}") for salt in range(5)}
    assert len(samples) == 5


def test_the_rank_is_what_the_public_page_says() -> None:
    """Whoever has a command line finds it: printf '1:2026-10:sel:7' | sha256sum."""
    assert rank_of("1:2026-10:sel", 7) == "e2b10659fedba7bd5d42c3d413644aea4a71ac5553e8536359e964d7704b42c5"


def test_every_action_of_a_class_has_the_same_chance() -> None:
    """Two thousand fixed seeds, forty actions, one in ten: each is drawn near two hundred times."""
    population = [Candidate(number, str(Risk.USUAL)) for number in range(1, 41)]
    times = Counter(found.action_id for salt in range(2000) for found in draw(population, RATES, f"1:2026-10:{salt}"))
    assert sum(times.values()) == 2000 * 4
    # Six standard deviations of a binomial law (n = 2000, p = 1/10) around its mean.
    assert all(abs(times[number] - 200) < 81 for number in range(1, 41))
    khi2 = sum((times[number] - 200) ** 2 / 200 for number in range(1, 41))
    assert khi2 < 80


def test_the_order_of_numbers_gives_no_advantage() -> None:
    population = [Candidate(number, str(Risk.USUAL)) for number in range(1, 101)]
    low = sum(1 for salt in range(400) for found in draw(population, RATES, f"x:{salt}") if found.action_id <= 50)
    assert 1800 < low < 2200


IN = Finding(IN_ORDER, DAY - timedelta(days=40))
BAD = Finding(NOT_IN_ORDER, DAY - timedelta(days=40))
MENDED = Finding(CORRECTED, DAY - timedelta(days=40))


@pytest.mark.parametrize(
    ("history", "cents", "risk"),
    [
        ([], 0, Risk.NEW),
        ([IN, IN], 0, Risk.NEW),
        ([IN, IN, IN], 0, Risk.CONFIRMED),
        ([MENDED, IN, IN, IN], 0, Risk.USUAL),
        ([IN, IN, IN, MENDED], 0, Risk.CONFIRMED),
        ([IN, BAD, IN], 0, Risk.WATCHED),
        ([BAD], 90_000, Risk.WATCHED),
        ([IN, IN, IN], 50_000, Risk.HIGH),
        ([IN, IN, IN], 49_999, Risk.CONFIRMED),
        ([], 50_000, Risk.HIGH),
    ],
)
def test_the_class_of_an_action(history: list[Finding], cents: int, risk: Risk) -> None:
    found = class_of(history, cents, LIMITS, DAY)
    assert found.risk == risk and found.sentence.endswith(".")


def test_a_fault_is_watched_for_its_months_and_no_longer() -> None:
    old = [Finding(IN_ORDER, date(2025, 12, 1)), Finding(NOT_IN_ORDER, date(2025, 11, 22)), IN]
    assert class_of(old, 0, LIMITS, date(2026, 11, 22)).risk == Risk.WATCHED
    assert class_of(old, 0, LIMITS, date(2026, 11, 23)).risk == Risk.USUAL


def test_without_a_stated_amount_no_action_is_high() -> None:
    assert class_of([], 10**9, replace(LIMITS, high_cents=None), DAY).risk == Risk.NEW


@given(pasts, st.integers(0, 40_000))
def test_one_more_control_in_order_never_makes_a_team_checked_more(past: list[tuple[str, int]], cents: int) -> None:
    """Who is accurate is checked less: the promise, whatever the past was."""
    history = history_of(past)
    assert faults_of_rates(RATES) == {}
    before = RATES[class_of(history, cents, LIMITS, DAY).risk]
    after = RATES[class_of([Finding(IN_ORDER, DAY), *history], cents, LIMITS, DAY).risk]
    assert after.percent <= before.percent and after.minimum <= before.minimum


@pytest.mark.parametrize(
    ("change", "at_fault"),
    [
        ({str(Risk.CONFIRMED): Rate(11, 0)}, Risk.CONFIRMED),
        ({str(Risk.CONFIRMED): Rate(2, 2)}, Risk.CONFIRMED),
        ({str(Risk.USUAL): Rate(21, 1)}, Risk.USUAL),
        ({str(Risk.WATCHED): Rate(9, 1)}, Risk.USUAL),
    ],
)
def test_rates_that_would_punish_accuracy_are_faults(change: dict[str, Rate], at_fault: Risk) -> None:
    assert set(faults_of_rates({**RATES, **change})) == {at_fault}


def test_a_delay_ends_on_a_working_day() -> None:
    assert due_after(date(2026, 11, 23), 15) == date(2026, 12, 8)
    assert due_after(date(2026, 12, 10), 15) == date(2026, 12, 28)


@pytest.mark.parametrize(("days", "standing"), [(-4, ""), (-3, "soon"), (0, "soon"), (1, "late")])
def test_where_a_delay_stands(days: int, standing: str) -> None:
    assert standing_of(DAY, DAY + timedelta(days=days), 3) == standing
