"""Which lines of an account may appear, and when. Pure functions: from facts to lines, without the database.

- Only months that are over appear, in spans of enough teams and people.
- The breakdowns, and the numbers of teams and people of a year, appear once, when the year is over: published every
  month, their differences would show what one team did or was paid.
- A line that appeared is never written again.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipage.indicators.accounting import BREAKDOWNS, DONE, PAID, YearFacts, breakdown_of, whole_of
from equipage.indicators.masking import Span, Tally, grouping, spans

GROUP = "groupes"
DECEMBER = 12


@dataclass(frozen=True)
class Line:
    """One line to publish; `tally` is None when it is masked, `small` then says that it is so by itself."""

    dimension: str
    key: str
    tally: Tally | None
    small: bool = False
    first_month: int | None = None

    def values(self, flow: str) -> dict[str, int | None]:
        """The columns of the line; what its flow does not have is None."""
        if self.tally is None:
            return {}
        return {
            "teams": len(self.tally.teams),
            "people": len(self.tally.people),
            "items": self.tally.items,
            "minutes": self.tally.minutes if flow == DONE else None,
            "amount_cents": self.tally.cents if flow == PAID else None,
        }


def month_key(year: int, month: int) -> str:
    """ "2026-04"."""
    return f"{year:04d}-{month:02d}"


def new_months(facts: YearFacts, *, after: int, through: int) -> list[Span]:
    """The spans that may appear now: after the month that appeared last, through the last month that is over."""
    return spans({month: found.whole for month, found in facts.items()}, first=after + 1, last=through)


def month_lines(year: int, found: list[Span]) -> list[Line]:
    """The lines of these spans, each under its last month."""
    return [Line("month", month_key(year, span.last), span.tally, first_month=span.first) for span in found]


def year_lines(year: int, facts: YearFacts, published: int) -> list[Line]:
    """What appears once, for a year that is over: its total and its breakdowns.

    They hold the facts of the months 1 to `published`, those that appeared: a rest too small for a span of its own is
    in no figure at all.
    """
    months = range(1, published + 1)
    whole = whole_of(facts, months)
    if not whole.enough:
        return []
    found = [Line("year", str(year), whole)]
    for name in BREAKDOWNS:
        found += breakdown_lines(name, breakdown_of(facts, name, months))
    return found


def breakdown_lines(name: str, rows: dict[str, Tally]) -> list[Line]:
    """The rows of a breakdown: shown, masked, and the group of the masked ones; nothing when no group protects them."""
    made = grouping(rows)
    if made.withheld:
        return []
    shown = [Line(name, key, rows[key]) for key in made.shown]
    hidden = [Line(name, key, None, small=not rows[key].enough) for key in made.grouped]
    group = [Line(name, GROUP, made.group)] if made.group else []
    return [*shown, *hidden, *group]
