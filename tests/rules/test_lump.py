"""The lump sum of a team is shared among those who were there, to the cent, by its key."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules.errors import BadInput
from equipage.rules.pricing import ActionFacts, PersonFacts, Tariff, price_action
from equipage.rules.rates import Rate
from equipage.rules.scale import price

ON = date(2026, 3, 1)
GROUPS = ("medical", "auxiliary", "pharmacy")


def lump(amount: str = "100.00", by: str = "equal", **facts: Any) -> Rate:
    return Rate("RCP", "meeting", Decimal(amount), date(2026, 1, 1), shared_by=by, **facts)


def paid(rates: Any, people: list[PersonFacts]) -> list[Any]:
    return list(price_action(Tariff(rates), ActionFacts("RCP", ON, 60), people))


def pointed(*points: int, **facts: Any) -> list[Rate]:
    return [
        lump(by="points", points=many, profession_group=group, **facts)
        for many, group in zip(points, GROUPS, strict=True)
    ]


def test_equal_parts_lose_no_cent() -> None:
    shares = paid([lump()], [PersonFacts(key) for key in (1, 2, 3)])
    assert [share.amount_cents for share in shares] == [3334, 3333, 3333]


def test_time_spent_counts() -> None:
    shares = paid([lump(by="time")], [PersonFacts(1, minutes=30), PersonFacts(2)])
    assert [share.amount_cents for share in shares] == [3333, 6667]
    assert "30 min sur 90" in shares[0].explanation.children[0].label


def test_points_of_each_profession_are_one_node_of_the_explanation() -> None:
    people = [PersonFacts(1, "medical"), PersonFacts(2, "auxiliary"), PersonFacts(3, "pharmacy")]
    first, second, third = paid(pointed(4, 2, 1), people)
    assert [one.amount_cents for one in (first, second, third)] == [5714, 2857, 1429]
    [node] = second.explanation.children
    assert re.sub(r"\s", " ", node.label) == "Part du forfait de 100,00 € : 2 points sur 7"
    assert node.amount_cents == second.amount_cents


def fixed(*percents: str) -> list[Rate]:
    return [
        lump(by="fixed", percent=Decimal(percent), profession_group=group)
        for percent, group in zip(percents, GROUPS, strict=False)
    ]


def test_fixed_shares_are_shared_within_a_profession_and_who_is_not_there_leaves_theirs() -> None:
    people = [PersonFacts(1, "medical"), PersonFacts(2, "auxiliary"), PersonFacts(3, "auxiliary")]
    first, second, third = paid(fixed("40", "33.33", "26.67"), people)
    assert [one.amount_cents for one in (first, second, third)] == [4000, 1667, 1666]
    words = [re.sub(r"\s", " ", one.explanation.children[0].label) for one in (first, second)]
    assert words == [
        "Part du forfait de 100,00 € : 40 %",
        "Part du forfait de 100,00 € : 33,33 % partagés entre 2 personnes",
    ]


def test_fixed_shares_beyond_the_whole_or_of_nothing_are_refused() -> None:
    people = [PersonFacts(1, "medical"), PersonFacts(2, "auxiliary")]
    with pytest.raises(BadInput, match="dépassent 100"):
        paid(fixed("60", "40.01"), people)
    assert [one.amount_cents for one in paid(fixed("60", "40"), people)] == [6000, 4000]
    for percent in (None, "0", "-1", "100.01"):
        with pytest.raises(BadInput, match="parts fixes"):
            lump(by="fixed", percent=None if percent is None else Decimal(percent))
    with pytest.raises(BadInput, match="parts fixes"):
        lump(by="equal", percent=Decimal(10))


@given(
    st.integers(1, 10_000_000),
    st.tuples(*[st.integers(1, 3_333)] * 3),
    st.lists(st.sampled_from(GROUPS), min_size=1, max_size=12),
)
def test_a_profession_has_its_fixed_share_to_the_cent_whoever_else_is_there(
    cents: int, hundredths: tuple[int, int, int], who: list[str]
) -> None:
    amount = str(Decimal(cents) / 100)
    rates = [
        lump(amount, "fixed", percent=Decimal(part) / 100, profession_group=group)
        for part, group in zip(hundredths, GROUPS, strict=True)
    ]
    shares = paid(rates, [PersonFacts(key, group) for key, group in enumerate(who)])
    for group, part in zip(GROUPS, hundredths, strict=True):
        own = [share.amount_cents for share, held in zip(shares, who, strict=True) if held == group]
        if own:
            assert abs(sum(own) * 10_000 - cents * part) < 10_000
            assert max(own) - min(own) <= 1
    assert sum(share.amount_cents for share in shares) <= cents


def test_a_ceiling_still_cuts_after_the_sharing() -> None:
    shares = paid([lump(cap_action_cents=5000)], [PersonFacts(1), PersonFacts(2)])
    assert [(share.price_cents, share.amount_cents) for share in shares] == [(5000, 2500), (5000, 2500)]


def test_a_lump_sum_that_contradicts_itself_and_a_key_that_does_not_exist_are_refused() -> None:
    rates = [lump(profession_group="medical"), lump("90.00", profession_group="auxiliary")]
    with pytest.raises(BadInput, match="se contredisent"):
        paid(rates, [PersonFacts(1, "medical"), PersonFacts(2, "auxiliary")])
    with pytest.raises(BadInput, match="n'existe pas"):
        lump(by="merit")
    with pytest.raises(BadInput, match="au moins un point"):
        lump(by="points")
    with pytest.raises(BadInput, match="pour toute l'action"):
        price([lump()], "RCP", on=ON)


@given(
    st.integers(1, 10_000_000),
    st.sampled_from(["equal", "time", "points"]),
    st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(0, 60)), min_size=1, max_size=12),
    st.tuples(*[st.integers(1, 9)] * 3),
    st.randoms(use_true_random=False),
)
def test_the_parts_add_up_to_the_lump_sum_whatever_the_order(
    cents: int, by: str, who: list[tuple[str, int]], points: tuple[int, int, int], chance: Any
) -> None:
    amount = str(Decimal(cents) / 100)
    rates = pointed(*points) if by == "points" else [lump(amount, by)]
    total = 10_000 if by == "points" else cents
    people = [PersonFacts(key, group, minutes) for key, (group, minutes) in enumerate(who)]
    shares = paid(rates, people)
    assert sum(share.amount_cents for share in shares) == total
    weights = {"equal": lambda one: 1, "time": lambda one: one.minutes}.get(by)
    if weights is not None and (whole := sum(weights(one) for one in people)):
        assert all(
            abs(share.amount_cents * whole - total * weights(one)) < whole
            for share, one in zip(shares, people, strict=True)
        )
    mixed = list(people)
    chance.shuffle(mixed)
    assert [share.amount_cents for share in paid(rates, mixed)] == [share.amount_cents for share in shares]
    for share in shares:
        assert share.explanation.amount_cents == sum(child.amount_cents for child in share.explanation.children)
