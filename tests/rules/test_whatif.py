"""Rates raised, lowered, under other ceilings: what changes, what does not, and how it is recognised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules.errors import BadInput
from equipage.rules.rates import Rate
from equipage.rules.whatif import Change, changed, difference, timeless, unpaid

ON = date(2026, 1, 1)
ALL = Rate("RCP", "hour", Decimal("50.00"), ON)
NURSES = Rate("RCP", "hour", Decimal("33.33"), ON, profession_group="auxiliary")
PLAN = Rate("PPS", "document", Decimal("20.00"), ON)
RATES = (ALL, NURSES, PLAN)


def amounts(rates: tuple[Rate, ...]) -> list[tuple[str, str, str]]:
    return [(rate.action_code, rate.profession_group or "", str(rate.amount)) for rate in rates]


def test_one_kind_is_raised_and_the_others_stay() -> None:
    raised = changed(RATES, Change("RCP", percent=Decimal(5)))
    assert amounts(raised) == [("RCP", "", "52.50"), ("RCP", "auxiliary", "35.00"), ("PPS", "", "20.00")]


def test_a_group_without_a_rate_of_its_own_gets_one() -> None:
    raised = changed(RATES, Change(group="medical", euros=Decimal("1.10")))
    assert amounts(raised) == [
        ("RCP", "", "50.00"),
        ("RCP", "medical", "51.10"),
        ("RCP", "auxiliary", "33.33"),
        ("PPS", "", "20.00"),
        ("PPS", "medical", "21.10"),
    ]


def test_a_common_ceiling_is_the_same_in_every_rate_of_its_kind() -> None:
    found = changed(RATES, Change("RCP", "auxiliary", cap_action_cents=9000, cap_person_year_cents=100))
    assert [(rate.cap_action_cents, rate.cap_person_year_cents) for rate in found] == [
        (9000, None),
        (9000, 100),
        (None, None),
    ]


def test_a_rate_does_not_fall_to_nothing() -> None:
    with pytest.raises(BadInput, match=r"tomberait à 0\.00"):
        changed(RATES, Change("PPS", euros=Decimal(-20)))


@given(st.integers(-900, 3000), st.lists(st.integers(100, 90_000), min_size=1, max_size=6))
def test_the_percentage_that_was_applied_is_found_again(tenths: int, cents: list[int]) -> None:
    percent = Decimal(tenths) / 10
    rates = tuple(Rate(f"K{number}", "hour", Decimal(one) / 100, ON) for number, one in enumerate(cents))
    after = changed(rates, Change(percent=percent))
    found = difference(rates, after)
    assert found.rates == sum(old.amount != new.amount for old, new in zip(rates, after, strict=True))
    if found.percent is not None:
        again = changed([rate for rate in rates if rate.action_code in found.kinds], Change(percent=found.percent))
        assert [one for one in after if one.action_code in found.kinds] == list(again)


def test_a_single_raise_is_said_as_such() -> None:
    found = difference(RATES, changed(RATES, Change("RCP", percent=Decimal(5))))
    assert (found.kinds, found.rates, found.percent, found.whole, found.caps) == (
        ("RCP",),
        2,
        Decimal("5.0"),
        False,
        False,
    )
    everything = difference(RATES, changed(RATES, Change(percent=Decimal(5))))
    assert everything.whole and everything.percent == 5
    uneven = difference(RATES, (replace(ALL, amount=Decimal(60)), replace(NURSES, amount=Decimal(34)), PLAN))
    assert uneven.percent is None and uneven.rates == 2
    capped = difference(RATES, changed(RATES, Change("PPS", cap_action_cents=1)))
    assert (capped.kinds, capped.rates, capped.caps) == (("PPS",), 0, True)


def test_what_a_scale_does_not_pay_is_worth_nothing_and_is_recognised() -> None:
    tariff = timeless(RATES, {"RCP", "AUTRE"})
    [nothing] = tariff.of("AUTRE", date(1990, 1, 1))
    assert unpaid(nothing) and nothing.amount == 0
    assert not any(unpaid(rate) for rate in tariff.of("RCP", date(1990, 1, 1)))
