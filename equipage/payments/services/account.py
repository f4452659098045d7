"""The account an association pays from."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.identifiers import check_iban
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.payments.models import AssociationAccount


@transaction.atomic
def give_account(*, actor: Any, organisation: Any, holder: str, iban: str) -> AssociationAccount:
    """Say from which account the association pays. The journal keeps the masked number only."""
    _may(actor, "payments.give_account", organisation)
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
        action="payments.association_account.give",
        obj=account,
        actor=actor,
        before={"iban": before.iban_masked} if before else None,
        after={"iban": account.iban_masked, "holder": account.holder},
    )
    return account


def masked(iban: str) -> str:
    """ "FR76 … 0189": enough to recognise one's account, not enough to use it."""
    return f"{iban[:4]} … {iban[-4:]}"


def _may(actor: Any, action: str, organisation: Any) -> None:
    decision = can(actor, action, organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
