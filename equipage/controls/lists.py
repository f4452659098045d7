"""The controls and the plans of an association."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, When
from django.urls import reverse

from equipage.controls.models import Control, ControlPlan
from equipage.controls.rules import CHOICES
from equipage.controls.selectors import label_of, who_has
from equipage.controls.states import CONTROL, OPEN, PLAN
from equipage.foundation.listing import Badge, ChoiceFilter, Column, Empty, SearchFilter
from equipage.foundation.listing.declaration import Link
from equipage.funding.actors import organisation_ids
from equipage.funding.desk import MoneyListing, state_of
from equipage.people.roles import ASSOCIATION_ROLES, Role

_STANDING = {"late": Badge("En retard", "stop"), "soon": Badge("Bientôt", "wait"), "": ""}


class ControlListing(MoneyListing):
    """Every control of the association (contrôles): who waits longest first."""

    model = Control
    title = "Contrôles"
    lede = (
        "Ce qui attend d'abord, l'échéance la plus proche en tête. Qui a déclaré ou validé l'action, ou y était, ne la "
        "contrôle pas."
    )
    noun = ("contrôle", "contrôles")
    file_name = "controles"
    columns = (
        Column(
            "team",
            "Équipe",
            value="team.name",
            link=lambda row: reverse("controls:control", args=[row.pk]),
            heads=True,
        ),
        Column("kind", "Action", value=label_of),
        Column("held_on", "Du", value="action.held_on", kind="day", phone=False),
        Column("risk", "Classe", value=lambda row: row.get_risk_display()),
        Column("state", "État", value=lambda row: state_of(CONTROL, row)),
        Column("due", "Échéance", value="due_on", kind="day", sort="due_on"),
        Column("standing", "Délai", value=lambda row: _STANDING[row.standing()]),
        Column("who", "La main est à", value=who_has, phone=False),
        Column("asked_at", "Demandé le", kind="day", sort="asked_at", screen=False),
    )
    filters = (
        SearchFilter(label="Nom de l'équipe", field="team__search"),
        ChoiceFilter("etat", "État", field="state", choices=CONTROL.choices(), counted=True),
        ChoiceFilter("classe", "Classe", field="risk", choices=CHOICES),
    )
    default_order = ("closed", "due_on")

    def queryset(self, user: Any) -> Any:
        rows = super().queryset(user).filter(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))
        closed = Case(When(state__in=OPEN, then=0), default=1, output_field=IntegerField())
        return rows.annotate(closed=closed).select_related("action__team", "team", "draw__plan")

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Tirer un échantillon", reverse("controls:draw_month"), main=True),
            Link("Plans de contrôle", reverse("controls:plans")),
        ]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun contrôle pour l'instant", "Tirez l'échantillon d'un mois qui est fini.")


class PlanListing(MoneyListing):
    """The plans of the association (plans de contrôle), drafts included."""

    model = ControlPlan
    title = "Plans de contrôle"
    lede = "Aucun texte ne fixe ces taux : l'association les décide, à deux, et les rend publics."
    noun = ("plan", "plans")
    file_name = "plans-de-controle"
    columns = (
        Column(
            "label",
            "Plan",
            value=lambda row: f"{row.label} (fictif)" if row.fictitious else row.label,
            link=lambda row: reverse("controls:plan", args=[row.pk]),
            heads=True,
        ),
        Column("state", "État", value=lambda row: state_of(PLAN, row)),
        Column("valid_from", "À partir du", kind="day", sort="valid_from"),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=PLAN.choices(), counted=True),)
    default_order = ("-valid_from",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).filter(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))

    def actions(self, user: Any) -> list[Link]:
        if not user.holds(Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN):
            return []
        return [Link("Préparer un plan", reverse("controls:new_plan"), main=True)]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun plan pour l'instant", "Sans plan adopté, rien n'est tiré au sort.")
