"""The books as a list, also as CSV and XLSX."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.books.fec import JOURNALS
from equipage.books.models import Posting
from equipage.books.origins import origin_of
from equipage.foundation.listing import ChoiceFilter, Column, DateRange, Empty
from equipage.foundation.listing.declaration import Link
from equipage.funding.desk import MoneyListing


class LedgerListing(MoneyListing):
    """The books (grand livre): one line for each movement."""

    model = Posting
    title = "Livre des écritures"
    lede = "Une écriture ne se change pas et ne s'efface pas. Une erreur se corrige par une écriture contraire."
    noun = ("mouvement", "mouvements")
    file_name = "ecritures"
    columns = (
        Column(
            "entry",
            "Écriture",
            value=lambda row: f"{row.entry.journal} {row.entry.year}-{row.entry.number}",
            link=lambda row: origin_of(row.entry),
            heads=True,
        ),
        Column("dated", "Date", value="entry.dated", kind="day", sort="entry__dated"),
        Column("debit", "Débit", value="debit.code"),
        Column("credit", "Crédit", value="credit.code"),
        Column("amount", "Montant", value="amount_cents", kind="euros", sort="amount_cents"),
        Column(
            "who", "Personne", value=lambda row: row.professional.full_name if row.professional else "", phone=False
        ),
        Column("label", "Libellé", value="entry.label", phone=False),
        Column("funder", "Financeur", screen=False),
        Column("team", "Équipe", value=lambda row: row.team.name if row.team else "", screen=False),
    )
    filters = (
        ChoiceFilter("journal", "Journal", field="entry__journal", choices=tuple(JOURNALS.items())),
        DateRange("date", "Date", field="entry__dated"),
    )
    default_order = ("-entry__dated", "-entry__number")

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("entry", "debit", "credit", "professional", "team")

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Balance des comptes", reverse("books:balance")),
            Link("Plan de comptes", reverse("books:accounts")),
            Link("Fonds dédiés", reverse("books:funds")),
        ]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune écriture pour l'instant", "La première campagne approuvée écrira les premières.")
