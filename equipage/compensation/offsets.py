"""Transfers that came back while as much, or more, is to be given back: nothing is transferred, and pages say so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from equipage.compensation.owed import owed
from equipage.compensation.piles import debts
from equipage.compensation.selectors import payable_lines
from equipage.foundation.periods import Month
from equipage.payments.selectors.returns import offer_offset, to_pay_again


def offset_in(organisation: Any, people: Collection[int]) -> dict[int, int]:
    """Those of these people whose returns a run prepared now would not pay; what all comes to, in cents (0 or less)."""
    month = Month.current()
    again = [one for one in to_pay_again(organisation, month) if one.professional_id in people]
    concerned = sorted({one.professional_id for one in again})
    if not concerned:
        return {}
    return debts(owed(payable_lines(organisation, month).filter(professional__in=concerned)), again)


offer_offset(offset_in)
