"""The lists of those who keep the contacts right and of those who answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import django_filters
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.foundation.french import since
from equipage.foundation.listing import (
    Badge,
    ChoiceFilter,
    Column,
    Empty,
    Filter,
    Listing,
    RowFilter,
    SearchFilter,
)
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import today
from equipage.people.models import User
from equipage.people.roles import STAFF_ROLES, Role
from equipage.support.actors import EDITOR_ROLES, REGIONAL_ROLES
from equipage.support.models import Desk, DeskReport, HelpRequest, Topic
from equipage.support.rules import CHECK_AGAIN_MONTHS, form_choices, oldest_check
from equipage.support.selectors import OPEN_STATES
from equipage.support.states import DESK_REPORT, HELP_REQUEST
from equipage.territory.models import Department

REQUEST_ROLES = (*STAFF_ROLES, Role.PLATFORM_ADMIN)


def _departments(user: Any) -> Any:
    """The departments in which this person has something to do here."""
    rows = Department.objects.order_by("code")
    if user.holds(Role.PLATFORM_ADMIN):
        return rows
    regions = user.regions_for(*STAFF_ROLES)
    return rows.filter(region_id__in=sorted(regions))


# --- contacts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToCheckFilter(Filter):
    """Contacts never checked or checked too long ago, those that are right, those that closed."""

    name: str = "verification"
    label: str = "Vérification"

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice; without it, the contacts that are open."""

        def apply(rows: Any, name: str, value: str) -> Any:
            stale = Q(checked_on__isnull=True) | Q(checked_on__lte=oldest_check(today()))
            closed = Q(closed_on__lte=today())
            return rows.filter({"afaire": stale & ~closed, "ajour": ~stale & ~closed, "fermes": closed}[value])

        choices = (
            ("afaire", "À vérifier"),
            ("ajour", f"Vérifiés depuis moins de {CHECK_AGAIN_MONTHS} mois"),
            ("fermes", "Fermés"),
        )
        return {
            self.name: django_filters.ChoiceFilter(label=self.label, choices=choices, empty_label="Tous", method=apply)
        }


