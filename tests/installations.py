"""An installation for one test: a database of its own, of either kind, and the processes that work on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tools.processes import postgresql

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("sqlite", "postgresql")


class Installation:
    """A database of its own and the processes that work on it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("EQUIPAGE_", "DJANGO_"))},
            "EQUIPAGE_VAR": str(folder / "var"),
            "DATABASE_URL": database,
        }

    def manage(self, *words: str) -> str:
        return self._run("manage.py", *words)

    def shell(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code)

    def play(self, module: str, *words: str) -> Any:
        """Run a module of the tests as a program; what it prints last, read as JSON."""
        return json.loads(self._run("-m", module, *words, DJANGO_SETTINGS_MODULE="equipage.settings").splitlines()[-1])

    def _run(self, *words: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env={**self.environment, **more}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of that kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'x.sqlite3'}"
    else:
        # A socket has 107 letters for its path: the folder of the test is too deep for it.
        with (
            tempfile.TemporaryDirectory(prefix="pg-") as short,
            postgresql(Path(short) / "pg", dict(os.environ)) as address,
        ):
            yield address


@contextmanager
def copied(database: str, folder: Path, name: str) -> Iterator[str]:
    """The address of a copy of a database that nobody works on."""
    if database.startswith("sqlite"):
        shutil.copy(database.removeprefix("sqlite:///"), folder / "copy.sqlite3")
        yield f"sqlite:///{folder / 'copy.sqlite3'}"
        return
    before, _, after = database.partition("?")
    server, _, original = before.rpartition("/")
    elsewhere = f"{server}/template1" + (f"?{after}" if after else "")
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    yield f"{server}/{name}" + (f"?{after}" if after else "")
