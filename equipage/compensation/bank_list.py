"""The list of accounts of the administration: those to confirm first."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from equipage.compensation.lists import state_of
from equipage.compensation.models import BankDetails
from equipage.compensation.states import BANK_DETAILS
from equipage.foundation.listing import ChoiceFilter, Column, Empty, Listing
from equipage.people.roles import Role


class BankListing(Listing):
    """Bank details (coordonnées bancaires) that this administration confirms; always masked, never exported whole."""

    model = BankDetails
    title = "Coordonnées bancaires"
    file_name = "coordonnees-bancaires"
    noun = ("compte", "comptes")
    columns = (
        Column(
            "professional",
            "Professionnel",
            value=lambda row: row.professional.full_name,
            link=lambda row: reverse("compensation:bank_details", args=[row.pk]),
            heads=True,
        ),
        Column("holder", "Titulaire"),
        Column("iban_masked", "Compte"),
        Column("state", "État", value=lambda row: state_of(BANK_DETAILS, row)),
        Column("proposed_at", "Donné le", kind="moment", sort="proposed_at", phone=False),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=BANK_DETAILS.choices(), counted=True),)
    default_order = ("proposed_at",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        organisations = [a.organisation_id for a in user.assignments if a.role == Role.ASSOCIATION_ADMIN]
        rows = BankDetails.objects.visible_to(user).filter(organisation_id__in=organisations)
        # The list shows no clear number: it is not even read.
        return rows.select_related("professional").defer("iban")

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore de compte", "Les professionnels le donnent une fois leur convention signée.")
