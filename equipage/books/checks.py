"""What the books themselves say of a year before it is closed."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max

from equipage.books.balances import closing_balances, opening_balances
from equipage.books.models import LedgerEntry
from equipage.books.panels import Row, offer_check, said_row, total_row
from equipage.books.roles import is_carried
from equipage.books.selectors import trial_balance, years_of_books
from equipage.books.services import closed_until
from equipage.books.subsidies import dedicated_written, funds_of
from equipage.foundation.french import counted


def checks_of_books(organisation: Any, year: int) -> list[Row]:
    """The balance is even, no number is missing, the year before is closed and its balances are those of this one."""
    balance = trial_balance(organisation, year)
    rows = [
        total_row("Balance : crédits de l'année", balance.credit_cents, balance.debit_cents),
        total_row("Balance : soldes créditeurs", balance.creditor_cents, balance.debtor_cents),
        _numbers(organisation, year),
    ]
    before = years_of_books(organisation)
    return rows + _before(organisation, year) if year > min(before, default=year) else rows


def _numbers(organisation: Any, year: int) -> Row:
    entries = LedgerEntry.objects.filter(organisation=organisation, year=year, number__gt=0)
    found = entries.aggregate(count=Count("id"), last=Max("number"))
    missing = (found["last"] or 0) - found["count"]
    problem = (
        f"{counted(missing, 'numéro manque', 'numéros manquent')} : signalez-le à l'exploitant." if missing else ""
    )
    return said_row("Numéros des écritures", counted(found["count"], "écriture", "écritures"), problem)


def _before(organisation: Any, year: int) -> list[Row]:
    """The year before: closed, and carried to the cent."""
    if closed_until(organisation) < year - 1:
        problem = f"Clôturez d'abord l'exercice {year - 1} : ses soldes ouvrent celui-ci."
        return [said_row(f"Exercice {year - 1}", "pas encore clos", problem)]
    left = {
        key: cents for key, cents in closing_balances(organisation, year - 1).items() if is_carried(key.account.code)
    }
    opening = opening_balances(organisation, year)
    differing = [key.account.code for key, cents in left.items() if opening.get(key, 0) != cents]
    # The account of the result receives what classes 6 and 7 left.
    others = {code for code in differing if not code.startswith("12")}
    problem = f"Les comptes {', '.join(sorted(others))} diffèrent : signalez-le à l'exploitant." if others else ""
    finding = counted(len(opening), "solde repris", "soldes repris")
    return [said_row(f"À-nouveaux de {year - 1}", finding, problem)]


def result_cents(organisation: Any, year: int) -> int:
    """The result of a year in cents (classes 7 less 6), dedicated funds included; positive for a surplus."""
    total = closing_balances(organisation, year)
    so_far = -sum(cents for key, cents in total.items() if not is_carried(key.account.code))
    if dedicated_written(organisation, year):
        return so_far
    funds = funds_of(organisation, year)
    return so_far + sum(fund.used_cents - fund.set_aside_cents for fund in funds)


offer_check(checks_of_books, order=90)
