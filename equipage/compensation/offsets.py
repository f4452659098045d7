"""Transfers that came back while as much, or more, is to be given back: nothing is transferred, and pages say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipage.compensation.owed import owed
from equipage.compensation.piles import debts
from equipage.compensation.selectors import owed_lines
from equipage.foundation.periods import Month
from equipage.payments.selectors.returns import Again, offer_offset


def offset_in(organisation: Any, again: Sequence[Again]) -> dict[int, int]:
    """The people of what came back for whom all comes to nothing or less, in cents; whatever account they have.

    A run prepared now transfers nothing to them, and would not with another account. One query.
    """
    concerned = sorted({one.professional_id for one in again})
    due = owed_lines(organisation, Month.current()).filter(covered=True, recognised=True, gate_open=True, held="")
    return debts(owed(due.filter(professional__in=concerned)), again)


offer_offset(offset_in)
