"""Sharing whole cents in proportion to prices (méthode du plus fort reste): the cents of a ceiling that is too low."""

from __future__ import annotations

from collections.abc import Sequence

from equipage.rules.errors import BadInput


def share_out(total_cents: int, prices: Sequence[int]) -> list[int]:
    """Share `total_cents` in proportion to `prices` in cents, no cent lost, the first of equal remainders first.

    Nobody gets more than their price as long as the total is not above the sum. Only zeros share a total of zero.
    When the total grows by one cent, the sum of the parts grows by one; the part of one person may lose a cent to
    another (the paradox of this method), never two. Raises BadInput for a negative figure, or a total nobody can take.
    """
    whole = sum(prices)
    if total_cents < 0 or any(price < 0 for price in prices):
        raise BadInput("Un montant à partager et des prix ne peuvent pas être négatifs.")
    if not whole:
        if total_cents:
            raise BadInput("Un montant ne se partage pas entre des prix qui sont tous nuls.")
        return [0] * len(prices)
    parts = [divmod(total_cents * price, whole) for price in prices]
    shares = [part for part, _ in parts]
    left = total_cents - sum(shares)
    for place in sorted(range(len(parts)), key=lambda place: -parts[place][1])[:left]:
        shares[place] += 1
    return shares
