"""What the database itself refuses, written once for SQLite and PostgreSQL, as migration operations."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection, migrations, router
from django.db.migrations.operations.base import Operation

_CREATED = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)")


class Trigger(migrations.RunSQL):
    """A migration operation whose SQL depends on the engine."""

    def __init__(self, sqlite: tuple[list[str], list[str]], postgresql: tuple[list[str], list[str]]) -> None:
        self._by_vendor = {"sqlite": sqlite, "postgresql": postgresql}
        super().__init__(sql="", reverse_sql="")

    def triggers(self, vendor: str) -> dict[str, str]:
        """The triggers that this operation makes on an engine ("sqlite", "postgresql"), each with its table."""
        return dict(found for sql in self._by_vendor[vendor][0] for found in _CREATED.findall(sql))

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(app_label, schema_editor, 0)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(app_label, schema_editor, 1)

    def _execute(self, app_label: str, schema_editor: Any, direction: int) -> None:
        # A second database, where the tables of that application are not, has nothing to refuse.
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return
        for statement in self._by_vendor[schema_editor.connection.vendor][direction]:
            schema_editor.execute(statement, params=None)

    def deconstruct(self) -> tuple[str, Any, Any]:
        args, kwargs = self._constructor_args  # type: ignore[attr-defined]
        return (type(self).__name__, list(args), kwargs)


class Lifted(Operation):
    """Take a refusal away while a migration rebuilds its table; the migration puts it back with the new columns."""

    reduces_to_sql = False

    def __init__(self, trigger: Trigger) -> None:
        self.trigger = trigger

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.trigger.database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.trigger.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return "Lift a refusal while its table is rebuilt"


class AppendOnly(Trigger):
    """Rows of `table` are never updated nor deleted (écriture seule), except the columns `except_first` while empty.

    `except_first` are columns that may go once from NULL to a value: the hash of a document when it is first rendered.
    """

    def __init__(self, table: str, *, except_first: tuple[str, ...] = (), columns: tuple[str, ...] = ()) -> None:
        if except_first and not columns:
            raise ValueError("Nommez les colonnes figées : AppendOnly(…, columns=…).")
        self.description = f"append-only {table}"
        sentence = f"{table} : une ligne écrite ne se change pas et ne s'efface pas"
        columns = ("id", *columns)
        changed_sqlite = _changed(columns, except_first, "IS NOT") if except_first else "1"
        changed_pg = _changed(columns, except_first, "IS DISTINCT FROM") if except_first else "TRUE"
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {changed_sqlite} "
                    f"BEGIN SELECT RAISE(ABORT, '{_quoted(sentence)}'); END",
                    f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{_quoted(sentence)}'); END",
                ],
                [f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete"],
            ),
            postgresql=(
                [
                    f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{_quoted(sentence)}' USING ERRCODE = '23514'; END $$",
                    f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed_pg}) "
                    f"EXECUTE FUNCTION {table}_refuse()",
                    f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
                    f"EXECUTE FUNCTION {table}_refuse()",
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                    f"EXECUTE FUNCTION {table}_refuse()",
                ],
                [
                    f"DROP TRIGGER {table}_no_truncate ON {table}",
                    f"DROP TRIGGER {table}_no_update ON {table}",
                    f"DROP TRIGGER {table}_no_delete ON {table}",
                    f"DROP FUNCTION {table}_refuse()",
                ],
            ),
        )


class NoOverlap(Trigger):
    """Two rows of `table` with the same `same` columns never have overlapping periods [start, end).

    PostgreSQL's exclusion constraint would need the btree_gist extension for the equality part; a trigger under an
    advisory lock on the key gives the same refusal without it, and SQLite writes one transaction at a time anyway.
    `unless` is a condition (with the prefix {row}) for rows that do not count.
    """

    def __init__(
        self,
        table: str,
        *,
        same: tuple[str, ...],
        start: str = "valid_from",
        end: str = "valid_to",
        unless: str = "",
    ) -> None:
        self.description = f"no overlap in {table}"
        sentence = f"{table} : deux périodes se chevauchent"
        keys = " AND ".join(f"o.{column} = NEW.{column}" for column in same)
        counts_new = f"NOT ({unless.format(row='NEW')})" if unless else "TRUE"
        counts_old = f"AND NOT ({unless.format(row='o')})" if unless else ""
        meets = f"(NEW.{end} IS NULL OR o.{start} < NEW.{end}) AND (o.{end} IS NULL OR NEW.{start} < o.{end})"
        # The names come from our own migrations, never from a person.
        clash = f"SELECT 1 FROM {table} o WHERE {keys} AND o.id <> NEW.id {counts_old} AND {meets}"  # noqa: S608
        when_new = counts_new if unless else "1"
        # SQLite gives NEW.id = -1 or NULL before the insert of an automatic key, so it looks after it.
        sqlite = [
            f"CREATE TRIGGER {table}_overlap_{moment} AFTER {moment.upper()} ON {table} "
            f"WHEN {when_new} AND EXISTS ({clash}) BEGIN SELECT RAISE(ABORT, '{_quoted(sentence)}'); END"
            for moment in ("insert", "update")
        ]
        # A thousand locks at most: one for each key would fill the server's lock table in a bulk load.
        lock = " || ':' || ".join(f"NEW.{column}::text" for column in same)
        super().__init__(
            sqlite=(sqlite, [f"DROP TRIGGER {table}_overlap_insert", f"DROP TRIGGER {table}_overlap_update"]),
            postgresql=(
                [
                    f"CREATE FUNCTION {table}_overlap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"PERFORM pg_advisory_xact_lock(hashtext('{table}'), hashtext({lock}) & 1023); "
                    f"IF {counts_new} AND EXISTS ({clash}) THEN "
                    f"RAISE EXCEPTION '{_quoted(sentence)}' USING ERRCODE = '23P01'; END IF; RETURN NEW; END $$",
                    f"CREATE TRIGGER {table}_overlap BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
                    f"EXECUTE FUNCTION {table}_overlap()",
                ],
                [f"DROP TRIGGER {table}_overlap ON {table}", f"DROP FUNCTION {table}_overlap()"],
            ),
        )


def _changed(columns: tuple[str, ...], once: tuple[str, ...], differs: str) -> str:
    fixed = [f"OLD.{column} {differs} NEW.{column}" for column in columns if column not in once]
    first = [f"(OLD.{column} IS NOT NULL AND OLD.{column} {differs} NEW.{column})" for column in once]
    return " OR ".join([*fixed, *first])


def _quoted(sentence: str) -> str:
    return sentence.replace("'", "''")


class FrozenWhen(Trigger):
    """Once the row fulfils `when` (a condition on {row}), the named columns never change and the row stays.

    The other columns live on: the state of a claim line moves, its amount does not.
    """

    def __init__(self, table: str, *, when: str, columns: tuple[str, ...], sentence: str) -> None:
        self.description = f"frozen figures in {table}"
        frozen = when.format(row="OLD")
        said = sentence.replace("'", "''")
        moved = {
            vendor: " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
            for vendor, differs in (("sqlite", "IS NOT"), ("postgresql", "IS DISTINCT FROM"))
        }
        names = (f"{table}_frozen_update", f"{table}_frozen_delete")
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {names[0]} BEFORE UPDATE ON {table} WHEN {frozen} AND ({moved['sqlite']}) "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END",
                    f"CREATE TRIGGER {names[1]} BEFORE DELETE ON {table} WHEN {frozen} "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END",
                ],
                [f"DROP TRIGGER {name}" for name in names],
            ),
            postgresql=(
                [
                    f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END $$",
                    f"CREATE TRIGGER {names[0]} BEFORE UPDATE ON {table} FOR EACH ROW "
                    f"WHEN ({frozen} AND ({moved['postgresql']})) EXECUTE FUNCTION {table}_frozen()",
                    f"CREATE TRIGGER {names[1]} BEFORE DELETE ON {table} FOR EACH ROW "
                    f"WHEN ({frozen}) EXECUTE FUNCTION {table}_frozen()",
                ],
                [*(f"DROP TRIGGER {name} ON {table}" for name in names), f"DROP FUNCTION {table}_frozen()"],
            ),
        )


class FrozenRows(Trigger):
    """Rows of `table` are neither added, changed nor taken away while `when` holds, a condition on {row}.

    `when` may look into other tables: the rates of a scale stay as they are once that scale is adopted. `name` is the
    word that the triggers add to the name of the table.
    """

    def __init__(self, table: str, *, when: str, sentence: str, name: str = "adopted") -> None:
        self.description = f"frozen rows of {table}"
        said, called = _quoted(sentence), f"{table}_{name}"
        old, new = when.format(row="OLD"), when.format(row="NEW")
        frozen = {"insert": new, "update": f"({old} OR {new})", "delete": old}
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {called}_{moment} BEFORE {moment.upper()} ON {table} "
                    f"WHEN {held} BEGIN SELECT RAISE(ABORT, '{said}'); END"
                    for moment, held in frozen.items()
                ],
                [f"DROP TRIGGER {called}_{moment}" for moment in frozen],
            ),
            # In the body, not in the trigger: there PostgreSQL lets a condition look into no other table.
            postgresql=(
                [
                    f"CREATE FUNCTION {called}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF TG_OP <> 'INSERT' THEN IF {old} THEN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; "
                    f"END IF; END IF; "
                    f"IF TG_OP <> 'DELETE' THEN IF {new} THEN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; "
                    f"END IF; RETURN NEW; END IF; RETURN OLD; END $$",
                    f"CREATE TRIGGER {called} BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
                    f"EXECUTE FUNCTION {called}()",
                ],
                [f"DROP TRIGGER {called} ON {table}", f"DROP FUNCTION {called}()"],
            ),
        )


class RefuseInsert(Trigger):
    """No row enters `table` while `when` holds, a condition on NEW that may look into other tables."""

    def __init__(self, table: str, *, when: str, sentence: str) -> None:
        self.description = f"no insert in {table}"
        said, name = _quoted(sentence), f"{table}_no_insert"
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                ],
                [f"DROP TRIGGER {name}"],
            ),
            # In the body, not in the trigger: there PostgreSQL lets a condition look into no other table.
            postgresql=(
                [
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
                    f"RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
                    f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                ],
                [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
            ),
        )


def count_again() -> None:
    """Tell the engine how large its tables are, after so many rows at once that it knows none of them.

    Both engines choose their plans by the sizes that ANALYZE notes; PostgreSQL would do it by itself, later.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
