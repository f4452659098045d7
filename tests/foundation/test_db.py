"""What the database refuses by itself, on both engines, and that no later migration loses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, router, transaction
from django.db.migrations.loader import MigrationLoader

from equipage.foundation.db import AppendOnly, Lifted, NoOverlap, Trigger
from tests.permissions.rows import World, house_models
from tests.permissions.world import build

CHILD = "essai_reservation"


def run_sql(*statements: str) -> None:
    """Run them one after the other."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refused(words: str, *statements: str) -> None:
    """They are refused, with these words, and leave nothing behind."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        run_sql(*statements)


def apply(operation: Trigger, *, backwards: bool = False) -> None:
    """Run a migration operation outside of any migration."""
    editor = connection.schema_editor(atomic=False)
    move = operation.database_backwards if backwards else operation.database_forwards
    move("essai", editor, None, None)


@pytest.fixture
def rooms(db: None) -> Iterator[None]:
    """A small table of periods."""
    key = "integer PRIMARY KEY AUTOINCREMENT" if connection.vendor == "sqlite" else "bigserial PRIMARY KEY"
    run_sql(
        f"CREATE TABLE {CHILD} (id {key}, room integer NOT NULL, seal varchar(9), note varchar(9), "
        "valid_from date NOT NULL, valid_to date)"
    )
    yield
    run_sql(f"DROP TABLE {CHILD}")


def book(start: str, end: str | None, *, room: int = 1, note: str = "") -> str:
    """The statement that adds a period."""
    until = f"'{end}'" if end else "NULL"
    return f"INSERT INTO {CHILD} (room, note, valid_from, valid_to) VALUES ({room}, '{note}', '{start}', {until})"  # noqa: S608


def rows() -> list[tuple[Any, ...]]:
    """What the table holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT room, seal, note FROM {CHILD} ORDER BY id")  # noqa: S608
        return list(cursor.fetchall())


def test_an_append_only_table_takes_rows_and_keeps_them(rooms: None) -> None:
    apply(AppendOnly(CHILD))
    run_sql(book("2026-01-01", None, note="a"))
    refused("une ligne écrite ne se change pas", f"UPDATE {CHILD} SET note = 'b'")  # noqa: S608
    refused("une ligne écrite ne se change pas", f"UPDATE {CHILD} SET note = note")  # noqa: S608
    refused("une ligne écrite ne se change pas", f"DELETE FROM {CHILD}")  # noqa: S608
    if connection.vendor == "postgresql":
        refused("une ligne écrite ne se change pas", f"TRUNCATE {CHILD}")
    assert rows() == [(1, None, "a")]
    apply(AppendOnly(CHILD), backwards=True)
    run_sql(f"UPDATE {CHILD} SET note = 'b'", f"DELETE FROM {CHILD}")  # noqa: S608
    assert rows() == []


def test_a_seal_is_set_once_and_alone(rooms: None) -> None:
    columns = ("room", "seal", "note", "valid_from", "valid_to")
    apply(AppendOnly(CHILD, columns=columns, except_first=("seal",)))
    run_sql(book("2026-01-01", None, note="a"))
    refused("ne se change pas", f"UPDATE {CHILD} SET seal = 's', note = 'b'")  # noqa: S608
    refused("ne se change pas", f"UPDATE {CHILD} SET id = 99")  # noqa: S608
    run_sql(f"UPDATE {CHILD} SET seal = 's'")  # noqa: S608
    refused("ne se change pas", f"UPDATE {CHILD} SET seal = 't'")  # noqa: S608
    refused("ne se change pas", f"UPDATE {CHILD} SET seal = NULL")  # noqa: S608
    refused("ne se change pas", f"DELETE FROM {CHILD}")  # noqa: S608
    assert rows() == [(1, "s", "a")]


def test_an_exception_names_what_stays_fixed() -> None:
    with pytest.raises(ValueError, match="columns"):
        AppendOnly(CHILD, except_first=("seal",))


OVERLAPS = [
    ("2026-01-01", "2026-03-01", True),
    ("2026-02-28", "2026-03-02", True),
    ("2025-01-01", None, True),
    ("2026-06-30", None, True),
    ("2026-01-01", "2026-02-01", False),
    ("2026-07-01", None, False),
    ("2026-07-01", "2026-07-02", False),
]


