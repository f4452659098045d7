"""Pages of a list: numbered up to the twentieth, then from row to row; counts are cheap or not made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from equipage.foundation.french import counted, number
from equipage.foundation.listing import ordering
from equipage.foundation.listing.ordering import Term

LAST_NUMBERED_PAGE = 20
COUNT_CAP = 10_000

PAGE, AFTER, BEFORE = "page", "apres", "avant"
_PLACE = (PAGE, AFTER, BEFORE)


@dataclass(frozen=True)
class Total:
    """How many rows a list has; `capped` when counting stopped there."""

    count: int
    capped: bool = False


@dataclass
class Page:
    """The rows of one page and how to go on. Addresses are query strings, empty when there is nowhere to go."""

    rows: list[Any]
    number: int
    size: int
    total: Total = Total(0)
    first: str = ""
    previous: str = ""
    next: str = ""
    notice: str = ""

    @property
    def is_whole(self) -> bool:
        """Does this page hold every row of the list?"""
        return self.number == 1 and not self.next

    def sentence(self, noun: tuple[str, str]) -> str:
        """ "51 à 100 sur 1 234 équipes"; "plus de 10 000" when counting further would cost more than it tells."""
        if not self.rows:
            return counted(0, *noun)
        if self.is_whole:
            return counted(len(self.rows), *noun)
        start = (self.number - 1) * self.size + 1
        span = f"{number(start)} à {number(start + len(self.rows) - 1)}"
        more = "plus de " if self.total.capped else ""
        return f"{span} sur {more}{counted(self.total.count, *noun)}"


def address(params: QueryDict, **changes: str | None) -> str:
    """The query string of `params` with changes; None or "" removes. Empty values are left out."""
    changed = params.copy()
    for name, value in changes.items():
        changed[name] = value or ""
    for name in list(changed):
        kept = list(dict.fromkeys(value for value in changed.getlist(name) if value))
        if kept:
            changed.setlist(name, kept)
        else:
            del changed[name]
    return "?" + changed.urlencode()


def restart(params: QueryDict, **changes: str | None) -> str:
    """The same on the first page: for a new filter or a new order."""
    return address(params, **{**dict.fromkeys(_PLACE), **changes})


def paginate(
    rows: QuerySet[Any, Any],
    order: Sequence[Term],
    params: QueryDict,
    size: int,
    total: Callable[[], Total],
) -> Page:
    """The page that `params` names. `total` is called only when the count is not already known."""
    asked = _asked_number(params)
    forward_key = params.get(AFTER, "")
    key = forward_key or params.get(BEFORE, "")
    notice = ""
    if key and asked > LAST_NUMBERED_PAGE:
        try:
            page = _keyset_page(rows, order, params, size, asked, key, backwards=not forward_key)
            page.total = total()
            return page
        except ordering.BadKey:
            asked, notice = 1, "Cette adresse de page n'est plus valable. Voici la première page."
    elif asked > LAST_NUMBERED_PAGE:
        asked = LAST_NUMBERED_PAGE
        notice = f"Après la page {LAST_NUMBERED_PAGE}, avancez de page en page ou précisez les filtres."
    page = _numbered_page(rows, order, params, size, asked)
    page.notice = notice
    _count(page, total)
    return page


def _asked_number(params: QueryDict) -> int:
    raw = params.get(PAGE, "1")
    return max(1, int(raw)) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 1


def _numbered_page(rows: QuerySet[Any, Any], order: Sequence[Term], params: QueryDict, size: int, asked: int) -> Page:
    start = (asked - 1) * size
    # One row more than shown tells whether there is a next page, without counting.
    found = list(rows.order_by(*ordering.expressions(order))[start : start + size + 1])
    page = Page(found[:size], asked, size)
    if len(found) > size:
        page.next = _forward(params, order, page)
    if asked > 1:
        page.first = restart(params)
        page.previous = restart(params, page=str(asked - 1)) if asked > 2 else restart(params)
    return page


def _keyset_page(
    rows: QuerySet[Any, Any],
    order: Sequence[Term],
    params: QueryDict,
    size: int,
    asked: int,
    key: str,
    *,
    backwards: bool,
) -> Page:
    values = ordering.read_key(order, key)
    beyond = rows.filter(ordering.after(order, values, backwards=backwards))
    found = list(beyond.order_by(*ordering.expressions(order, backwards=backwards))[: size + 1])
    shown = found[:size][::-1] if backwards else found[:size]
    page = Page(shown, asked, size, first=restart(params))
    if shown and (backwards or len(found) > size):
        page.next = _forward(params, order, page)
    if asked - 1 <= LAST_NUMBERED_PAGE or not shown:
        page.previous = restart(params, page=str(min(asked - 1, LAST_NUMBERED_PAGE)))
    else:
        page.previous = restart(params, page=str(asked - 1), avant=ordering.key_of(order, shown[0]))
    return page


def _forward(params: QueryDict, order: Sequence[Term], page: Page) -> str:
    following = str(page.number + 1)
    if page.number < LAST_NUMBERED_PAGE:
        return restart(params, page=following)
    return restart(params, page=following, apres=ordering.key_of(order, page.rows[-1]))


def _count(page: Page, total: Callable[[], Total]) -> None:
    if not page.next and (page.rows or page.number == 1):
        page.total = Total((page.number - 1) * page.size + len(page.rows))
    else:
        page.total = total()


def capped_count(rows: QuerySet[Any, Any]) -> Total:
    """How many rows, counting no further than one above the cap."""
    found = rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    return Total(min(found, COUNT_CAP), found > COUNT_CAP)
