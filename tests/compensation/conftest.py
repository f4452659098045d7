"""Money is tested on a fixed day: envelopes and caps are counted by civil year."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.installations import KINDS, Installation, copied, database_of


@pytest.fixture(autouse=True)
def a_day_of_november() -> Iterator[None]:
    """Sunday 22 November 2026, in the morning in Paris."""
    with time_machine.travel("2026-11-22T09:00:00+01:00", tick=True):
        yield


@pytest.fixture(scope="session", params=KINDS)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database of each kind with its tables and nothing else; made once, then copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with database_of(request.param, folder) as database:
        Installation(folder, database).manage("migrate", "-v", "0")
        yield database


@pytest.fixture
def installation(migrated: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Installation]:
    """An installation of its own, for a test whose processes are real."""
    with copied(migrated, tmp_path, f"copy_{abs(hash(request.node.nodeid))}") as database:
        yield Installation(tmp_path, database)
