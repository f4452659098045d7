"""A region and a seventh form that arrive as data files only (`seventh/`): every word is made up for the tests."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from equipage.rules import Library
from equipage.rules.library import RULEPACKS, use

SEVENTH = Path(__file__).parent / "seventh"


def written(folder: Path) -> Path:
    """These files in a folder of their own, written now."""
    return shutil.copytree(SEVENTH, folder, dirs_exist_ok=True)


@cache
def _folder() -> Path:
    """One folder for the run: reading every pack again takes a second."""
    folder = Path(tempfile.mkdtemp(prefix="equipage-seventh-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return written(folder)


@contextmanager
def arrived(folder: Path | None = None) -> Iterator[Library]:
    """While open, the rules of the project and these are read together, by every page."""
    with use(RULEPACKS, folder or _folder()) as packs:
        yield packs
