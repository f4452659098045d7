"""Bank details (coordonnées bancaires): given by the person, confirmed by somebody who neither prepares nor approves.

A change never touches what is in use until it is confirmed, and each one is told to the person: whoever steals a
session is seen. The journal and the messages hold the masked number only.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.crypto import search_hash, search_hashes
from equipage.foundation.identifiers import check_iban, mask_iban
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.messaging.services import notify
from equipage.payments.models import BankDetails
from equipage.payments.selectors.bank import IBAN_PURPOSE, associations_of
from equipage.payments.states import BANK_DETAILS
from equipage.people.models import Professional
from equipage.people.selectors import standing_death


@transaction.atomic
def propose(*, actor: Any, professional: Professional, organisation: Any, holder: str, iban: str) -> BankDetails:
    """Give one's account, or another one; it waits for its confirmation. Raises Refused with the field at fault.

    After a death, the association gives the account of the estate. The same account given twice while it waits gives
    the first row. A proposal not yet confirmed is replaced.
    """
    row = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    death = standing_death(row)
    named = ("payments.give_estate_account", organisation) if death else ("payments.give_bank_details", row)
    decision = can(actor, *named)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if organisation.pk not in {known.pk for known in associations_of(row)}:
        raise Refused("Cette association n'est pas celle d'une de vos équipes.", field="organisation")
    name = " ".join(holder.split())
    if not name:
        raise Refused("Écrivez le nom du titulaire, tel qu'il figure sur le RIB.", field="holder")
    number = _checked(iban)
    known = _known(row.bank_details.filter(organisation=organisation, death=death), number, name)
    if known is not None:
        return known
    for waiting in row.bank_details.filter(organisation=organisation, state="proposed").order_by("id"):
        run(BANK_DETAILS, waiting, "replace", actor=actor)
    details = BankDetails.objects.create(
        professional=row,
        organisation=organisation,
        holder=name,
        iban=number,
        iban_masked=mask_iban(number),
        iban_search=search_hash(number, IBAN_PURPOSE),
        proposed_by=actor,
        proposed_at=timezone.now(),
        death=death,
    )
    audit.record(
        action="payments.bank_details.propose",
        obj=details,
        actor=actor,
        after={"iban": details.iban_masked, "holder": name},
    )
    tell_of_change(details)
    return details


def _checked(iban: str) -> str:
    try:
        return check_iban(iban).value
    except Refused as refused:
        raise Refused(refused.sentence, field="iban") from refused


def _known(rows: QuerySet[BankDetails], iban: str, holder: str) -> BankDetails | None:
    """The row that already says this. Raises Refused when it is the account in use: there is nothing to change."""
    same = rows.filter(iban_search__in=search_hashes(iban, IBAN_PURPOSE), holder=holder)
    if same.filter(state="confirmed").exists():
        raise Refused("Ce compte est déjà confirmé : les versements y arrivent.", field="iban")
    found: BankDetails | None = same.filter(state="proposed").order_by("id").first()
    return found


@transaction.atomic
def confirm(details: BankDetails, *, actor: Any) -> BankDetails:
    """The administration confirms; the account in use until now is replaced in the same transaction."""
    Professional.objects.select_for_update(of=("self",)).get(pk=details.professional_id)
    if BankDetails.objects.filter(pk=details.pk, state="proposed").exists():
        in_use = BankDetails.objects.filter(
            professional=details.professional_id, organisation=details.organisation_id, state="confirmed"
        )
        for old in in_use.order_by("id"):
            run(BANK_DETAILS, old, "replace", actor=actor)
    confirmed: BankDetails = run(BANK_DETAILS, details, "confirm", actor=actor)
    return confirmed


def refuse(details: BankDetails, *, actor: Any, reason: str) -> BankDetails:
    """Ask the person to correct; the account in use, if any, stays in use."""
    refused: BankDetails = run(
        BANK_DETAILS, details, "refuse", actor=actor, comment=reason, data={"refusal_reason": reason.strip()}
    )
    return refused


def tell_of_change(details: BankDetails) -> None:
    """Every change is told to its person, whoever made it."""
    from_now = BankDetails.objects.filter(
        professional=details.professional_id, organisation=details.organisation_id, state="confirmed"
    ).first()
    until = (
        f"Le compte {from_now.iban_masked} reste utilisé jusqu'à cette confirmation."
        if from_now
        else "Rien ne peut vous être versé avant cette confirmation."
    )
    tell(
        details,
        "payments.bank_proposed",
        "Vos coordonnées bancaires ont changé",
        f"Le compte {details.iban_masked} a été donné à votre nom. {details.organisation.name} doit le confirmer. "
        f"{until}\n\nSi ce n'est pas vous, prévenez l'association aujourd'hui et changez votre mot de passe.",
    )


def tell(details: BankDetails, kind: str, subject: str, body: str) -> None:
    """One notice to the person, urgent: it is about where their money goes. None about the account of an estate."""
    user = details.professional.user
    if user is not None and details.death_id is None:
        notify(user, kind, subject, body, reverse("payments:bank"), urgent=True, key=f"{kind}:{details.pk}")
