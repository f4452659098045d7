"""Entering what funders give, and finding which credit pays for an action."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from equipage.foundation import audit
from equipage.foundation.french import euros
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.funding.models import Fund
from equipage.funding.rules import Purpose, choose

_FIELDS = (
    "funder",
    "label",
    "reference",
    "amount_cents",
    "fictitious",
    "kinds",
    "themes",
    "departments",
    "rank",
)


@transaction.atomic
def save_fund(*, actor: Any, organisation: Any, year: int, fund: Fund | None = None, **given: Any) -> Fund:
    """Enter a credit of a year, or correct it; `given` are its fields, amounts in cents. Raises Refused."""
    decision = can(actor, "funding.enter_fund", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    row = (
        Fund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
        if fund is not None
        else Fund(organisation=organisation, year=year)
    )
    before = {name: getattr(row, name) for name in _FIELDS} if fund is not None else None
    for name in _FIELDS:
        if name in given:
            setattr(row, name, given[name])
    _check(row)
    row.save()
    after = {name: getattr(row, name) for name in _FIELDS}
    if before != after:
        audit.record(action="funding.fund.save", obj=row, actor=actor, before=before, after={**after, "year": year})
    return row


def _check(row: Fund) -> None:
    if row.amount_cents < 0:
        raise Refused("Un crédit ne peut pas être négatif.", field="amount")
    if row.amount_cents < row.committed_cents:
        raise Refused(
            f"{euros(row.committed_cents)} sont déjà engagés sur ce crédit : il ne peut pas descendre au-dessous.",
            field="amount",
        )
    same = Fund.objects.filter(organisation_id=row.organisation_id, year=row.year, label=row.label)
    if same.exclude(pk=row.pk).exists():
        raise Refused(
            f"Un crédit « {row.label} » existe déjà pour {row.year} : donnez un autre intitulé.", field="label"
        )


@transaction.atomic
def remove_fund(fund: Fund, *, actor: Any) -> None:
    """Take away a credit entered by mistake, as long as nothing was ever committed on it."""
    decision = can(actor, "funding.enter_fund", fund.organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    row = Fund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
    if row.commitments.exists():
        raise Refused(
            f"Des actions sont engagées sur « {row.label} » : il reste dans les comptes, son montant peut baisser."
        )
    audit.record(
        action="funding.fund.remove",
        obj=row,
        actor=actor,
        before={"label": row.label, "amount_cents": row.amount_cents},
    )
    row.delete()


def fund_for(organisation: Any, year: int, purpose: Purpose, cents: int, *, lock: bool = False) -> Fund | None:
    """The credit that pays `cents` for this purpose; None while nobody has entered any for that year.

    With `lock`, every credit of the year is held, always in the same order. Raises Refused when credits exist and none
    may pay, or nothing is left: the action waits and nothing of it is lost.
    """
    rows = Fund.objects.filter(organisation=organisation, year=year).order_by("pk")
    funds = list(rows.select_for_update(of=("self",)) if lock else rows)
    if not funds:
        return None
    found: Fund | None = choose(funds, purpose, cents)
    if found is None:
        raise Refused(
            f"Aucun crédit de {year} ne peut payer cette action : leurs fléchages l'excluent. "
            "L'association en saisit un, ou corrige un fléchage ; l'action attend, rien n'est perdu."
        )
    if cents > 0 and found.left_cents <= 0:
        raise Refused(
            f"Les crédits de {year} qui peuvent payer cette action sont épuisés. "
            "L'association en saisit un, ou en augmente un ; l'action attend, rien n'est perdu."
        )
    return found
