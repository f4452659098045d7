"""Tests that commit empty the tables behind them; the tables that refuse it are asked to let this one go.

On SQLite the triggers are dropped and made again around the flush; on PostgreSQL the session says that it replicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations


@pytest.fixture(scope="session", autouse=True)
def tables_that_refuse_are_flushed_too() -> Iterator[None]:
    """Django's flush deletes (SQLite) or truncates (PostgreSQL); the house refuses both, outside of tests."""
    execute = BaseDatabaseOperations.execute_sql_flush

    def flush(operations: Any, statements: Sequence[str]) -> None:
        before, after = around(operations.connection) if statements else ([], [])
        execute(operations, [*before, *statements, *after])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush)
        yield


def around(connection: Any) -> tuple[list[str], list[str]]:
    """The statements that put the triggers to sleep, and those that wake them; both inside one transaction."""
    if connection.vendor == "postgresql":
        return ["SET LOCAL session_replication_role = replica"], ["SET LOCAL session_replication_role = origin"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        found = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _ in found], [sql for _, sql in found]


@contextmanager
def triggers_asleep() -> Iterator[None]:
    """For a test that puts a row back in a state from which nothing leads: constraints hold, triggers do not."""
    before, after = around(connection)
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)
