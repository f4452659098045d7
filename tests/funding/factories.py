"""Credits and envelopes for tests."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from equipage.funding.models import Envelope, Fund
from equipage.funding.services.envelopes import commit
from tests import factories as people

_numbers = itertools.count(1)


def fund(cents: int = 1_000_000, *, region_code: str = "52", year: int = 2026, **fields: Any) -> Fund:
    """A credit of the association of a region."""
    return Fund.objects.create(
        organisation=people.organisation("association", region_code=region_code),
        year=year,
        funder=fields.pop("funder", "fir"),
        label=fields.pop("label", f"Crédit {next(_numbers)}"),
        amount_cents=cents,
        **fields,
    )


def envelope(team: Any, cents: int = 1_000_000, *, year: int = 2026, ceiling: int = 1_000_000) -> Envelope:
    """The envelope of a team."""
    return Envelope.objects.create(
        team=team, year=year, amount_cents=cents, ceiling_cents=max(cents, ceiling), rule_id="essai"
    )


def spent(row: Envelope, cents: int, *, on: date, of: Fund | None = None) -> None:
    """Commit cents for something of that day."""
    commit(envelope=row, fund=of, cents=cents, dated=on, cause=f"essai:{next(_numbers)}")
