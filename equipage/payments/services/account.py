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
from equipage.payments.sepa import VERSIONS


@transaction.atomic
def give_account(
    *, actor: Any, organisation: Any, holder: str, iban: str, file_version: str = VERSIONS[0]
) -> AssociationAccount:
    """Say from which account the association pays, and which version of the bank file its bank takes.

    The journal keeps the masked number only. A run already approved keeps its file.
    """
    _may(actor, "payments.give_account", organisation)
    if file_version not in VERSIONS:
        raise Refused(f"La version de fichier s'écrit {' ou '.join(VERSIONS)}.", field="file_version")
    clean = check_iban(iban).value
    before = AssociationAccount.objects.filter(organisation=organisation).first()
    account, _ = AssociationAccount.objects.update_or_create(
        organisation=organisation,
        defaults={
            "holder": holder.strip(),
            "iban": clean,
            "iban_masked": masked(clean),
            "file_version": file_version,
            "given_by": actor,
            "given_at": timezone.now(),
        },
    )
    audit.record(
        action="payments.association_account.give",
        obj=account,
        actor=actor,
        before={"iban": before.iban_masked} if before else None,
        after={"iban": account.iban_masked, "holder": account.holder, "file_version": file_version},
    )
    return account


def masked(iban: str) -> str:
    """ "FR76 … 0189": enough to recognise one's account, not enough to use it."""
    return f"{iban[:4]} … {iban[-4:]}"


def _may(actor: Any, action: str, organisation: Any) -> None:
    decision = can(actor, action, organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
