"""Money: the half cent goes up, and sharing out never loses nor makes a cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.money import LARGEST_CENTS, allocate, as_euros, parse_euros, round_cents
from equipage.foundation.refusals import Refused

weights_of_any_kind = st.lists(st.integers(0, 10_000) | st.decimals(0, 1000, places=4), min_size=1, max_size=30).filter(
    any
)


@pytest.mark.parametrize(
    ("euros", "cents"),
    [
        ("0.005", 1),
        ("0.0049999999999999999999999", 0),
        ("2.675", 268),
        ("1.115", 112),
        ("-0.005", -1),
        ("-0.004", 0),
        ("1234.50", 123_450),
    ],
)
def test_half_up(euros, cents):
    assert round_cents(Decimal(euros)) == cents


@given(st.decimals(-10_000_000, 10_000_000, places=6))
def test_rounding_moves_by_half_a_cent_at_most_and_reverses(euros):
    cents = round_cents(euros)
    assert abs(as_euros(cents) - euros) <= Decimal("0.005")
    assert round_cents(-euros) == -cents


@pytest.mark.parametrize("wrong", [1.5, "1.50", None, True])
def test_only_exact_amounts_are_rounded(wrong):
    with pytest.raises(TypeError):
        round_cents(wrong)


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_an_amount_is_refused(wrong):
    with pytest.raises(ValueError, match="not an amount"):
        round_cents(Decimal(wrong))


@given(st.integers(-(10**12), 10**12), weights_of_any_kind)
def test_the_parts_make_the_whole_and_each_is_within_a_cent_of_its_due(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(Decimal(weight) for weight in weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * Decimal(weight)) < whole
        assert weight or not part


@given(st.integers(0, 10**9), weights_of_any_kind)
def test_a_reversal_is_the_mirror(total, weights):
    assert allocate(-total, weights) == [-part for part in allocate(total, weights)]


def test_the_largest_remainder_gets_the_cent_and_the_first_of_equals_first():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(10, [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")]) == [5, 3, 2]
    assert allocate(100, [1, 0, 2]) == [33, 0, 67]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [Decimal("-0.1")]])
def test_senseless_weights_are_refused(weights):
    with pytest.raises(ValueError, match="Weights"):
        allocate(100, weights)


def test_floats_are_refused():
    with pytest.raises(TypeError):
        allocate(100, [0.1, 0.2])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        allocate(1.0, [1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,50", 123_450),
        ("1\u202f234,5 €", 123_450),
        ("1234.5", 123_450),
        ("0,01", 1),
        ("-12", -1200),
        ("−12 €", -1200),
        (" 7\u00a0€ ", 700),
    ],
)
def test_amounts_as_people_type_them(typed, cents):
    assert parse_euros(typed) == cents


@pytest.mark.parametrize("typed", ["", "abc", "1,234,50", "12,345", "1e3", "٣", "--1", "12 € 50", "NaN"])
def test_what_is_not_an_amount_is_refused_with_an_example(typed):
    with pytest.raises(Refused, match="1\u202f234,50") as refusal:
        parse_euros(typed, field="amount")
    assert refusal.value.field == "amount"


def test_absurd_amounts_are_refused():
    assert parse_euros("999 999 999 99,99") == LARGEST_CENTS
    with pytest.raises(Refused, match="trop grand"):
        parse_euros("1" + "0" * 11)
