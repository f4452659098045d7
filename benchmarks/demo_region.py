"""The demo region of 150 teams with two years of history, on SQLite. The floor writes the same bytes once to disk."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tools.figures import SQLITE, Context, Figure

NAME = "demo_region"


def run(context: Context) -> list[Figure]:
    """Seconds, start of Python included, communes already there."""
    url = context.database(SQLITE)
    context.manage(url, "load_territory", "--verbosity=0")
    place = Path(url.removeprefix("sqlite:///"))
    before = _size(place)
    took = context.manage(url, "seed_demo", "--verbosity=0")
    written = _size(place) - before
    return [
        Figure("région de démonstration", took, "s", _floor(context.folder, written), "mêmes octets", 60),
        Figure("octets écrits", written / 1e6, "Mo"),
    ]


def _size(place: Path) -> int:
    return sum(part.stat().st_size for part in place.parent.glob(f"{place.name}*"))


def _floor(folder: Path, count: int) -> float:
    began = time.perf_counter()
    with (folder / "floor").open("wb") as file:
        file.write(os.urandom(1 << 20) * (count >> 20))
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - began
