"""What the association says of its own money: the account it pays from, the budget of a year."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.compensation.models import AssociationAccount, RegionalBudget
from equipage.foundation import audit
from equipage.foundation.identifiers import check_iban
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused


@transaction.atomic
def give_account(*, actor: Any, organisation: Any, holder: str, iban: str) -> AssociationAccount:
    """Say from which account the association pays. The journal keeps the masked number only."""
    _may(actor, "compensation.give_account", organisation)
    clean = check_iban(iban).value
    before = AssociationAccount.objects.filter(organisation=organisation).first()
    account, _ = AssociationAccount.objects.update_or_create(
        organisation=organisation,
        defaults={
            "holder": holder.strip(),
            "iban": clean,
            "iban_masked": masked(clean),
            "given_by": actor,
            "given_at": timezone.now(),
        },
    )
    audit.record(
        action="compensation.association_account.give",
        obj=account,
        actor=actor,
        before={"iban": before.iban_masked} if before else None,
        after={"iban": account.iban_masked, "holder": account.holder},
    )
    return account


def masked(iban: str) -> str:
    """ "FR76 … 0189": enough to recognise one's account, not enough to use it."""
    return f"{iban[:4]} … {iban[-4:]}"


@transaction.atomic
def set_budget(*, actor: Any, organisation: Any, year: int, amount_cents: int, fictitious: bool) -> RegionalBudget:
    """What the agency allots for the teams of the region this civil year, in cents."""
    _may(actor, "compensation.set_budget", organisation)
    if amount_cents < 0:
        raise Refused("Un budget ne peut pas être négatif.", field="amount")
    before = RegionalBudget.objects.filter(organisation=organisation, year=year).first()
    budget, _ = RegionalBudget.objects.update_or_create(
        organisation=organisation, year=year, defaults={"amount_cents": amount_cents, "fictitious": fictitious}
    )
    audit.record(
        action="compensation.budget.set",
        obj=budget,
        actor=actor,
        before={"amount_cents": before.amount_cents} if before else None,
        after={"amount_cents": amount_cents, "year": year},
    )
    return budget


def _may(actor: Any, action: str, organisation: Any) -> None:
    decision = can(actor, action, organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
