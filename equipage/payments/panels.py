"""What higher floors say on the pages of payments, which know whom and how much, not what for.

    panels.offer_check(checks_of_lines)           # rows of « Le même total, vu de partout »
    panels.offer_reason(lines_of)                 # what a transfer pays, on its page
    panels.offer_start(start_a_month)             # the links that begin a run, above the list
    panels.offer_explanation(difference_told)     # why a run differs from the one before
    panels.offer_home("compensation:mine")        # « Mon argent », where a person comes from
    panels.offer_owed(owed_rows)                  # what an association owes one person, on the page of a death

Each is called once, from `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from equipage.foundation.listing.declaration import Link


@dataclass(frozen=True)
class Reason:
    """What a transfer pays: one sentence for the heading, and a block with its own template."""

    sentence: str
    template: str
    data: Any


@dataclass(frozen=True)
class Explained:
    """Why a run is what it is, for whoever approves it: a block with its own template."""

    template: str
    data: Any


_explanations: list[Callable[[Any], Explained | None]] = []
_checks: list[Callable[[Any], list[dict[str, str]]]] = []
_reasons: list[Callable[[Any, Any], Reason]] = []
_starts: list[Callable[[Any], list[Link]]] = []
_owed: list[Callable[[Any, Any], list[tuple[str, int]]]] = []
_homes: list[str] = []


def offer_home(url_name: str) -> None:
    """Say where a person reads all of their money."""
    _homes.append(url_name)


def home_of_money() -> str:
    """The address of « Mon argent »."""
    return reverse(_homes[0])


def offer_check(check: Callable[[Any], list[dict[str, str]]]) -> None:
    """Add rows to the check list of a run."""
    if check not in _checks:
        _checks.append(check)


def offer_reason(reason: Callable[[Any, Any], Reason]) -> None:
    """Say what a transfer pays, to whoever looks at it."""
    if reason not in _reasons:
        _reasons.append(reason)


def offer_start(start: Callable[[Any], list[Link]]) -> None:
    """Add links above the list of runs."""
    if start not in _starts:
        _starts.append(start)


def offer_explanation(explain: Callable[[Any], Explained | None]) -> None:
    """Say why a run differs from the one before, or what was decided about it; None stays silent."""
    if explain not in _explanations:
        _explanations.append(explain)


def offer_owed(read: Callable[[Any, Any], list[tuple[str, int]]]) -> None:
    """Say what an association owes a person: (a label, cents) for each state of it."""
    if read not in _owed:
        _owed.append(read)


def owed_to(organisation: Any, professional: Any) -> list[tuple[str, int]]:
    """What is owed and not paid yet, as higher floors count it."""
    return [row for read in _owed for row in read(organisation, professional)]


def explanations_of(run: Any) -> list[Explained]:
    """What higher floors explain of a run, from its preparation on; nothing of a cancelled one."""
    if run.state == "cancelled":
        return []
    return [found for explain in _explanations if (found := explain(run)) is not None]


def checks_from_above(run: Any) -> list[dict[str, str]]:
    """The rows that higher floors add."""
    return [row for check in _checks for row in check(run)]


def reasons_of(payment: Any, user: Any) -> list[Reason]:
    """What a transfer pays."""
    return [reason(payment, user) for reason in _reasons]


def starts_for(user: Any) -> list[Link]:
    """The links that begin a run, for this person."""
    return [link for start in _starts for link in start(user)]