@dataclass(frozen=True)
class FormServedFilter(Filter):
    """Contacts that help with a form, those for every form included."""

    name: str = "forme"
    label: str = "Forme"

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice among the forms of the rules. The codes are compared as text: both databases can."""

        def apply(rows: Any, name: str, code: str) -> Any:
            served = [desk.pk for desk in Desk.objects.only("forms") if desk.serves(code)]
            return rows.filter(pk__in=served)

        return {
            self.name: django_filters.ChoiceFilter(
                label=self.label, choices=form_choices, empty_label="Toutes", method=apply
            )
        }


def _check(desk: Desk) -> Badge:
    if not desk.is_open:
        return Badge("Fermé", "quiet")
    if desk.checked_on is None:
        return Badge("Jamais vérifié", "wait")
    return Badge("À revérifier", "wait") if desk.stale else Badge("Vérifié", "ok")


class DeskListing(Listing):
    """The contacts that this person keeps right (guichets)."""

    model = Desk
    title = "Contacts"
    lede = f"Les guichets que le public trouve depuis sa commune. Vérifiez chacun tous les {CHECK_AGAIN_MONTHS} mois."
    noun = ("contact", "contacts")
    file_name = "contacts"
    columns = (
        Column(
            "name",
            "Guichet",
            link=lambda desk: reverse("support:desk", args=[desk.pk]),
            sort="name",
            heads=True,
        ),
        Column("place", "Territoire", value="place_label"),
        Column("forms", "Formes", value="forms_label", phone=False),
        Column("phone", "Téléphone"),
        Column("email", "Adresse e-mail", phone=False),
        Column("check", "État", value=_check),
        Column("checked_on", "Vérifié le", kind="day", sort="checked_on"),
        Column("source", "Source", screen=False),
    )
    filters = (
        SearchFilter(label="Nom ou rôle"),
        ToCheckFilter(),
        FormServedFilter(),
        RowFilter("departement", "Département", field="department", rows=_departments),
    )
    default_order = ("name",)

    def queryset(self, user: Any) -> Any:
        rows = super().queryset(user).select_related("region", "department")
        if user.holds(Role.PLATFORM_ADMIN):
            return rows
        return rows.filter(region_id__in=sorted(user.regions_for(*REGIONAL_ROLES)))

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun contact", "Ajoutez le premier.", "Ajouter un contact", reverse("support:new_desk"))

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Ajouter un contact", reverse("support:new_desk"), main=True),
            Link("Signalements", reverse("support:reports")),
        ]


class ReportListing(Listing):
    """What people say is wrong with the contacts (signalements)."""

    model = DeskReport
    title = "Signalements"
    lede = "Ce que le public dit des contacts. Vérifiez, corrigez, puis dites-le."
    noun = ("signalement", "signalements")
    file_name = "signalements"
    columns = (
        Column(
            "desk",
            "Guichet",
            value="desk.name",
            link=lambda row: reverse("support:report", args=[row.pk]),
            heads=True,
        ),
        Column("reason", "Ce qui ne va pas", value=lambda row: row.get_reason_display()),
        Column("state", "État", value=lambda row: _badge(DESK_REPORT, row)),
        Column("created_at", "Signalé le", kind="day", sort="created_at"),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=DESK_REPORT.choices(), counted=True),)
    default_order = ("-created_at",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("desk")

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun signalement", "Ils arrivent du lien « Signaler une erreur » de chaque contact.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Tous les contacts", reverse("support:desks"))]


# --- requests for help ------------------------------------------------------------------------------------------------


def _badge(workflow: Any, row: Any) -> Badge:
    state = workflow.states[row.state]
    return Badge(state.label, state.tone)


def _holders(user: Any) -> Any:
    """The people who follow a request that this person sees."""
    followed = HelpRequest.objects.visible_to(user).filter(holder__isnull=False)
    rows = User.objects.filter(pk__in=followed.order_by().values("holder_id"))
    return rows.order_by("last_name", "first_name", "id")


class _Requests(Listing):
    """What both lists of requests share."""

    model = HelpRequest
    noun = ("demande", "demandes")
    columns: ClassVar[Any] = (
        Column(
            "who",
            "Personne",
            link=lambda row: reverse("support:request", args=[row.pk]),
            heads=True,
        ),
        Column("topic", "Sujet", value=lambda row: row.get_topic_display()),
        Column("state", "État", value=lambda row: _badge(HELP_REQUEST, row)),
        Column("commune", "Commune", value="commune.label"),
        Column("form", "Forme", value="form_label"),
        Column("desk", "Guichet", value="desk_label", phone=False),
        Column("holder", "Suivie par", value="holder_name"),
        Column("waiting", "Attend", value=lambda row: _waits(row), export=False),
        Column("waiting_since", "Attend depuis le", kind="day", screen=False),
        Column("created_at", "Reçue le", kind="day", sort="created_at"),
        Column("closed_at", "Close le", kind="day", screen=False),
    )
    default_order = ("waiting_since",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("desk", "commune")

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune demande d'aide", "Celles que le public adresse à vos guichets seront ici.")


def _waits(row: HelpRequest) -> str:
    return since(row.waiting_since) if row.state in ("waiting", "taken") else ""


def _filters(states: list[tuple[str, str]]) -> tuple[Filter, ...]:
    return (
        SearchFilter(label="Nom, adresse ou commune"),
        ChoiceFilter("etat", "État", field="state", choices=states, counted=True),
        ChoiceFilter("sujet", "Sujet", field="topic", choices=Topic.choices),
        ChoiceFilter("forme", "Forme", field="form", choices=form_choices),
        RowFilter("departement", "Département", field="department", rows=_departments),
        RowFilter("suivi", "Suivie par", field="holder", rows=_holders),
    )


class RequestListing(_Requests):
    """The requests for help that are open, who waits longest first."""

    title = "Demandes d’aide"
    lede = "La plus ancienne d’abord. Prenez-la d’un geste, puis répondez."
    file_name = "demandes-aide"
    filters = _filters([(key, HELP_REQUEST.states[key].label) for key in OPEN_STATES])

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).filter(state__in=OPEN_STATES)

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Celles que je suis", f"{reverse('support:requests')}?suivi={user.pk}"),
            Link("Toutes les demandes", reverse("support:all_requests")),
            *([Link("Contacts", reverse("support:desks"))] if user.holds(*EDITOR_ROLES) else []),
        ]


class AllRequestListing(_Requests):
    """Every request for help, closed ones included, the last received first."""

    title = "Toutes les demandes d’aide"
    file_name = "toutes-les-demandes-aide"
    filters = _filters(HELP_REQUEST.choices())
    default_order = ("-created_at",)

    def actions(self, user: Any) -> list[Link]:
        return [Link("Celles qui attendent", reverse("support:requests"))]
