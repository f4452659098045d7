"""Reading bank details: which account is in use, what waits for whom, who else gave the same account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from equipage.agreements.models import Convention
from equipage.foundation.crypto import search_hashes
from equipage.foundation.identifiers import bank_of
from equipage.payments.models import BankDetails
from equipage.people.models import Organisation, Professional
from equipage.people.roles import Role

# What binds the search hash of an account to this table.
IBAN_PURPOSE = "payments.bankdetails.iban"


def payable_account(professional: Any, organisation: Any) -> BankDetails | None:
    """The confirmed account of a person with an association; None while there is none, and nothing is paid."""
    return BankDetails.objects.filter(professional=professional, organisation=organisation, state="confirmed").first()


def associations_of(professional: Professional) -> list[Organisation]:
    """The associations that may pay this person: those of the regions of their teams, and of their conventions."""
    teams = professional.memberships.filter(state__in=("confirmed", "left")).order_by().values("team__region_id")
    kind = Organisation.Kind.ASSOCIATION
    regional = Organisation.objects.filter(kind=kind, region_id__in=teams).order_by("id")
    firsts: dict[Any, Organisation] = {}
    for organisation in regional:
        firsts.setdefault(organisation.region_id, organisation)
    signed = Convention.objects.filter(professional=professional).order_by().values("organisation_id")
    found = {*(organisation.pk for organisation in firsts.values()), *signed.values_list("organisation_id", flat=True)}
    return list(Organisation.objects.filter(pk__in=found).order_by("name", "id"))


@dataclass(frozen=True)
class Standing:
    """What a person sees of their account with one association."""

    organisation: Organisation
    in_use: BankDetails | None
    waiting: BankDetails | None
    refused: BankDetails | None


def standings(professional: Professional) -> list[Standing]:
    """Where a person's account stands with each association that may pay them."""
    rows = list(professional.bank_details.order_by("-proposed_at", "-id"))
    return [_standing(organisation, rows) for organisation in associations_of(professional)]


def _standing(organisation: Organisation, rows: list[BankDetails]) -> Standing:
    own = [row for row in rows if row.organisation_id == organisation.pk]
    by_state = {state: next((row for row in own if row.state == state), None) for state in ("confirmed", "proposed")}
    # A refusal is told until something newer is given.
    last = own[0] if own and own[0].state == "refused" else None
    return Standing(organisation, by_state["confirmed"], by_state["proposed"], last)


def same_account(details: BankDetails) -> list[BankDetails]:
    """The same account given by other people, alive with the same association: a couple, or a mistake."""
    rows = BankDetails.objects.filter(
        organisation=details.organisation_id,
        iban_search__in=search_hashes(details.iban, IBAN_PURPOSE),
        state__in=("proposed", "confirmed"),
    ).exclude(professional=details.professional_id)
    return list(rows.select_related("professional").order_by("professional__last_name", "id"))


def bank_name(details: BankDetails) -> str:
    """The bank that keeps the account, as the public registry names it."""
    return bank_of(details.iban) or "banque inconnue du registre"


def holder_differs(details: BankDetails) -> bool:
    """Does the holder not name the person? Nothing blocks: the administrator looks."""
    said = details.holder.casefold()
    return details.professional.last_name.casefold() not in said


def to_confirm(user: Any) -> QuerySet[BankDetails]:
    """The accounts that wait for this administrator, except their own; the oldest first."""
    organisations = [a.organisation_id for a in user.assignments if a.role == Role.ASSOCIATION_ADMIN]
    rows = BankDetails.objects.filter(organisation_id__in=organisations, state="proposed")
    professional = user.professional_or_none
    if professional is not None:
        rows = rows.exclude(professional=professional)
    return rows.order_by("proposed_at", "id")


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Card of the home page: an account to give once a convention is signed, or to correct."""
    professional = user.professional_or_none
    if professional is None:
        return []
    signed = Convention.objects.filter(professional=professional, state__in=("signed", "active"))
    first = signed.order_by("signed_at", "id").first()
    if first is None:
        return []
    found = standings(professional)
    refused = next((one.refused for one in found if one.refused), None)
    if refused is not None:
        return [
            _card("À corriger", "Vos coordonnées bancaires", refused.refusal_reason, refused.proposed_at, "Corriger")
        ]
    if any(one.in_use or one.waiting for one in found):
        return []
    said = "Sans compte confirmé, rien ne peut vous être versé. Gardez un RIB sous la main."
    return [_card("À donner", "Vos coordonnées bancaires", said, first.signed_at, "Donner mon IBAN")]


def _card(tag: str, title: str, sentence: str, since: Any, action: str) -> dict[str, Any]:
    url = reverse("payments:give_bank")
    return {"tag": tag, "title": title, "sentence": sentence, "since": since, "url": url, "action": action}
