"""What higher floors say on the page of a year of books, which knows accounts and entries, not who pays whom.

    panels.offer_check(checks_of_transfers)       # rows of « L'année d'un seul regard »: (organisation, year)
    panels.offer_link("DAS2", "payments:das2")    # a page of the same year: its address takes the year

Each is called once, from `AppConfig.ready`. A row whose tone is "stop" keeps the year open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from equipage.foundation.french import euros

Row = dict[str, str]
Check = Callable[[Any, int], list[Row]]

_checks: list[tuple[int, Check]] = []
_links: dict[str, str] = {}


def offer_check(check: Check, order: int = 50) -> None:
    """Add rows to the check list of a year; the lower `order` comes first."""
    if all(known is not check for _, known in _checks):
        _checks.append((order, check))
        _checks.sort(key=lambda found: found[0])


def offer_link(label: str, url_name: str) -> None:
    """Add a page about the same year beside the files of the accountant."""
    _links[url_name] = label


def checks_of_year(organisation: Any, year: int) -> list[Row]:
    """Everything that must agree before a year is closed, said by every floor of money."""
    return [row for _, check in _checks for row in check(organisation, year)]


def links_of_year(year: int) -> list[dict[str, str]]:
    """The pages of higher floors about a year."""
    return [{"label": label, "url": reverse(name, args=[year])} for name, label in _links.items()]


def total_row(point: str, cents: int | None, expected: int, problem: str = "") -> Row:
    """One row of a check list: a total seen from one side, in cents, against the total expected."""
    right = cents == expected and not problem
    return {
        "point": point,
        "finding": euros(cents),
        "verdict": "D'accord au centime" if right else "Écart",
        "tone": "ok" if right else "stop",
        "way_out": ""
        if right
        else (problem or f"Attendu : {euros(expected)}. N'allez pas plus loin sans explication."),
    }


def said_row(point: str, finding: str, problem: str = "", *, tone: str = "stop") -> Row:
    """One row of a check list that is no total: `problem` says how to mend it, empty when all is well."""
    return {
        "point": point,
        "finding": finding,
        "verdict": ("À faire" if tone == "wait" else "À régler") if problem else "D'accord",
        "tone": tone if problem else "ok",
        "way_out": problem,
    }
