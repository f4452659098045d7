"""Subsidies (subventions) and dedicated funds (fonds dédiés), funder by funder, from the books only.

What a funder earmarked and the year did not spend is no income of that year: at the closing it is put aside
(6894 → 194), and taken back (194 → 7894) in the years that spend it. Règlement ANC 2018-06, accounts of interop §5.4.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from equipage.books.balances import opening_balances
from equipage.books.fec import OPENING
from equipage.books.models import Account, LedgerEntry, Posting
from equipage.books.roles import (
    BANK,
    DEDICATED,
    DEDICATED_REPORT,
    DEDICATED_USE,
    EARMARKED_INCOME,
    SUBSIDY_INCOME,
    SUBSIDY_RECEIVABLE,
)
from equipage.books.services import Move, record_entry
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

NOTIFIED, RECEIVED, DEDICATED_JOURNAL = "SUB", "BQ", "OD"


@dataclass
class Fund:
    """What one funder gave over a year, in cents; `set_aside` and `used` are what the closing wrote, or would write."""

    funder: str
    brought_cents: int = 0
    notified_cents: int = 0
    earmarked_cents: int = 0
    received_cents: int = 0
    spent_cents: int = 0
    used_cents: int = 0
    set_aside_cents: int = 0
    accounts: dict[Account, int] = field(default_factory=dict)

    @property
    def left_cents(self) -> int:
        """What stays in dedicated funds at the end of the year."""
        return self.brought_cents - self.used_cents + self.set_aside_cents

    def foresee(self) -> None:
        """Say what the closing would write: older money is spent first, then what was notified this year."""
        self.used_cents = min(self.brought_cents, max(self.spent_cents, 0))
        self.set_aside_cents = max(self.earmarked_cents - max(self.spent_cents - self.used_cents, 0), 0)


def record_notified(
    *, organisation: Any, funder: str, amount_cents: int, dated: date, reference: str, earmarked: bool, actor: Any
) -> LedgerEntry:
    """A funder says that it will pay (notification): debit 441, credit 74. The same reference is written once.

    Raises Refused for an amount that is not positive, a funder without name, a closed year, and whoever may not.
    """
    _may(actor, organisation)
    move = Move(
        SUBSIDY_RECEIVABLE,
        EARMARKED_INCOME if earmarked else SUBSIDY_INCOME,
        _positive(amount_cents),
        funder=_named(funder),
    )
    return record_entry(
        organisation=organisation,
        journal=NOTIFIED,
        dated=dated,
        label=f"Subvention notifiée : {move.funder}",
        # The cause says whether it is earmarked: accounts may be mapped again during the year.
        cause=f"{'earmarked' if earmarked else 'subsidy'}:{organisation.pk}:{reference}",
        moves=[move],
        actor=actor,
        piece=reference[:60],
    )


def record_received(
    *, organisation: Any, funder: str, amount_cents: int, dated: date, reference: str, actor: Any
) -> LedgerEntry:
    """The bank received the money of a funder: debit 512, credit 441. Written once; raises Refused as above."""
    _may(actor, organisation)
    move = Move(BANK, SUBSIDY_RECEIVABLE, _positive(amount_cents), funder=_named(funder))
    return record_entry(
        organisation=organisation,
        journal=RECEIVED,
        dated=dated,
        label=f"Subvention reçue : {move.funder}",
        cause=f"received:{organisation.pk}:{reference}",
        moves=[move],
        actor=actor,
        piece=reference[:60],
    )


def funds_of(organisation: Any, year: int) -> list[Fund]:
    """Every funder of the year, by name; the spending that names none under "" when there is some.

    When one funder alone earmarked its money, the spending that names nobody is its own. A constant number of queries.
    """
    funds: dict[str, Fund] = {}
    for key, cents in opening_balances(organisation, year).items():
        if key.account.code.startswith("19"):
            fund = funds.setdefault(key.funder, Fund(key.funder))
            fund.brought_cents -= cents
            fund.accounts[key.account] = fund.accounts.get(key.account, 0) - cents
    for column, amounts in _sums(organisation, year).items():
        for funder, cents in amounts.items():
            if cents:
                fund = funds.setdefault(funder, Fund(funder))
                setattr(fund, column, cents)
    _give_unnamed_spending(funds)
    if not dedicated_written(organisation, year):
        for fund in funds.values():
            fund.foresee()
    return [funds[name] for name in sorted(funds, key=lambda name: (not name, name.casefold()))]


def _sums(organisation: Any, year: int) -> dict[str, dict[str, int]]:
    """What each column of the table holds, by funder; one query."""
    six = {"debit": Q(debit__code__startswith="6"), "credit": Q(credit__code__startswith="6")}
    report, use = Q(debit__code__startswith="689"), Q(credit__code__startswith="789")
    notified = Q(credit__code__startswith="74")
    found = (
        Posting.objects.filter(entry__organisation=organisation, entry__year=year)
        .exclude(entry__journal=OPENING)
        .order_by()
        .values("funder")
        .annotate(
            notified_cents=Sum("amount_cents", filter=notified, default=0)
            - Sum("amount_cents", filter=Q(debit__code__startswith="74"), default=0),
            earmarked_cents=Sum("amount_cents", filter=notified & Q(entry__cause__startswith="earmarked:"), default=0),
            received_cents=Sum(
                "amount_cents", filter=Q(debit__code__startswith="5", credit__code__startswith="4"), default=0
            ),
            spent_cents=Sum("amount_cents", filter=six["debit"] & ~report, default=0)
            - Sum("amount_cents", filter=six["credit"] & ~Q(credit__code__startswith="689"), default=0),
            set_aside_cents=Sum("amount_cents", filter=report, default=0),
            used_cents=Sum("amount_cents", filter=use, default=0),
        )
    )
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for row in found:
        amounts: dict[str, Any] = dict(row)
        funder = amounts.pop("funder")
        for column, cents in amounts.items():
            sums[column][funder] = cents
    return sums


def _give_unnamed_spending(funds: dict[str, Fund]) -> None:
    earmarking = [fund for name, fund in funds.items() if name and (fund.earmarked_cents or fund.brought_cents)]
    others = [fund for name, fund in funds.items() if name and fund not in earmarking]
    unnamed = funds.get("")
    if unnamed is None or len(earmarking) != 1 or others:
        return
    earmarking[0].spent_cents += unnamed.spent_cents
    unnamed.spent_cents = 0
    if not (unnamed.notified_cents or unnamed.received_cents or unnamed.brought_cents):
        del funds[""]


def dedicated_written(organisation: Any, year: int) -> bool:
    """Did the closing already write what is used and put aside?"""
    return LedgerEntry.objects.filter(journal=DEDICATED_JOURNAL, cause=dedicated_cause(organisation, year)).exists()


def record_dedicated(organisation: Any, year: int, *, actor: Any) -> LedgerEntry | None:
    """At the closing: what is used of the dedicated funds, and what is put aside. None when there is neither."""
    moves = dedicated_moves(funds_of(organisation, year))
    if not moves:
        return None
    return record_entry(
        organisation=organisation,
        journal=DEDICATED_JOURNAL,
        dated=date(year, 12, 31),
        label=f"Fonds dédiés {year} : utilisations et reports",
        cause=dedicated_cause(organisation, year),
        moves=moves,
        actor=actor,
        piece=f"Fonds dédiés {year}",
    )


def dedicated_moves(funds: list[Fund]) -> list[Move]:
    """The moves of the closing, funder by funder; the oldest accounts of dedicated funds are used first."""
    moves = []
    for fund in funds:
        left = fund.used_cents
        for account, held in sorted(fund.accounts.items(), key=lambda found: found[0].code):
            taken = min(left, held)
            if taken > 0:
                moves.append(Move(account, DEDICATED_USE, taken, funder=fund.funder))
                left -= taken
        if fund.set_aside_cents > 0 and fund.funder:
            moves.append(Move(DEDICATED_REPORT, DEDICATED, fund.set_aside_cents, funder=fund.funder))
    return moves


def dedicated_cause(organisation: Any, year: int) -> str:
    """Why the entry of the dedicated funds of a year is written, once."""
    return f"dedicated:{organisation.pk}:{year}"


def _may(actor: Any, organisation: Any) -> None:
    decision = can(actor, "books.record_subsidy", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _positive(cents: int) -> int:
    if cents <= 0:
        raise Refused("Le montant d'une subvention est positif : corrigez-le.", field="amount")
    return cents


def _named(funder: str) -> str:
    name = " ".join(funder.split())[:120]
    if not name:
        raise Refused("Écrivez le nom du financeur : les fonds dédiés sont suivis pour chacun.", field="funder")
    return name