@pytest.mark.parametrize(("start", "end", "clash"), OVERLAPS)
def test_periods_touch_but_do_not_overlap(rooms: None, start: str, end: str | None, clash: bool) -> None:
    """[2026-02-01, 2026-07-01) is taken."""
    apply(NoOverlap(CHILD, same=("room",)))
    run_sql(book("2026-02-01", "2026-07-01"))
    run_sql(book(start, end, room=2))
    if clash:
        refused("se chevauchent", book(start, end))
    else:
        run_sql(book(start, end))


def test_an_open_period_holds_for_ever(rooms: None) -> None:
    apply(NoOverlap(CHILD, same=("room",)))
    run_sql(book("2026-02-01", None))
    refused("se chevauchent", book("2030-01-01", None))
    run_sql(book("2020-01-01", "2026-02-01"))
    refused("se chevauchent", f"UPDATE {CHILD} SET valid_to = NULL WHERE valid_to IS NOT NULL")  # noqa: S608
    run_sql(f"UPDATE {CHILD} SET note = 'x'")  # noqa: S608
    apply(NoOverlap(CHILD, same=("room",)), backwards=True)
    run_sql(book("2030-01-01", None))


def test_rows_that_do_not_count_are_left_alone(rooms: None) -> None:
    apply(NoOverlap(CHILD, same=("room",), unless="{row}.note = 'non'"))
    run_sql(book("2026-02-01", None), book("2026-02-01", None, note="non"), book("2026-02-01", None, note="non"))
    refused("se chevauchent", f"UPDATE {CHILD} SET note = '' WHERE note = 'non'")  # noqa: S608
    refused("se chevauchent", book("2026-03-01", None, note="oui"))


def declared() -> list[Trigger]:
    """The refusals that the migrations of the house declare."""
    return [operation for operation in in_order() if isinstance(operation, Trigger)]


def in_order() -> list[Trigger | Lifted]:
    """What the migrations of the house refuse, and what they take away again, in their order."""
    loader = MigrationLoader(None)
    found: list[Trigger | Lifted] = []
    for (label, _), migration in sorted(loader.disk_migrations.items()):
        if apps.get_app_config(label).name.startswith("equipage.") and router.allow_migrate(DEFAULT_DB_ALIAS, label):
            found += [operation for operation in migration.operations if isinstance(operation, Trigger | Lifted)]
    return found


def present() -> dict[str, str]:
    """The triggers that the database holds, each with its table."""
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_no_trigger_was_lost_on_the_way() -> None:
    """SQLite drops the triggers of a table that Django rebuilds: a migration that alters it must make them again."""
    wanted: dict[str, str] = {}
    for operation in in_order():
        if isinstance(operation, Trigger):
            wanted |= operation.triggers(connection.vendor)
        else:
            for name in operation.trigger.triggers(connection.vendor):
                del wanted[name]
    assert wanted, "aucune migration ne déclare de refus"
    assert {name: table for name, table in present().items() if not table.startswith("django_tasks")} == wanted


@pytest.mark.parametrize(
    "operation", [op for op in declared() if isinstance(op, AppendOnly)], ids=lambda op: op.description
)
def test_a_fixed_table_names_all_its_columns(operation: AppendOnly) -> None:
    """A column added later to a sealed table must be fixed too."""
    _, [table], named = operation.deconstruct()
    if "columns" in named:
        model = next(model for model in house_models() if model._meta.db_table == table)
        columns = {field.column for field in model._meta.concrete_fields if not field.primary_key}
        assert set(named["columns"]) == columns
        assert set(named["except_first"]) <= columns


def test_operations_can_be_written_in_a_migration_and_read_back() -> None:
    for operation in declared():
        _, args, named = operation.deconstruct()
        again = type(operation)(*args, **named)
        assert again.triggers("sqlite") == operation.triggers("sqlite")
        assert len(again.triggers("postgresql")) >= 1


APPEND_ONLY = [
    "foundation_auditentry",
    "foundation_document",
    "foundation_attachment",
    "projects_sectionrevision",
    "projects_projectversion",
    "agreements_signature",
    "books_ledgerentry",
    "books_posting",
]


@pytest.fixture
def world(db: None) -> World:
    """A row in every table."""
    return build()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_proof_and_books_refuse_update_and_delete(world: World, table: str) -> None:
    refused("ne se change pas", f"UPDATE {table} SET id = id + 1000000")  # noqa: S608
    refused("ne se change pas", f"DELETE FROM {table}")  # noqa: S608
    if connection.vendor == "postgresql":
        refused("ne se change pas", "SET CONSTRAINTS ALL IMMEDIATE", f"TRUNCATE {table} CASCADE")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE id < 1000000")  # noqa: S608
        assert cursor.fetchone()[0] > 0, "une table vide ne prouve rien"
