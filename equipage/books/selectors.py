"""Reading the books of a year: what each account received and gave, and its movements in the order of the entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, Sum

from equipage.books.balances import opening_balances
from equipage.books.fec import OPENING, Head, Movement, Side
from equipage.books.models import Account, AccountRole, LedgerEntry, Posting
from equipage.books.roles import PARTS, has_auxiliary
from equipage.foundation.french import PARIS
from equipage.foundation.periods import today
from equipage.people.models import Professional

_CHUNK = 2000


@dataclass(frozen=True)
class AccountLine:
    """One account of the balance: what was debited and credited in the year, in cents.

    `opening_cents` is the balance it began the year with, debit positive; it is counted in its debits or credits.
    """

    code: str
    label: str
    debit_cents: int
    credit_cents: int
    opening_cents: int = 0

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
    """Debits and credits of the year by account, those that moved only; a constant number of queries."""
    moved = Posting.objects.filter(entry__organisation=organisation, entry__year=year).order_by()
    in_year = moved.exclude(entry__journal=OPENING)
    debits = dict(in_year.values_list("debit").annotate(total=Sum("amount_cents")))
    credits_ = dict(in_year.values_list("credit").annotate(total=Sum("amount_cents")))
    openings: dict[int, int] = defaultdict(int)
    for key, cents in opening_balances(organisation, year).items():
        openings[key.account.pk] += cents
    used = {*debits, *credits_, *openings}
    accounts = Account.objects.filter(organisation=organisation, pk__in=used).order_by("code", "id")
    lines = tuple(
        AccountLine(
            account.code,
            account.label,
            debits.get(account.pk, 0) + max(openings[account.pk], 0),
            credits_.get(account.pk, 0) + max(-openings[account.pk], 0),
            openings[account.pk],
        )
        for account in accounts
    )
    return TrialBalance(year, lines, LedgerEntry.objects.filter(organisation=organisation, year=year).count())


@dataclass(frozen=True)
class ChartLine:
    """One account of the chart: whether entries use it, and the parts it plays."""

    account: Account
    used: bool
    roles: tuple[str, ...]

    @property
    def parts(self) -> str:
        """The parts as a sentence; empty when it plays none."""
        return ", ".join(PARTS[role].label for role in self.roles)


def chart_of(organisation: Any) -> list[ChartLine]:
    """The chart in the order of the codes; empty until the first entry or account. Two queries."""
    playing: dict[int, list[str]] = defaultdict(list)
    for row in AccountRole.objects.filter(organisation=organisation):
        playing[row.account_id].append(row.role)
    used = Exists(Posting.objects.filter(Q(debit=OuterRef("pk")) | Q(credit=OuterRef("pk"))).order_by())
    accounts = Account.objects.filter(organisation=organisation).annotate(used=used).order_by("code", "id")
    return [ChartLine(account, account.used, tuple(playing[account.pk])) for account in accounts]


def years_of_books(organisation: Any) -> range:
    """From the first year written in the books to the last; empty when nothing is."""
    entries = LedgerEntry.objects.filter(organisation=organisation)
    ends = entries.aggregate(first=Min("year"), last=Max("year"))
    if ends["first"] is None:
        return range(0)
    return range(ends["first"], ends["last"] + 1)


def year_asked(organisation: Any, asked: str) -> int:
    """The year of the books that a page was asked for; the last one written when that is none of them."""
    years = years_of_books(organisation)
    if asked.isdecimal() and int(asked) in years:
        return int(asked)
    return years[-1] if years else today().year


def movements(organisation: Any, year: int) -> Iterator[Movement]:
    """The movements of the year as the FEC takes them, read in batches: a year of books never stands in memory.

    Opening balances come first, one line for each of them: their counterpart on the result is not repeated.
    """
    yield from _openings(organisation, year)
    rows = (
        Posting.objects.filter(entry__organisation=organisation, entry__year=year)
        .exclude(entry__journal=OPENING)
        .select_related("entry", "debit", "credit", "professional")
        .order_by("entry__number", "id")
    )
    for row in rows.iterator(chunk_size=_CHUNK):
        yield Movement(
            _head(row.entry), _side(row.debit, row.professional), _side(row.credit, row.professional), row.amount_cents
        )


def _openings(organisation: Any, year: int) -> Iterator[Movement]:
    entry = LedgerEntry.objects.filter(organisation=organisation, year=year, journal=OPENING).first()
    if entry is None:
        return
    sums: dict[tuple[Account, int | None], int] = defaultdict(int)
    for key, cents in opening_balances(organisation, year).items():
        sums[key.account, key.professional_id] += cents
    people = Professional.objects.in_bulk({person for _, person in sums if person})
    for (account, person), cents in sorted(sums.items(), key=lambda found: (found[0][0].code, found[0][1] or 0)):
        side = _side(account, people.get(person) if person else None)
        if cents > 0:
            yield Movement(_head(entry), side, None, cents)
        elif cents:
            yield Movement(_head(entry), None, side, -cents)


def _head(entry: LedgerEntry) -> Head:
    validated_on = entry.recorded_at.astimezone(PARIS).date()
    return Head(entry.journal, entry.number, entry.dated, entry.piece, entry.label, validated_on)


def _side(account: Account, professional: Any) -> Side:
    """Professionals are the auxiliary accounts of third parties; their number is ours, not that of a register."""
    if professional is None or not has_auxiliary(account.code):
        return Side(account.code, account.label)
    return Side(account.code, account.label, f"P{professional.pk:06d}", professional.full_name)
