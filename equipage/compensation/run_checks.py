"""What else a run must agree with: the statements that people read, the budgets of teams that its lines come from."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from equipage.books.panels import total_row
from equipage.compensation.models import ClaimLine
from equipage.compensation.states import COMMITTED
from equipage.foundation.money import parse_euros
from equipage.funding.models import Envelope
from equipage.payments.panels import offer_check
from equipage.payments.selectors.returns import reissued_cents


def checks_of_statements(run: Any) -> list[dict[str, str]]:
    """The totals written on the statements, read as people read them, come to the run."""
    if not run.bank_file_sha256:
        return []
    written = run.payments.order_by("pk").values_list("statement__data__total", flat=True)
    total = sum(parse_euros(text) for text in written.iterator() if text)
    return [total_row("Somme des relevés", total, run.total_cents)]


def checks_of_budgets(run: Any) -> list[dict[str, str]]:
    """Each line of the run stands in the budget of its team, which holds the sum of its lines to the cent.

    Four queries, whatever the number of teams.
    """
    lines = ClaimLine.objects.filter(payment__run=run).order_by()
    paid = _by_budget(lines)
    # Said by the database: a run may concern more teams than a query may name.
    places = {"team__in": lines.values("team"), "year__in": lines.values("year")}
    counted = _by_budget(ClaimLine.objects.filter(state__in=COMMITTED, **places).order_by())
    held = {
        (team, year): cents
        for team, year, cents in Envelope.objects.filter(**places).values_list("team_id", "year", "committed_cents")
    }
    right = sum(cents for place, cents in paid.items() if held.get(place) == counted.get(place))
    # What came back and is paid again was taken from its budget by its first run.
    return [total_row("Budgets des équipes", right + reissued_cents(run), run.total_cents)]


def _by_budget(lines: Any) -> dict[tuple[int, int], int]:
    rows = lines.values_list("team_id", "year").annotate(total=Sum("amount_cents"))
    return {(team, year): int(total) for team, year, total in rows}


offer_check(checks_of_statements)
offer_check(checks_of_budgets)
