"""The list of re-allotments."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.foundation.listing import ChoiceFilter, Column, Empty
from equipage.funding.desk import MoneyListing, state_of
from equipage.funding.models import Reallotment
from equipage.funding.states import REALLOTMENT


class ReallotmentListing(MoneyListing):
    """What moved, or would move, from a team to another (réaffectations)."""

    model = Reallotment
    title = "Réaffectations"
    lede = "Ce qu'une équipe ne dépensera pas, donné à une autre. Une personne propose, une deuxième décide."
    noun = ("réaffectation", "réaffectations")
    file_name = "reaffectations"
    columns = (
        Column(
            "giver",
            "De",
            value=lambda row: row.giver.name,
            link=lambda row: reverse("funding:reallotment", args=[row.pk]),
            sort="giver__name",
            heads=True,
        ),
        Column("taker", "À", value=lambda row: row.taker.name, sort="taker__name"),
        Column("year", "Année", value=lambda row: str(row.year), sort="year"),
        Column("amount", "Montant", value="amount_cents", kind="euros", sort="amount_cents"),
        Column("state", "État", value=lambda row: state_of(REALLOTMENT, row)),
        Column("proposed", "Proposée le", value="proposed_at", kind="day", phone=False),
        Column("decided", "Décidée le", value="decided_at", kind="day", phone=False),
        Column("reason", "Motif", value="reason", screen=False),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=REALLOTMENT.choices(), counted=True),)
    default_order = ("-proposed_at",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("giver", "taker")

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune réaffectation pour l'instant",
            "La page des enveloppes dit qui aura trop et qui manquera, et propose.",
        )
