"""The lists of payments: runs, and the accounts that an administration confirms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from equipage.foundation.listing import ChoiceFilter, Column, Empty, Listing
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import Month
from equipage.funding.desk import MoneyListing, state_of
from equipage.payments.models import BankDetails, PaymentRun
from equipage.payments.panels import starts_for
from equipage.payments.states import BANK_DETAILS, RUN
from equipage.people.roles import Role


class RunListing(MoneyListing):
    """The payment runs (campagnes de paiement)."""

    model = PaymentRun
    title = "Campagnes de paiement"
    noun = ("campagne", "campagnes")
    file_name = "campagnes"
    columns = (
        Column(
            "month",
            "Mois",
            value=lambda run: Month.of(run.month).label.capitalize(),
            link=lambda run: reverse("payments:run", args=[run.pk]),
            sort="month",
            heads=True,
        ),
        Column("state", "État", value=lambda run: state_of(RUN, run)),
        Column("total", "Total", value="total_cents", kind="euros", sort="total_cents"),
        Column("payments", "Virements", value="payments_count", kind="number"),
        Column("lines", "Lignes", value="lines_count", kind="number", phone=False),
        Column("approved", "Approuvée le", value="approved_at", kind="day", phone=False),
        Column("executed", "Exécutée le", value="executed_on", kind="day"),
        Column("number", "Numéro", screen=False),
        Column("hash", "Empreinte", value="content_hash", screen=False),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=RUN.choices(), counted=True),)
    default_order = ("-month",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).defer("bank_file")

    def actions(self, user: Any) -> list[Link]:
        return starts_for(user)

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune campagne pour l'instant",
            "Chaque mois, les lignes validées dont toutes les conditions sont réunies sont payées ensemble.",
        )


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
            link=lambda row: reverse("payments:bank_details", args=[row.pk]),
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
