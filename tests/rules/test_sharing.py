"""Sharing cents: as the allocation of the house, and nobody above their price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.money import allocate
from equipage.rules import BadInput
from equipage.rules.sharing import share_out

weights = st.lists(st.integers(0, 100_000), min_size=1, max_size=8)


@given(weights, st.integers(0, 1_000_000))
def test_sharing_is_the_twin_of_the_allocation_of_the_house(prices: list[int], total: int) -> None:
    if any(prices):
        assert share_out(total, prices) == allocate(total, prices)
    else:
        assert share_out(0, prices) == [0] * len(prices)


@given(weights, st.data())
def test_nobody_gets_more_than_their_price(prices: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(prices)))
    shares = share_out(total, prices)
    assert sum(shares) == total
    assert all(0 <= share <= asked for share, asked in zip(shares, prices, strict=True))


@pytest.mark.parametrize(("total", "prices"), [(-1, [1]), (1, [-1, 2]), (1, [0, 0]), (1, [])])
def test_what_cannot_be_shared_is_refused(total: int, prices: list[int]) -> None:
    with pytest.raises(BadInput, match=r"partag"):
        share_out(total, prices)


@given(weights, st.integers(0, 100_000))
def test_one_cent_more_takes_at_most_one_cent_from_anybody(prices: list[int], total: int) -> None:
    if any(prices):
        low, high = share_out(total, prices), share_out(total + 1, prices)
        assert sum(high) == sum(low) + 1
        assert all(two >= one - 1 for one, two in zip(low, high, strict=True))


def test_the_paradox_of_the_method_is_known() -> None:
    """One cent more to share, and the third person has one less: largest remainders allow it."""
    assert (share_out(10, [6, 6, 2]), share_out(11, [6, 6, 2])) == ([4, 4, 2], [5, 5, 1])
