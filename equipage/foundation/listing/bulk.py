"""Actions on several rows at once: shown before, done row by row, reported row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

# Above this, a person cannot read the result any more, and the answer would take too long.
MOST_ROWS = 500


@dataclass(frozen=True)
class BulkAction:
    """An action on chosen rows (action groupée).

    `permission` is the policy asked for each row; `run(user, row)` does one row in its own transaction, may answer a
    French sentence, and raises `Refused` (or `Blocked`) when that row cannot be done. `offered(user)` hides the action
    from people who can never do it. `explain` is shown before confirming.
    """

    name: str
    label: str
    permission: str
    run: Callable[[Any, Any], str | None]
    explain: str = ""
    offered: Callable[[Any], bool] = field(default=lambda user: True)


@dataclass(frozen=True)
class Outcome:
    """What happened, or would happen, to one row."""

    row: Any
    label: str
    url: str
    done: bool
    sentence: str


def preview(
    action: BulkAction, user: Any, rows: Iterable[Any], name: Callable[[Any], tuple[str, str]]
) -> list[Outcome]:
    """For each row, whether the action may be done, and if not why."""
    outcomes = []
    for row in rows:
        decision = can(user, action.permission, row)
        outcomes.append(Outcome(row, *name(row), decision.allowed, " ".join(decision.reasons)))
    return outcomes


def perform(
    action: BulkAction, user: Any, rows: Iterable[Any], name: Callable[[Any], tuple[str, str]]
) -> list[Outcome]:
    """Do the action on each row that allows it; one refusal stops no other row."""
    outcomes = []
    for before in preview(action, user, rows, name):
        if not before.done:
            outcomes.append(before)
            continue
        try:
            said = action.run(user, before.row) or "Fait."
            outcomes.append(Outcome(before.row, before.label, before.url, True, said))
        except Refused as refused:
            outcomes.append(Outcome(before.row, before.label, before.url, False, refused.sentence))
    return outcomes
