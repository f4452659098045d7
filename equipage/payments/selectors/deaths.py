"""Reading what a death changes for money: which accounts may still be paid, which transfers must not leave."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from equipage.payments.models import BankDetails
from equipage.people.models import Death


def mourned(field: str = "professional") -> Exists:
    """Does a death stand for the person of this row?"""
    return Exists(Death.objects.standing().filter(professional=OuterRef(field)))


def payable_accounts() -> QuerySet[BankDetails]:
    """The confirmed accounts to which money may go: after a death, the account of the estate only."""
    own = Q(~mourned(), death__isnull=True)
    return BankDetails.objects.filter(own | Q(death__isnull=False, death__withdrawn_at__isnull=True), state="confirmed")


def estate_account(death: Death, organisation: Any) -> BankDetails | None:
    """The account of the estate with an association, the last given first: confirmed, else waiting, else refused."""
    rows = list(BankDetails.objects.filter(death=death, organisation=organisation).order_by("-proposed_at", "-id"))
    alive = [row for state in ("confirmed", "proposed") for row in rows if row.state == state]
    return next(iter([*alive, *(row for row in rows if row.state == "refused")]), None)
