"""A column knows how to be shown, sorted and exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from equipage.foundation import french
from equipage.foundation.french import PARIS

Kind = Literal["text", "number", "euros", "percent", "day", "moment"]
_NUMERIC = frozenset({"number", "euros", "percent"})
NOTHING = "—"


@dataclass(frozen=True)
class Badge:
    """A state shown as a badge: its French label and its tone (ok, wait, stop, info, quiet)."""

    label: str
    tone: str = "quiet"

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, ready for the template."""

    column: Column
    text: str
    url: str
    badge: Badge | None

    @property
    def classes(self) -> str:
        """The classes of its element."""
        return self.column.classes


@dataclass(frozen=True)
class Column:
    """One column (colonne) of a list.

    `value`: a dotted path ("commune.name") or a function of the row; by default the path is `key`. It must not query:
    what it reads is brought by `queryset` (`select_related`, annotations).
    `kind`: how the value is written ("euros" takes integer cents). `link`: function of the row giving an address.
    `sort`: field name(s) behind an index; without it the column is not sortable. `heads`: the column that names the
    row (row header, title of the phone card). `phone`: shown on phones. `export`: in CSV and XLSX. `screen`: on screen.
    """

    key: str
    label: str
    value: str | Callable[[Any], Any] | None = None
    kind: Kind = "text"
    link: Callable[[Any], str] | None = None
    sort: str | tuple[str, ...] | None = None
    heads: bool = False
    phone: bool = True
    export: bool = True
    screen: bool = True

    @property
    def numeric(self) -> bool:
        """Are its values aligned on the right?"""
        return self.kind in _NUMERIC

    @cached_property
    def classes(self) -> str:
        """The classes of its cells: aligned right, left out on phones."""
        return " ".join(name for name, on in (("num", self.numeric), ("desk", not self.phone)) if on)

    @cached_property
    def _read(self) -> Callable[[Any], Any]:
        if callable(self.value):
            return self.value
        steps = (self.value or self.key).split(".")

        def follow(row: Any) -> Any:
            for step in steps:
                if row is None:
                    return None
                row = getattr(row, step)
            return row

        return follow

    @property
    def sort_fields(self) -> tuple[str, ...]:
        """The fields that sort it, none when it is not sortable."""
        if self.sort is None:
            return ()
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    def raw(self, row: Any) -> Any:
        """The value as Python knows it, for exports and the API."""
        return self._read(row)

    def cell(self, row: Any) -> Cell:
        """The value as a person reads it."""
        value = self._read(row)
        badge = value if isinstance(value, Badge) else None
        return Cell(self, self.text(value), self.link(row) if self.link else "", badge)

    def text(self, value: Any) -> str:
        """One value in French; a dash for nothing."""
        if value is None or value == "":
            return NOTHING
        match self.kind:
            case "euros":
                return french.euros(value)
            case "number":
                return french.number(value)
            case "percent":
                return french.percent(value)
            case "day":
                return french.day(value)
            case "moment":
                return french.moment(value)
        return _as_text(value)

    def exported(self, row: Any) -> str | int | float | Decimal | date | datetime:
        """The value as a spreadsheet takes it: numbers stay numbers, days stay days, text is made harmless."""
        value = self._read(row)
        if value is None or value == "":
            return ""
        if self.kind == "euros":
            return Decimal(value).scaleb(-2)
        if isinstance(value, datetime):
            return value.astimezone(PARIS).replace(tzinfo=None) if value.tzinfo else value
        if isinstance(value, int | float | Decimal | date) and not isinstance(value, bool):
            return value
        return harmless(_as_text(value))


def _as_text(value: Any) -> str:
    if value is True:
        return "Oui"
    if value is False:
        return "Non"
    if isinstance(value, datetime):
        return french.moment(value)
    if isinstance(value, date):
        return french.day(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: = + - @ (and the invisible signs before them) get a quote."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text
