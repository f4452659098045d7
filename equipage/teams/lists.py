"""The list of teams of the association and of the agency."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from equipage.foundation.listing import (
    Badge,
    ChoiceFilter,
    Column,
    Empty,
    Listing,
    RowFilter,
    SearchFilter,
    YesNoFilter,
)
from equipage.foundation.periods import today
from equipage.people.roles import AGENCY_ROLES, ASSOCIATION_ROLES, Role
from equipage.teams.models import NUMBERED, Membership, Team
from equipage.teams.states import TEAM
from equipage.territory.models import Department

LIST_ROLES = (*ASSOCIATION_ROLES, *AGENCY_ROLES, Role.PLATFORM_ADMIN)


def _state(team: Team) -> Badge:
    state = TEAM.states[team.state]
    return Badge(state.label, state.tone)


def _departments(user: Any) -> Any:
    """The departments in which this person sees teams."""
    if user.holds(Role.PLATFORM_ADMIN):
        return Department.objects.order_by("code")
    regions = user.regions_for(*ASSOCIATION_ROLES, Role.ARS_REGION)
    departments = user.departments_for(Role.ARS_DEPARTMENT)
    rows = Department.objects.filter(Q(region_id__in=sorted(regions)) | Q(code__in=sorted(departments)))
    return rows.order_by("code")


class TeamListing(Listing):
    """The teams of the region, or of the department (équipes)."""

    model = Team
    title = "Équipes"
    noun = ("équipe", "équipes")
    file_name = "equipes"
    columns = (
        Column(
            "name",
            "Équipe",
            link=lambda team: reverse("teams:team", args=[team.pk]),
            sort="name",
            heads=True,
        ),
        Column("commune", "Commune", value="commune.label"),
        Column("state", "État", value=_state),
        Column("members", "Membres", value="member_count", kind="number"),
        Column("recognised_on", "Reconnue le", kind="day", phone=False),
        Column("waiting", "Attend depuis", value="meeting_requested_if_waiting", kind="day"),
        Column("registration_number", "Numéro", screen=False),
        Column("department", "Département", value="department_id", screen=False),
    )
    filters = (
        SearchFilter(label="Nom, commune ou numéro"),
        ChoiceFilter("etat", "État", field="state", choices=TEAM.choices(), counted=True),
        RowFilter("departement", "Département", field="department", rows=_departments),
        YesNoFilter(
            "association",
            "Association loi 1901",
            condition=NUMBERED & Q(association_until__isnull=True),
        ),
    )
    default_order = ("name",)

    def queryset(self, user: Any) -> Any:
        counted = (
            Membership.objects.in_force(today())
            .filter(team=OuterRef("pk"), state__in=("confirmed", "left"))
            .order_by()
            .values("team")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return (
            super()
            .queryset(user)
            .select_related("commune")
            .only(
                "name",
                "state",
                "recognised_on",
                "meeting_requested_at",
                "registration_number",
                "department_id",
                "commune__name",
                "commune__department_id",
            )
            .annotate(member_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
        )

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune équipe pour l'instant", "Les équipes que créent les professionnels de votre territoire seront ici."
        )
