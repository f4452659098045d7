"""What a scenario of `benchmarks/` receives (a Context) and returns (Figures).

A scenario is a module with `NAME: str` and `run(context: Context) -> list[Figure]`. It runs inside `.venv` and may
import Django after `context.use(url)`.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools import processes
from tools.places import PYTHON, ROOT, child_environment

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Figure:
    """One measured value. `floor` was measured in the same run, in the same unit: the ratio to it travels better
    from machine to machine than the value. `target` is what the value must not exceed (or reach, when
    `more_is_better`).
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    target: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value divided by floor; None without a floor."""
        return self.value / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        """Is the target met? None without a target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self) | {"ratio": self.ratio, "met": self.met}


@dataclass(frozen=True)
class Timing:
    """Milliseconds of a series."""

    median: float
    p95: float
    count: int


def timing(seconds: Sequence[float]) -> Timing:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return Timing(statistics.median(ordered) * 1000, p95 * 1000, len(ordered))


def repeat(action: Callable[[], object], times: int, *, warm_up: int = 2) -> Timing:
    """Time an action, one call at a time, after some that do not count."""
    for _ in range(warm_up):
        action()
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return timing(taken)


@dataclass
class Served:
    """A gunicorn that answers on 127.0.0.1."""

    port: int
    environment: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """One request on a connection of its own: status, body as sent, headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=self.headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()


class Context:
    """Databases, servers and commands for the scenarios; everything ends with it."""

    def __init__(self, folder: Path, lines: int = 0) -> None:
        self.folder = folder
        self.lines = lines  # how far a scenario that grows goes; 0: as far as it says itself
        self._stack = ExitStack()
        self._postgresql: str | None = None
        self._count = 0

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def database(self, engine: str, *, migrated: bool = True) -> str:
        """The URL of a fresh database on `sqlite` or `postgresql`."""
        self._count += 1
        if engine == SQLITE:
            url = f"sqlite:///{self.folder / f'bench{self._count}.sqlite3'}"
        else:
            url = self._new_postgresql(f"bench{self._count}")
        if migrated:
            self.manage(url, "migrate", "--no-input", "--verbosity=0")
        return url

    def _new_postgresql(self, name: str) -> str:
        if self._postgresql is None:
            self._postgresql = self._stack.enter_context(
                processes.postgresql(self.folder / "postgresql", child_environment())
            )
        code = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
        create = [str(PYTHON), "-c", code, self._postgresql, f'CREATE DATABASE "{name}"']
        subprocess.run(create, check=True, capture_output=True)
        before, _, after = self._postgresql.partition("?")
        return before.rpartition("/")[0] + f"/{name}" + (f"?{after}" if after else "")

    def environment(self, url: str, **more: str) -> dict[str, str]:
        """The environment of a child that works on this database."""
        return child_environment(EQUIPAGE_VAR=str(self.folder / "var"), DATABASE_URL=url, EQUIPAGE_DEMO="1", **more)

    def use(self, url: str) -> None:
        """Point this very process at a database, before the first import of Django's settings."""
        os.environ.update(self.environment(url))

    def manage(self, url: str, *words: str) -> float:
        """Run a management command; the seconds it took, start of Python included."""
        began = time.perf_counter()
        done = subprocess.run(
            [str(PYTHON), "manage.py", *words],
            check=False,
            cwd=ROOT,
            env=self.environment(url),
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {' '.join(words)}\n{done.stdout}{done.stderr}")
        return time.perf_counter() - began

    @contextmanager
    def serve(self, url: str, *, workers: int = 2, threads: int = 4) -> Iterator[Served]:
        """gunicorn on this database, static files collected."""
        self.manage(url, "collectstatic", "--no-input", "--verbosity=0")
        port = processes.free_port()
        settings = self.environment(url)
        log = self.folder / f"web-{port}.log"
        command = processes.web_command(port, workers=workers, threads=threads)
        child = processes.Child("Le serveur web", command, settings, log)
        try:
            processes.wait_until_it_answers(child, f"http://127.0.0.1:{port}")
            yield Served(port, settings)
        finally:
            child.stop()
