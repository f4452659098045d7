"""What the database refuses about transfers that came back, besides `equipage.foundation.db`."""

from __future__ import annotations

from equipage.foundation.db import Trigger


class PaidAgainOnce(Trigger):
    """A transfer that came back is paid again by one other; that one is given up only with its cancelled run."""

    TABLE = "payments_paymentreturn"

    def __init__(self) -> None:
        table = self.TABLE
        self.description = "one transfer pays a return again"
        said = f"{table} : ce virement est déjà refait par un autre, que sa campagne n''a pas annulé"
        moved = {
            vendor: f"OLD.reissued_by_id IS NOT NULL AND OLD.reissued_by_id {differs} NEW.reissued_by_id"
            for vendor, differs in (("sqlite", "IS NOT"), ("postgresql", "IS DISTINCT FROM"))
        }
        # The names come from our own migrations, never from a person.
        cancelled = (
            "EXISTS (SELECT 1 FROM payments_payment p JOIN payments_paymentrun r ON r.id = p.run_id "
            "WHERE p.id = OLD.reissued_by_id AND r.state = 'cancelled')"
        )
        name = f"{table}_again"
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {moved['sqlite']} AND NOT {cancelled} "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                ],
                [f"DROP TRIGGER {name}"],
            ),
            postgresql=(
                [
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF {moved['postgresql']} AND NOT {cancelled} THEN "
                    f"RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
                    f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                ],
                [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
            ),
        )
