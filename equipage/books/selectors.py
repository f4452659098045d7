"""Reading the books of a year: what each account received and gave, and its movements in the order of the entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Sum

from equipage.books.fec import Movement, Side
from equipage.books.models import Account, LedgerEntry, Posting
from equipage.books.services import PAYABLE
from equipage.foundation.french import PARIS

_CHUNK = 2000


@dataclass(frozen=True)
class AccountLine:
    """One account of the balance: what was debited and credited in the year, in cents."""

    code: str
    label: str
    debit_cents: int
    credit_cents: int

    @property
    def debtor_cents(self) -> int:
        """The debit balance (solde débiteur), 0 when the account is a creditor."""
        return max(self.debit_cents - self.credit_cents, 0)

    @property
    def creditor_cents(self) -> int:
        """The credit balance (solde créditeur), 0 when the account is a debtor."""
        return max(self.credit_cents - self.debit_cents, 0)


@dataclass(frozen=True)
class TrialBalance:
    """The balance of the accounts of a year (balance générale)."""

    year: int
    accounts: tuple[AccountLine, ...]
    entries: int

    @property
    def debit_cents(self) -> int:
        """All that was debited; always all that was credited."""
        return sum(line.debit_cents for line in self.accounts)

    @property
    def credit_cents(self) -> int:
        """All that was credited."""
        return sum(line.credit_cents for line in self.accounts)

    @property
    def debtor_cents(self) -> int:
        """The sum of the debit balances."""
        return sum(line.debtor_cents for line in self.accounts)

    @property
    def creditor_cents(self) -> int:
        """The sum of the credit balances."""
        return sum(line.creditor_cents for line in self.accounts)


def trial_balance(organisation: Any, year: int) -> TrialBalance:
    """Debits and credits of the year by account, those that moved only; four queries."""
    moved = Posting.objects.filter(entry__organisation=organisation, entry__year=year).order_by()
    debits = dict(moved.values_list("debit").annotate(total=Sum("amount_cents")))
    credits_ = dict(moved.values_list("credit").annotate(total=Sum("amount_cents")))
    accounts = Account.objects.filter(organisation=organisation, pk__in={*debits, *credits_}).order_by("code", "id")
    lines = tuple(
        AccountLine(account.code, account.label, debits.get(account.pk, 0), credits_.get(account.pk, 0))
        for account in accounts
    )
    return TrialBalance(year, lines, LedgerEntry.objects.filter(organisation=organisation, year=year).count())


def years_of_books(organisation: Any) -> range:
    """From the first year written in the books to the last; empty when nothing is."""
    entries = LedgerEntry.objects.filter(organisation=organisation)
    first = entries.aggregate(first=Min("year"))["first"]
    if first is None:
        return range(0)
    return range(first, entries.order_by("-year").values_list("year", flat=True)[0] + 1)


def movements(organisation: Any, year: int) -> Iterator[Movement]:
    """The movements of the year as the FEC takes them, read in batches: a year of books never stands in memory."""
    rows = (
        Posting.objects.filter(entry__organisation=organisation, entry__year=year)
        .select_related("entry", "debit", "credit", "professional")
        .order_by("entry__number", "id")
    )
    for row in rows.iterator(chunk_size=_CHUNK):
        entry = row.entry
        yield Movement(
            journal=entry.journal,
            number=entry.number,
            dated=entry.dated,
            piece=entry.piece,
            label=entry.label,
            validated_on=entry.recorded_at.astimezone(PARIS).date(),
            debit=_side(row.debit, row.professional),
            credit=_side(row.credit, row.professional),
            cents=row.amount_cents,
        )


def _side(account: Account, professional: Any) -> Side:
    """Professionals are the auxiliary accounts of what is to pay; their number is ours, not that of their register."""
    if professional is None or account.code != PAYABLE:
        return Side(account.code, account.label)
    return Side(account.code, account.label, f"P{professional.pk:06d}", professional.full_name)
