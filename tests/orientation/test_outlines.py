"""The outlines of the departments: complete, light, without gaps, and made again from their source."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from equipage.orientation.outlines import Drawing, Scale, departments, regions
from equipage.territory.source import read_source
from tools import outlines as tool

FOLDER = Path(settings.REFERENCE) / "outlines"
PAYS_DE_LA_LOIRE = ("44", "49", "53", "72", "85")
Point = tuple[int, int]


def lines_of(path: str) -> list[list[Point]]:
    """The closed lines of a path of relative moves."""
    assert re.fullmatch(r"(m[\d\s-]+z)+", path), path[:60]
    found, start = [], (0, 0)
    for part in re.findall(r"m([^z]+)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        line: list[Point] = []
        x, y = start
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            line.append((x, y))
        start = line[0]
        found.append(line)
    return found


def sides_of(path: str) -> list[frozenset[Point]]:
    return [
        frozenset(pair)
        for line in lines_of(path)
        for pair in zip(line, [*line[1:], line[0]], strict=True)
        if pair[0] != pair[1]
    ]


def rows_of(name: str) -> dict[str, Any]:
    rows: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return rows


def whole_country() -> Drawing:
    drawing = departments(rows_of("departments.json"))
    assert drawing is not None
    return drawing


def test_every_place_is_drawn_but_those_overseas() -> None:
    reference = read_source()
    near = {code: name for code, name, _ in reference.departments if len(code) == 2}
    assert {code: row["name"] for code, row in rows_of("departments.json").items()} == near
    assert [outline.code for outline in whole_country().outlines] == sorted(near)
    around = {region for code, _, region in reference.departments if code in near}
    assert {code: row["name"] for code, row in rows_of("regions.json").items()} == {
        code: name for code, name in reference.regions if code in around
    }
    assert {outline.code for outline in regions().outlines} == around and len(around) == 13


def test_they_weigh_little() -> None:
    weight = {
        name: len(gzip.compress((FOLDER / name).read_bytes(), 9)) for name in ("departments.json", "regions.json")
    }
    assert weight["departments.json"] <= 12_000
    assert weight["regions.json"] <= 3_000
    drawing = departments(PAYS_DE_LA_LOIRE)
    assert drawing is not None
    assert len(gzip.compress("".join(outline.path for outline in drawing.outlines).encode(), 9)) <= 1_500


# None of them touches the sea or another country: each of their sides is also a side of a neighbour.
@pytest.mark.parametrize("code", ["03", "18", "23", "36", "41", "49", "63", "72", "75"])
def test_two_departments_keep_the_same_border(code: str) -> None:
    _every_side_is_shared(whole_country(), code)


@pytest.mark.parametrize("code", ["11", "24"])
def test_two_regions_keep_the_same_border(code: str) -> None:
    _every_side_is_shared(regions(), code)


def _every_side_is_shared(drawing: Drawing, code: str) -> None:
    sides = Counter(side for outline in drawing.outlines for side in sides_of(outline.path))
    own = sides_of(next(outline.path for outline in drawing.outlines if outline.code == code))
    assert own and all(sides[side] == 2 for side in own)


def test_a_region_is_its_departments_together() -> None:
    """The same land: the areas agree within what two simplifications may differ by (the grids are 2 and 3)."""
    region_of = {code: region for code, _, region in read_source().departments}
    inside: Counter[str] = Counter()
    for outline in whole_country().outlines:
        inside[region_of[outline.code]] += round(area_of(outline.path) / 9)
    for outline in regions().outlines:
        assert area_of(outline.path) / 4 == pytest.approx(inside[outline.code], rel=0.02), outline.code


def area_of(path: str) -> float:
    """An enclave is drawn inside: it is taken off."""
    whole, *others = sorted(lines_of(path), key=tool.area, reverse=True)
    return tool.area(whole) + sum((-1 if inside(line[0], whole) else 1) * tool.area(line) for line in others)


@pytest.mark.parametrize("codes", [PAYS_DE_LA_LOIRE, ("2A", "2B"), ("75", "77", "78", "91", "92", "93", "94", "95")])
def test_a_drawing_holds_its_shapes_and_its_figures_are_inside(codes: tuple[str, ...]) -> None:
    drawing = departments(codes)
    assert drawing is not None
    left, top, width, height = drawing.box
    assert [outline.code for outline in drawing.outlines] == sorted(codes)
    for outline in drawing.outlines:
        points = [point for line in lines_of(outline.path) for point in line]
        assert all(left < x < left + width and top < y < top + height for x, y in points)
        biggest = max(lines_of(outline.path), key=tool.area)
        assert inside((outline.x, outline.y), biggest) and outline.room > 0
    assert drawing.view_box == f"{left} {top} {width} {height}"
    assert drawing.unit == max(width, height) / 100


def inside(place: Point, line: list[Point]) -> bool:
    (x, y), odd = place, False
    for (x1, y1), (x2, y2) in zip(line, [*line[1:], line[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def test_nothing_is_drawn_where_there_is_no_outline() -> None:
    assert departments(["974", "988"]) is None
    assert departments([]) is None


@pytest.mark.parametrize(
    ("highest", "shades", "legend"),
    [
        (0, {0: 0}, ["aucune"]),
        (1, {0: 0, 1: 4}, ["aucune", "1"]),
        (3, {1: 2, 2: 3, 3: 4}, ["aucune", "1", "2", "3"]),
        (6, {1: 1, 2: 1, 3: 2, 5: 3, 6: 4}, ["aucune", "1 à 2", "3", "4 à 5", "6"]),
        (20, {5: 1, 6: 2, 15: 3, 16: 4, 20: 4}, ["aucune", "1 à 5", "6 à 10", "11 à 15", "16 à 20"]),
        (4000, {1000: 1, 1001: 2}, ["aucune", "1 à 1\u202f000", "1\u202f001 à 2\u202f000"]),
    ],
)
def test_shades_go_by_equal_steps(highest: int, shades: dict[int, int], legend: list[str]) -> None:
    scale = Scale.up_to(highest)
    assert {count: scale.shade(count) for count in shades} == shades
    assert [label for _, label in scale.legend][: len(legend)] == legend
    assert [shade for shade, _ in scale.legend] == [0, *range(5 - len(scale.tops), 5)]


# --- the script that makes them --------------------------------------------------------------------------------------


def package(folder: Path, version: str = tool.VERSION, **paths: str) -> Path:
    """A package like the published one, with those departments."""
    places = [{"name": f"Nom {code}", "id": code, "path": path} for code, path in paths.items()]
    (folder / "package.json").write_text(json.dumps({"name": tool.PACKAGE, "version": version}), encoding="utf-8")
    (folder / "index.js").write_text(f"export default {json.dumps({'locations': places})}", encoding="utf-8")
    return folder


# Two squares of 60. Their border bulges twice, as far each time; the second spells its places a little differently, on
# the other side of a rounding, and runs the other way.
LEFT = "m 10,10 60.48,0 4,20 0,20 -4,20 -60.48,0 z"
RIGHT = "m 70.52,70.02 4,-20 0,-20 -4,-20 60,0 0,60 z"


def drawn(folder: Path, detail: tool.Detail, **paths: str) -> dict[str, str]:
    """The paths that the script makes of those departments."""
    places = tool.Places()
    source = tool.read(package(folder, **paths))
    rings = {code: tool.rings_of(path, places) for code, path in source.items()}
    return {code: tool.path(lines) for code, lines in tool.drawn(rings, places.points, detail).items()}


@pytest.mark.parametrize(("tolerance", "kept"), [(3.0, 2), (1.0, 3)])
def test_a_shared_border_is_simplified_once(tmp_path: Path, tolerance: float, kept: int) -> None:
    found = drawn(tmp_path, tool.Detail(1, tolerance, 1.0), A=LEFT, B=RIGHT)
    assert len(set(sides_of(found["A"])) & set(sides_of(found["B"]))) == kept
    assert len(sides_of(found["A"])) == len(sides_of(found["B"])) == kept + 3


def test_what_is_too_small_to_be_seen_goes_and_an_enclave_stays_on_both_sides(tmp_path: Path) -> None:
    # A large square with a hole of 9 × 9, the enclave that fills it, and an islet of 2 × 2 far from all.
    hole, islet = "m 30,30 9,0 0,9 -9,0 z", "m 60,0 2,0 0,2 -2,0 z"
    square = f"m 10,10 60,0 0,60 -60,0 z m 20,20 9,0 0,9 -9,0 z {islet}"
    assert len(lines_of(drawn(tmp_path, tool.Detail(1, 1.0, 3.0), A=square, B=hole)["A"])) == 3
    found = drawn(tmp_path, tool.Detail(1, 1.0, 5.0), A=square, B=hole)
    assert len(lines_of(found["A"])) == 2 and len(lines_of(found["B"])) == 1
    assert set(sides_of(found["B"])) < set(sides_of(found["A"]))


def test_joined_shapes_lose_the_sides_they_share() -> None:
    # 1-2-3
    # 4-5-6  two squares side by side, and a third that touches the second by a corner only.
    squares = [[1, 2, 5, 4], [2, 3, 6, 5], [6, 7, 8, 9]]
    sides = sorted(
        sorted(pair) for ring in tool.joined(squares) for pair in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    assert sides == sorted([[1, 2], [2, 3], [3, 6], [5, 6], [4, 5], [1, 4], [6, 7], [7, 8], [8, 9], [6, 9]])


def test_a_department_is_described_with_its_box_and_the_place_of_its_figure(tmp_path: Path) -> None:
    # « 49 » and « 53 » are departments of the reference, of one region.
    made = tool.build(package(tmp_path, **{"49": LEFT, "53": RIGHT}))
    row = made["departments.json"]["49"]
    assert row["name"] == "Maine-et-Loire" and row["box"] == [30, 30, 223, 210]
    assert [round(number / 10) for number in row["at"]] == [12, 12, 9]
    region = made["regions.json"]["52"]
    assert region["name"] == "Pays de la Loire" and len(lines_of(region["path"])) == 1
    assert region["box"] == [20, 20, 261, 140]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"version": "9.9.9"}, "et non"),
        ({"49": "M 0 0 C 1 1 2 2 3 3 z"}, "commandes SVG"),
        ({"49": "m 0,0 z"}, "a disparu"),
    ],
)
def test_another_source_is_refused(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence):
        tool.build(package(tmp_path, **{"49": LEFT, **given}))


def test_the_same_source_gives_the_same_text_one_place_a_line(tmp_path: Path) -> None:
    folder = package(tmp_path, **{"53": RIGHT, "49": LEFT})
    first, second = (tool.as_text(tool.build(folder)["departments.json"]) for _ in range(2))
    assert first == second
    assert [line[:5] for line in first.splitlines()] == ["{", '"49":', '"53":', "}"]
    for name in ("departments.json", "regions.json"):
        assert (FOLDER / name).read_text(encoding="utf-8") == tool.as_text(rows_of(name))
