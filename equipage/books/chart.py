"""The chart of accounts (plan de comptes) of an association: its accounts, and which one plays which part."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.db.models import Q

from equipage.books.models import Account, AccountRole, Posting
from equipage.books.roles import PARTS
from equipage.foundation import audit
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

_CODE = re.compile(r"[1-7][0-9]{2}[0-9A-Z]{0,7}", re.ASCII)


def accounts_by_role(organisation: Any) -> dict[str, Account]:
    """The account of each part, the defaults created at first use; one query once they are there."""
    found = _mapped(organisation)
    missing = [role for role in PARTS if role not in found]
    if not missing:
        return found
    with transaction.atomic():
        Account.objects.bulk_create(
            (
                Account(organisation=organisation, code=PARTS[role].code, label=PARTS[role].account_label)
                for role in missing
            ),
            ignore_conflicts=True,
        )
        by_code = {account.code: account for account in Account.objects.filter(organisation=organisation)}
        AccountRole.objects.bulk_create(
            (AccountRole(organisation=organisation, role=role, account=by_code[PARTS[role].code]) for role in missing),
            ignore_conflicts=True,
        )
    return _mapped(organisation)


def _mapped(organisation: Any) -> dict[str, Account]:
    rows = AccountRole.objects.filter(organisation=organisation).select_related("account")
    return {row.role: row.account for row in rows}


@transaction.atomic
def add_account(*, organisation: Any, code: str, label: str, actor: Any) -> Account:
    """Add an account to the chart. Raises Refused when the code is no account, or is there already."""
    _may(actor, organisation)
    accounts_by_role(organisation)
    account = Account.objects.create(organisation=organisation, code=_free(organisation, code), label=_said(label))
    audit.record(
        action="books.account.add", obj=account, actor=actor, after={"code": account.code, "label": account.label}
    )
    return account


@transaction.atomic
def edit_account(account: Account, *, code: str, label: str, actor: Any) -> Account:
    """Rename an account; its code changes only while no posting uses it and its parts allow it. Raises Refused."""
    _may(actor, account.organisation)
    row = Account.objects.select_for_update().get(pk=account.pk)
    before = {"code": row.code, "label": row.label}
    wanted = _clean(code)
    if wanted != row.code:
        if is_used(row):
            raise Refused(
                f"Le compte {row.code} porte des écritures : son numéro ne change plus. Ajoutez un compte, puis "
                "donnez-lui son rôle.",
                field="code",
            )
        row.code = _free(row.organisation, wanted)
        for held in row.roles.order_by("role"):
            _fits(held.role, row)
    row.label = _said(label)
    row.save(update_fields=["code", "label"])
    audit.record(
        action="books.account.edit",
        obj=row,
        actor=actor,
        before=before,
        after={"code": row.code, "label": row.label},
    )
    return row


@transaction.atomic
def map_roles(*, organisation: Any, chosen: dict[str, Account], actor: Any) -> list[str]:
    """Say which account plays which part from now on; entries already written stay. Returns the parts that changed."""
    _may(actor, organisation)
    known = accounts_by_role(organisation)
    changed = [role for role in PARTS if role in chosen and chosen[role].pk != known[role].pk]
    for role in changed:
        account = chosen[role]
        if account.organisation_id != organisation.pk:
            raise Refused("Ce compte est celui d'une autre association : choisissez-en un du plan.", field=role)
        _fits(role, account)
        AccountRole.objects.filter(organisation=organisation, role=role).update(account=account)
    if changed:
        audit.record(
            action="books.account_role.map",
            obj=organisation,
            actor=actor,
            before={role: known[role].code for role in changed},
            after={role: chosen[role].code for role in changed},
        )
    return changed


def is_used(account: Account) -> bool:
    """Does a posting use the account?"""
    return Posting.objects.filter(Q(debit=account) | Q(credit=account)).exists()


def _may(actor: Any, organisation: Any) -> None:
    decision = can(actor, "books.keep_chart", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _clean(code: str) -> str:
    return "".join(code.split()).upper()


def _free(organisation: Any, code: str) -> str:
    wanted = _clean(code)
    if not _CODE.fullmatch(wanted):
        raise Refused(
            "Un numéro de compte commence par trois chiffres, de 101 à 799, et compte dix signes au plus : "
            "par exemple 4011 ou 6226.",
            field="code",
        )
    if Account.objects.filter(organisation=organisation, code=wanted).exists():
        raise Refused(f"Le compte {wanted} est déjà au plan : changez son intitulé, ou un autre numéro.", field="code")
    return wanted


def _said(label: str) -> str:
    said = " ".join(label.split())
    if not said:
        raise Refused("Écrivez l'intitulé du compte : il figure dans le fichier des écritures.", field="label")
    return said


def _fits(role: str, account: Account) -> None:
    part = PARTS[role]
    if not account.code.startswith(part.begins):
        raise Refused(
            f"« {part.label} » demande un compte qui commence par {part.begins} : {account.code} ne convient pas.",
            field=role,
        )
