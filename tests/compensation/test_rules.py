"""No cent is lost and no ceiling exceeded, whatever the actions, the rates and the order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.compensation.rules import gated_kinds, hindrances
from equipage.rules import library
from equipage.rules.pricing import ActionFacts, Ceilings, PersonFacts, Tariff, price_action
from equipage.rules.scale import Priced, Rate, price

DAY = date(2026, 10, 14)
amounts = st.decimals("0.01", "999.99", places=2)
rates = st.builds(
    Rate,
    action_code=st.just("A"),
    unit=st.sampled_from(["hour", "started_half_hour", "meeting", "document", "patient", "session"]),
    amount=amounts,
    valid_from=st.just(date(2026, 1, 1)),
    min_quantity=st.none() | st.just(Decimal("0.25")),
    max_quantity=st.none() | st.just(Decimal("3")),
    cap_person_year_cents=st.none() | st.integers(0, 100_000),
    rounding=st.sampled_from(["cent", "euro", "euro_down"]),
)


def priced(rate: Rate, minutes: int, patients: int) -> Priced:
    return price([rate], "A", "", minutes, patients, on=DAY)


@given(
    st.lists(st.tuples(rates, st.integers(0, 20), st.lists(st.integers(1, 600), min_size=1, max_size=6)), max_size=8),
    st.integers(0, 2_000_000),
)
def test_action_after_action_the_envelope_is_never_exceeded_and_parts_make_the_whole(
    actions: list[tuple[Rate, int, list[int]]], envelope_cents: int
) -> None:
    committed = 0
    for rate, patients, minutes in actions:
        people = [PersonFacts(place, minutes=spent) for place, spent in enumerate(minutes)]
        ceilings = Ceilings(envelope_cents=envelope_cents, envelope_used_cents=committed)
        shares = price_action(Tariff([rate]), ActionFacts("A", DAY, 600, patients), people, ceilings)
        prices = [priced(rate, spent, patients).amount_cents for spent in minutes]
        kept = sum(share.amount_cents for share in shares)
        assert kept == min(sum(prices), envelope_cents - committed)
        for before, share in zip(prices, shares, strict=True):
            cut = sum(one.cents for one in share.cuts if one.code == "envelope")
            assert share.amount_cents + cut == before
            assert share.amount_cents >= 0 and cut >= 0
            assert bool(cut) == ("l'enveloppe annuelle" in share.sentence)
        committed += kept
    assert committed <= envelope_cents


def test_each_condition_is_said_alone_and_together() -> None:
    all_met: dict[str, Any] = {
        "recognised": True,
        "convention_covers": True,
        "account_confirmed": True,
    }
    assert hindrances(**all_met) == ()
    assert [h.code for h in hindrances(**{**all_met, "recognised": False})] == ["recognition"]
    none = hindrances(recognised=False, convention_covers=False, account_confirmed=False)
    assert [h.code for h in none] == ["recognition", "convention", "bank"]


def test_the_conditions_written_in_the_rules_are_those_that_are_checked() -> None:
    form = library().form("esp-clap", "fr-pdl", DAY)
    facts = {need.fact for need in form.payment_conditions}
    # A project is registered by the agency when the team is recognised: two facts of the rules, one column here.
    checked = {"project_written": "recognition", "ars_registered": "recognition", "convention_signed": "convention"}
    assert facts == set(checked)


@pytest.mark.parametrize(("minutes", "cents"), [(45, 3750), (50, 4167), (20, 1667), (1, 83)])
def test_an_hour_at_fifty_euros_is_rounded_once_at_the_end(minutes: int, cents: int) -> None:
    rate = Rate(action_code="A", unit="hour", amount=Decimal("50"), valid_from=date(2026, 1, 1))
    assert priced(rate, minutes, 0).amount_cents == cents


def test_an_action_that_asks_for_an_association_waits_for_it():
    found = hindrances(
        recognised=True,
        convention_covers=True,
        account_confirmed=True,
        gate_open=False,
    )
    assert [h.code for h in found] == ["gate"] and "association loi 1901" in found[0].sentence


def test_the_gated_kinds_are_those_of_the_rules():
    assert gated_kinds("52", DAY) == ("ETP", "PREVENTION")
    assert gated_kinds("53", DAY) == ()
