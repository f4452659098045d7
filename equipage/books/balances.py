"""Balances (soldes) account by account, and inside third parties person by person and funder by funder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from equipage.books.fec import OPENING
from equipage.books.models import Account, Posting
from equipage.books.roles import follows_funder, has_auxiliary


@dataclass(frozen=True)
class Key:
    """What a balance is of: an account; a person when it is one of third parties; a funder when it follows them."""

    account: Account
    professional_id: int | None = None
    funder: str = ""


Balances = dict[Key, int]


def key_of(account: Account, professional_id: int | None, funder: str) -> Key:
    """The balance that a posting moves on one of its sides."""
    return Key(
        account,
        professional_id if has_auxiliary(account.code) else None,
        funder if follows_funder(account.code) else "",
    )


def closing_balances(organisation: Any, year: int) -> Balances:
    """What each account holds after the entries of the year, opening ones included, in cents: debit minus credit.

    Three queries; accounts in the order of their codes, without those that are even.
    """
    accounts = {account.pk: account for account in Account.objects.filter(organisation=organisation)}
    sums: dict[Key, int] = defaultdict(int)
    moved = Posting.objects.filter(entry__organisation=organisation, entry__year=year).order_by()
    for side, sign in (("debit", 1), ("credit", -1)):
        for row in moved.values(side, "professional_id", "funder").annotate(total=Sum("amount_cents")):
            sums[key_of(accounts[row[side]], row["professional_id"], row["funder"])] += sign * row["total"]
    ordered = sorted(
        sums.items(), key=lambda found: (found[0].account.code, found[0].professional_id or 0, found[0].funder)
    )
    return {key: cents for key, cents in ordered if cents}


def opening_balances(organisation: Any, year: int) -> Balances:
    """What the opening entry of a year says, in the same shape as `closing_balances`; empty while it is not written."""
    accounts = {account.pk: account for account in Account.objects.filter(organisation=organisation)}
    sums: dict[Key, int] = defaultdict(int)
    rows = Posting.objects.filter(entry__organisation=organisation, entry__year=year, entry__journal=OPENING)
    for row in rows.order_by("id"):
        sums[key_of(accounts[row.debit_id], row.professional_id, row.funder)] += row.amount_cents
        sums[key_of(accounts[row.credit_id], row.professional_id, row.funder)] -= row.amount_cents
    return {key: cents for key, cents in sums.items() if cents}
