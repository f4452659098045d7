"""Small pieces of Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

NONE = "—"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, one line a row; a cell never breaks it."""
    lines = [_row(heads), _row(["---"] * len(heads))]
    return [*lines, *(_row([_cell(cell) for cell in row]) for row in rows), ""]


def code(words: Iterable[str]) -> str:
    """Names as code, in order; a dash when there are none."""
    return ", ".join(f"`{word}`" for word in words) or NONE


def first_line(thing: Any) -> str:
    """The first sentence of a docstring, empty when nobody wrote one."""
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ").strip()


def place(function: Any) -> str:
    """Where a function is: its module and name."""
    return f"{function.__module__}.{function.__qualname__}".replace(".<locals>", "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or NONE
