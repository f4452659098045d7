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
