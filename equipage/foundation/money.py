"""Money (argent): whole cents in code and database, `Decimal` only for rates and quantities, one rounding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import lcm

from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused

_CENT = Decimal("0.01")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_AMOUNT = re.compile(r"-?\d+(?:[.,]\d{1,2})?", re.ASCII)
# A 64-bit column holds far more; an amount beyond this is a slip of the keyboard.
LARGEST_CENTS = 99_999_999_999_99


def round_cents(euros: Decimal | int) -> int:
    """Cents of an amount in euros, the half cent going up (arrondi au centime le plus proche, demi au supérieur).

    A reversal mirrors its original: -0,005 € gives -1 cent. Raises TypeError on a float, ValueError on NaN or infinity.
    """
    if isinstance(euros, bool) or not isinstance(euros, Decimal | int):
        raise TypeError(f"round_cents takes a Decimal or an int, not {type(euros).__name__}.")
    amount = Decimal(euros)
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount.")
    return int(amount.quantize(_CENT, rounding=ROUND_HALF_UP).scaleb(2))


def as_euros(cents: int) -> Decimal:
    """Euros with two places of an amount in cents."""
    return Decimal(cents).scaleb(-2)


def allocate(total_cents: int, weights: Sequence[Decimal | int]) -> list[int]:
    """Share out `total_cents` in proportion to `weights` without losing a cent (méthode du plus fort reste).

    The cents left over go to the largest remainders, the first of equals first. A negative total (a reversal) gives
    the mirror of the positive one. Raises ValueError when there is no weight, a negative one, or only zeros.
    """
    if isinstance(total_cents, bool) or not isinstance(total_cents, int):
        raise TypeError(f"total_cents is a whole number of cents, not {type(total_cents).__name__}.")
    if any(isinstance(weight, float) for weight in weights):
        raise TypeError("A weight is an int or a Decimal, never a float.")
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("Weights must be positive or zero, with at least one above zero.")
    if total_cents < 0:
        return [-part for part in allocate(-total_cents, weights)]
    whole = _whole_numbers(weights)
    divisor = sum(whole)
    parts, remainders = zip(*(divmod(total_cents * weight, divisor) for weight in whole), strict=True)
    shares = list(parts)
    by_remainder = sorted(range(len(whole)), key=lambda place: -remainders[place])
    for place in by_remainder[: total_cents - sum(shares)]:
        shares[place] += 1
    return shares


def parse_euros(raw: str, *, field: str | None = None) -> int:
    """Cents of what a person typed: "1 234,50", "1234.5 €". Raises Refused with a sentence that says how to mend."""
    text = _SPACES.sub("", raw).removesuffix("€").removesuffix("EUR").replace("−", "-")
    if not _AMOUNT.fullmatch(text):
        raise Refused(
            typographic(
                f"« {raw.strip()[:40]} » n’est pas un montant : écrivez des euros avec deux décimales au plus, "
                "par exemple 1 234,50."
            ),
            field=field,
        )
    try:
        cents = round_cents(Decimal(text.replace(",", ".")))
    except InvalidOperation:
        cents = LARGEST_CENTS + 1
    if abs(cents) > LARGEST_CENTS:
        raise Refused(typographic("Ce montant est trop grand : vérifiez le nombre de zéros."), field=field)
    return cents


def _whole_numbers(weights: Sequence[Decimal | int]) -> list[int]:
    """The same proportions as integers, so that nothing is rounded before the end."""
    exact = [Decimal(weight).as_integer_ratio() for weight in weights]
    common = lcm(*(denominator for _, denominator in exact))
    return [numerator * (common // denominator) for numerator, denominator in exact]
