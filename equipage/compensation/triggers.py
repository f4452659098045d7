"""What the database refuses about scales and lines, besides `equipage.foundation.db`."""

from __future__ import annotations

from equipage.foundation.db import AppendOnly, FrozenRows, FrozenWhen, Trigger

_LINE = (
    "presence_id",
    "action_id",
    "professional_id",
    "team_id",
    "organisation_id",
    "held_on",
    "year",
    "rate_id",
    "unit",
    "rate_amount",
    "quantity",
    "amount_cents",
    "cut_cents",
    "sentence",
    "frozen_at",
    "adjusts_id",
    "due_on",
    "fund_id",
)
_YEAR_STATEMENT = ("organisation_id", "professional_id", "year", "edition", "total_cents", "issued_at", "document_id")


def lines_stay_frozen() -> FrozenWhen:
    """What migrations that rebuild the table of lines lift, then make again."""
    return FrozenWhen(
        "compensation_claimline",
        when="{row}.frozen_at IS NOT NULL",
        columns=_LINE,
        sentence="compensation_claimline : une ligne validée est figée, seul son état change",
    )


def year_statements_stay() -> AppendOnly:
    """The same, for the yearly statements."""
    return AppendOnly("compensation_yearstatement", columns=_YEAR_STATEMENT, except_first=("document_id",))


class RatesFollowScale(FrozenRows):
    """The rates of an adopted scale are neither added, changed nor taken away: a new scale is adopted instead."""

    def __init__(self) -> None:
        super().__init__(
            "compensation_scalerate",
            when="EXISTS (SELECT 1 FROM compensation_scale s WHERE s.id = {row}.scale_id AND s.state = 'in_force')",
            sentence="compensation_scalerate : les tarifs d'un barème adopté ne changent plus",
        )


class NeverBelowNothing(Trigger):
    """A line and its adjustments never come to less than nothing: what was never owed is not taken back."""

    TABLE = "compensation_claimline"

    def __init__(self) -> None:
        table = self.TABLE
        self.description = "sum of a line and its adjustments"
        said = "compensation_claimline : une ligne et ses corrections ne descendent pas sous zéro"
        below = (
            f"(SELECT COALESCE(SUM(l.amount_cents), 0) FROM {table} l WHERE l.state <> 'cancelled' "  # noqa: S608
            f"AND (l.id = NEW.adjusts_id OR l.adjusts_id = NEW.adjusts_id)) + NEW.amount_cents < 0"
        )
        when = "NEW.adjusts_id IS NOT NULL AND NEW.amount_cents < 0"
        super().__init__(
            sqlite=(
                [
                    f"CREATE TRIGGER {table}_sum BEFORE INSERT ON {table} WHEN {when} AND {below} "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                ],
                [f"DROP TRIGGER {table}_sum"],
            ),
            postgresql=(
                [
                    f"CREATE FUNCTION {table}_sum() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF {when} AND {below} THEN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; "
                    f"RETURN NEW; END $$",
                    f"CREATE TRIGGER {table}_sum BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_sum()",
                ],
                [f"DROP TRIGGER {table}_sum ON {table}", f"DROP FUNCTION {table}_sum()"],
            ),
        )
