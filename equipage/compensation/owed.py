"""What the month needs of a line that is owed: read in bulk, without its texts, since a month may hold a million."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipage.compensation.rules import Hindrance
from equipage.compensation.selectors import hindrances_of
from equipage.people.models import Professional
from equipage.teams.models import Team

_AT_ONCE = 5000


@dataclass(slots=True)
class Owed:
    """A line that is owed (ligne due), amounts in cents, the account it would go to; why it cannot be paid yet.

    `remarks` are what one reads beside it, `waits_for` who must act. `named` fills `professional` and `team`.
    """

    pk: int
    professional_id: int
    team_id: int
    action_id: int
    held_on: date
    kind: str
    amount_cents: int
    cut_cents: int
    account_id: int | None
    hindrances: tuple[Hindrance, ...]
    remarks: Sequence[str] = ()
    waits_for: str = ""
    professional: Any = None
    team: Any = None


def owed(lines: Any) -> list[Owed]:
    """The lines of `owed_lines` or `payable_lines`, in their order; one query."""
    rows = lines.values_list(
        "pk",
        "professional_id",
        "team_id",
        "action_id",
        "held_on",
        "action__kind",
        "amount_cents",
        "cut_cents",
        "account_id",
        "covered",
        "recognised",
        "gate_open",
        "held",
        named=True,
    )
    return [
        Owed(
            row.pk,
            row.professional_id,
            row.team_id,
            row.action_id,
            row.held_on,
            row.action__kind,
            row.amount_cents,
            row.cut_cents,
            row.account_id,
            hindrances_of(row),
        )
        for row in rows.iterator(_AT_ONCE)
    ]


def named(rows: Iterable[Owed]) -> None:
    """Give each line its person and its team, one object for all the lines of each; two queries."""
    rows = list(rows)
    people = Professional.objects.only("first_name", "last_name", "search_name").in_bulk(
        {row.professional_id for row in rows}
    )
    teams = Team.objects.in_bulk({row.team_id for row in rows})
    for row in rows:
        row.professional, row.team = people[row.professional_id], teams[row.team_id]
