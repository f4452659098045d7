"""The list of conventions of the association."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from equipage.agreements.models import Convention
from equipage.agreements.states import CONVENTION
from equipage.foundation.listing import Badge, ChoiceFilter, Column, DateRange, Empty, Listing, RowFilter
from equipage.foundation.listing.declaration import Link
from equipage.people.roles import Role
from equipage.teams.models import Team


def _state(row: Any) -> Badge:
    state = CONVENTION.states[row.state]
    return Badge(state.label, state.tone)


class ConventionListing(Listing):
    """Conventions of the region (conventions), the newest first."""

    model = Convention
    title = "Conventions"
    file_name = "conventions"
    noun = ("convention", "conventions")
    columns = (
        Column("number", "Numéro", link=lambda row: reverse("agreements:convention", args=[row.pk]), heads=True),
        Column("professional", "Professionnel", value=lambda row: row.professional.full_name),
        Column("team", "Équipe", value="team.name"),
        Column("state", "État", value=_state),
        Column("created_at", "Établie", kind="moment", sort="created_at", phone=False),
        Column("valid_from", "Prend effet", kind="day", phone=False),
        Column("valid_to", "Fin", kind="day", phone=False),
    )
    filters = (
        ChoiceFilter("etat", "État", field="state", choices=CONVENTION.choices(), counted=True),
        RowFilter("equipe", "Équipe", field="team", rows=lambda user: Team.objects.visible_to(user).order_by("name")),
        DateRange("etablie", "Établie", field="created_at"),
    )
    default_order = ("-created_at",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        return Convention.objects.visible_to(user).select_related("team", "professional")

    def actions(self, user: Any) -> list[Link]:
        if not user.holds(Role.ASSOCIATION_ADMIN):
            return []
        return [Link("Conventions à contresigner", reverse("agreements:to_countersign"), main=True)]

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore de convention", "Elles sont établies d'elles-mêmes quand une équipe est reconnue.")
