"""What the database refuses about the thread of a request, besides `equipage.foundation.db`."""

from __future__ import annotations

from equipage.foundation.db import Trigger


class WrittenOnce(Trigger):
    """Rows are neither changed nor deleted; the `emptied` text columns may only become empty, the `forgotten` links
    only NULL (écriture seule).
    """

    def __init__(
        self, table: str, *, kept: tuple[str, ...], emptied: tuple[str, ...], forgotten: tuple[str, ...]
    ) -> None:
        self.description = f"written once {table}"
        said = f"{table} : ce qui est écrit ne se change pas, et ne s''efface que par l''oubli prévu"
        changed = {
            vendor: " OR ".join(
                [
                    *(f"OLD.{column} {differs} NEW.{column}" for column in ("id", *kept)),
                    *(f"(OLD.{column} {differs} NEW.{column} AND NEW.{column} <> '')" for column in emptied),
                    *(f"(OLD.{column} {differs} NEW.{column} AND NEW.{column} IS NOT NULL)" for column in forgotten),
                ]
            )
            for vendor, differs in (("sqlite", "IS NOT"), ("postgresql", "IS DISTINCT FROM"))
        }
        names = (f"{table}_no_update", f"{table}_no_delete", f"{table}_no_truncate")
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {names[0]} BEFORE UPDATE ON {table} WHEN {changed['sqlite']} "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END",
                    f"CREATE TRIGGER {names[1]} BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END",
                ],
                [f"DROP TRIGGER {name}" for name in names[:2]],
            ),
            postgresql=(
                [
                    f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END $$",
                    f"CREATE TRIGGER {names[0]} BEFORE UPDATE ON {table} FOR EACH ROW "
                    f"WHEN ({changed['postgresql']}) EXECUTE FUNCTION {table}_refuse()",
                    f"CREATE TRIGGER {names[1]} BEFORE DELETE ON {table} FOR EACH ROW "
                    f"EXECUTE FUNCTION {table}_refuse()",
                    f"CREATE TRIGGER {names[2]} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                    f"EXECUTE FUNCTION {table}_refuse()",
                ],
                [*(f"DROP TRIGGER {name} ON {table}" for name in names), f"DROP FUNCTION {table}_refuse()"],
            ),
        )
