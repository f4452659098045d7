"""The numbers of teams as a map and as its table: the same lines feed both.

The whole country is drawn by region: a department would be eighteen pixels wide on a phone, too small for a finger.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from equipage.foundation.french import counted, typographic
from equipage.orientation import outlines
from equipage.orientation.team_filters import Asked, TeamFilters

# A figure is written on a shape when it fits, a name when its letters do (hundredths of the map).
_ROOM_FOR_FIGURE, _WIDTH_OF_LETTER = 2.0, 0.7


@dataclass(frozen=True)
class Line:
    """A place and its number of teams: a row of the table, and a shape of the map where the place has an outline."""

    code: str
    name: str
    count: int
    url: str
    shade: int
    current: bool = False

    @property
    def title(self) -> str:
        """« Maine-et-Loire : 12 équipes »."""
        return typographic(f"{self.name} : {counted(self.count, 'équipe') if self.count else 'aucune équipe'}")


@dataclass(frozen=True)
class Shape:
    """A line of the table as drawn on the map; numbers are text, as SVG reads them."""

    line: Line
    path: str
    x: str = ""
    y: str = ""
    name: str = ""


@dataclass(frozen=True)
class TeamMap:
    """A map and its table. `kind` is what a line is: « région » or « département »; `total` is the sum of the lines."""

    kind: str
    lines: list[Line]
    legend: list[tuple[int, str]]
    total: int
    view_box: str = ""
    letter: str = ""
    shapes: tuple[Shape, ...] = ()

    @property
    def rows(self) -> list[Line]:
        """The rows of the table: every department of a region, the regions of the country that show a team."""
        return self.lines if self.kind == "département" else [line for line in self.lines if line.count]

    @property
    def others(self) -> list[Line]:
        """The regions that show no team: in a sentence, since they are many."""
        return [line for line in self.lines if line not in self.rows]


def team_map(filters: TeamFilters, counts: dict[str, int]) -> TeamMap:
    """The map of the region asked for, by department, or of the country, by region. `counts` are by department."""
    asked = filters.asked
    by_region = Counter(dict.fromkeys((row.region_id for row in filters.departments.values()), 0))
    for code, count in counts.items():
        by_region[filters.departments[code].region_id] += count
    scale = outlines.Scale.up_to(max((counts if asked.region else by_region).values(), default=0))
    if asked.region:
        lines = _departments(filters, asked, counts, scale)
        drawing = outlines.departments(line.code for line in lines)
    else:
        lines = _regions(filters, asked, by_region, scale)
        drawing = outlines.regions()
    kind = "département" if asked.region else "région"
    found = TeamMap(kind, lines, scale.legend, sum(counts.values()))
    return _drawn(found, drawing) if drawing else found


def _departments(filters: TeamFilters, asked: Asked, counts: dict[str, int], scale: outlines.Scale) -> list[Line]:
    return [
        Line(
            row.code,
            row.name,
            counts.get(row.code, 0),
            replace(asked, department=row.code).url,
            scale.shade(counts.get(row.code, 0)),
            row.code == asked.department,
        )
        for row in filters.departments.values()
        if row.region_id == asked.region
    ]


def _regions(filters: TeamFilters, asked: Asked, counts: dict[str, int], scale: outlines.Scale) -> list[Line]:
    return [
        Line(code, name, counts[code], replace(asked, region=code).url, scale.shade(counts[code]))
        for code, name in filters.regions
    ]


def _drawn(found: TeamMap, drawing: outlines.Drawing) -> TeamMap:
    """The same with its shapes, the one asked for last so that its edge is whole."""
    by_code = {line.code: line for line in found.lines}
    shapes = [
        _shape(by_code[outline.code], outline, drawing.unit, named=found.kind == "département")
        for outline in drawing.outlines
        if outline.code in by_code
    ]
    return replace(
        found,
        view_box=drawing.view_box,
        letter=f"{drawing.unit * 5:.1f}",
        shapes=tuple(sorted(shapes, key=lambda shape: shape.line.current)),
    )


def _shape(line: Line, outline: outlines.Outline, unit: float, *, named: bool) -> Shape:
    room = outline.room / unit
    if room < _ROOM_FOR_FIGURE:
        return Shape(line, outline.path)
    # Three names out of thirteen would look like a choice: the regions have theirs in the table.
    fits = named and len(line.name) * _WIDTH_OF_LETTER < room
    return Shape(line, outline.path, str(outline.x), str(outline.y), line.name if fits else "")
