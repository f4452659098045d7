"""What the database refuses about money, besides `equipage.foundation.db`: frozen figures."""

from __future__ import annotations

from equipage.foundation.db import Trigger


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


class RatesFollowScale(Trigger):
    """The rates of an adopted scale are neither added, changed nor taken away: a new scale is adopted instead."""

    TABLE = "compensation_scalerate"

    def __init__(self) -> None:
        table = self.TABLE
        self.description = "rates of an adopted scale"
        said = "compensation_scalerate : les tarifs d''un barème adopté ne changent plus"
        adopted = "EXISTS (SELECT 1 FROM compensation_scale s WHERE s.id = {row}.scale_id AND s.state = 'in_force')"
        moments = {"insert": "NEW", "update": "OLD", "delete": "OLD"}
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {table}_adopted_{moment} BEFORE {moment.upper()} ON {table} "
                    f"WHEN {adopted.format(row=row)} BEGIN SELECT RAISE(ABORT, '{said}'); END"
                    for moment, row in moments.items()
                ],
                [f"DROP TRIGGER {table}_adopted_{moment}" for moment in moments],
            ),
            postgresql=(
                [
                    f"CREATE FUNCTION {table}_adopted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF TG_OP = 'INSERT' THEN IF {adopted.format(row='NEW')} THEN "
                    f"RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; RETURN NEW; END IF; "
                    f"IF {adopted.format(row='OLD')} THEN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; "
                    f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
                    f"CREATE TRIGGER {table}_adopted BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
                    f"EXECUTE FUNCTION {table}_adopted()",
                ],
                [f"DROP TRIGGER {table}_adopted ON {table}", f"DROP FUNCTION {table}_adopted()"],
            ),
        )
