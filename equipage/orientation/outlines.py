"""The outlines of the regions and of their departments, as light SVG paths, and the shades that tell many from few.

They are in `reference/outlines/`, with their source and licence; `tools/outlines.py` makes them.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from equipage.foundation.french import number

MOST_SHADES = 4
# Room for the line around a drawing, in its own units.
_MARGIN = 6


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline (contour) of a place. A figure may be written at (`x`, `y`), `room` away from the border."""

    code: str
    path: str
    x: int
    y: int
    room: int


@dataclass(frozen=True, slots=True)
class Scale:
    """From a count to a shade: 0 is none, 4 the fullest. `tops` are the highest counts of the shades in use."""

    tops: tuple[int, ...]

    @classmethod
    def up_to(cls, highest: int) -> Scale:
        """Equal steps of whole numbers, as many as there are numbers when these are few."""
        steps = min(MOST_SHADES, highest)
        return cls(tuple(-(-highest * step // steps) for step in range(1, steps + 1)))

    def shade(self, count: int) -> int:
        """The shade of a count. The fullest is always 4, so that a map of few teams is not a pale one."""
        if not count:
            return 0
        return MOST_SHADES - len(self.tops) + 1 + bisect_left(self.tops, count)

    @property
    def legend(self) -> list[tuple[int, str]]:
        """(shade, what it means) from none to the fullest: « aucune », « 1 à 5 »."""
        rows, first = [(0, "aucune")], 1
        for top in self.tops:
            span = str(top) if top == first else f"{number(first)} à {number(top)}"
            rows.append((self.shade(top), span))
            first = top + 1
        return rows


@dataclass(frozen=True, slots=True)
class Drawing:
    """Outlines that are drawn together, and the part of the plane that they fill: left, top, width, height."""

    outlines: tuple[Outline, ...]
    box: tuple[int, int, int, int]

    @property
    def view_box(self) -> str:
        """As SVG wants it."""
        return " ".join(map(str, self.box))

    @property
    def unit(self) -> float:
        """A hundredth of the larger side: what is written on the map is sized by it."""
        return max(self.box[2:]) / 100


def regions() -> Drawing:
    """The 13 regions of metropolitan France. Those overseas have no outline."""
    return _drawing(_read("regions.json"))


def departments(codes: Iterable[str]) -> Drawing | None:
    """The departments of those codes, more finely; None when none of them has an outline."""
    known = _read("departments.json")
    found = {code: known[code] for code in sorted(set(codes)) if code in known}
    return _drawing(found) if found else None


def _drawing(rows: dict[str, Any]) -> Drawing:
    boxes = [row["box"] for row in rows.values()]
    left, top = (min(box[side] for box in boxes) - _MARGIN for side in (0, 1))
    right, bottom = (max(box[side] for box in boxes) + _MARGIN for side in (2, 3))
    outlines = tuple(Outline(code, row["path"], *row["at"]) for code, row in rows.items())
    return Drawing(outlines, (left, top, right - left, bottom - top))


@lru_cache(maxsize=2)
def _read(name: str) -> dict[str, Any]:
    rows: dict[str, Any] = json.loads((Path(settings.REFERENCE) / "outlines" / name).read_text(encoding="utf-8"))
    return rows
