"""The lists of the platform administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from equipage.foundation.french import enumerate_words
from equipage.foundation.listing import Badge, ChoiceFilter, Column, Empty, Filter, Listing, YesNoFilter
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import today
from equipage.people.models import AccountRequest, Organisation, RoleAssignment, User
from equipage.people.roles import Role
from equipage.people.states import ACCOUNT_REQUEST
from equipage.territory.names import normalise


@dataclass(frozen=True)
class PersonSearch(Filter):
    """Words of the name or of the address of an account."""

    name: str = "q"
    label: str = "Nom ou adresse e-mail"

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One box. Names are compared without accents where the account is a professional's."""

        def apply(rows: Any, name: str, typed: str) -> Any:
            for word in typed.split()[:6]:
                plain = normalise(word) or word
                rows = rows.filter(
                    Q(first_name__icontains=word)
                    | Q(last_name__icontains=word)
                    | Q(email__icontains=word)
                    | Q(email__icontains=plain)
                    | Q(professional__search_name__contains=plain)
                )
            return rows

        box = forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"})
        return {self.name: django_filters.CharFilter(label=self.label, method=apply, max_length=100, widget=box)}


@dataclass(frozen=True)
class RoleFilter(Filter):
    """Accounts that hold a role today."""

    name: str = "fonction"
    label: str = "Fonction"

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice among the roles."""

        def apply(rows: Any, name: str, role: str) -> Any:
            held = RoleAssignment.objects.in_force(today()).filter(user=OuterRef("pk"), role=role)
            return rows.filter(Exists(held.order_by()))

        choice = django_filters.ChoiceFilter(label=self.label, choices=Role.choices, empty_label="Toutes", method=apply)
        return {self.name: choice}


def _state(user: User) -> Badge:
    if not user.is_active:
        return Badge("Fermé", "stop")
    return Badge("Ouvert", "ok") if user.last_login else Badge("Jamais connecté", "quiet")


def _roles(user: Any) -> str:
    labels = [assignment.get_role_display() for assignment in user.held_today]
    if getattr(user, "professional", None) is not None:
        labels.insert(0, "Professionnel de santé")
    return enumerate_words(labels) if labels else ""


class AccountListing(Listing):
    """All the accounts of the platform (comptes)."""

    model = User
    title = "Comptes"
    lede = "Qui peut se connecter, et avec quelles fonctions."
    noun = ("compte", "comptes")
    file_name = "comptes"
    columns = (
        Column(
            "name",
            "Personne",
            value="full_name",
            link=lambda user: reverse("people:account_of", args=[user.pk]),
            sort=("last_name", "first_name"),
            heads=True,
        ),
        Column("email", "Adresse e-mail", sort="email"),
        Column("roles", "Fonctions aujourd'hui", value=_roles),
        Column("state", "État", value=_state),
        Column("last_login", "Dernière visite", kind="day", phone=False),
    )
    filters = (PersonSearch(), RoleFilter(), YesNoFilter("ouvert", "Ouvert", condition=Q(is_active=True)))
    default_order = ("last_name", "first_name")

    def queryset(self, user: Any) -> Any:
        held = RoleAssignment.objects.in_force(today()).order_by("id")
        return (
            super()
            .queryset(user)
            .select_related("professional")
            .prefetch_related(Prefetch("role_assignments", queryset=held, to_attr="held_today"))
        )

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun compte", "Ouvrez le premier.", "Ouvrir un compte", reverse("people:new_account"))

    def actions(self, user: Any) -> list[Link]:
        return [Link("Ouvrir un compte", reverse("people:new_account"), main=True)]


class OrganisationListing(Listing):
    """The bodies that work on the platform (organisations)."""

    model = Organisation
    title = "Organisations"
    lede = "L'association de chaque région, l'agence et ses délégations."
    noun = ("organisation", "organisations")
    file_name = "organisations"
    columns = (
        Column(
            "name",
            "Nom",
            link=lambda row: reverse("people:organisation", args=[row.pk]),
            sort="name",
            heads=True,
        ),
        Column("kind", "Nature", value=lambda row: row.get_kind_display()),
        Column("region", "Région", value="region.name"),
        Column("department", "Département", value=lambda row: str(row.department or "")),
        Column("email", "Adresse e-mail", phone=False),
    )
    filters = (ChoiceFilter("nature", "Nature", field="kind", choices=Organisation.Kind.choices, counted=True),)
    default_order = ("name",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("region", "department")

    def empty(self, user: Any) -> Empty:
        new = reverse("people:new_organisation")
        return Empty("Aucune organisation", "Ajoutez l'association d'une région.", "Ajouter une organisation", new)

    def actions(self, user: Any) -> list[Link]:
        return [Link("Ajouter une organisation", reverse("people:new_organisation"), main=True)]


class AccountRequestListing(Listing):
    """The requests for an account (demandes de compte), those that wait first."""

    model = AccountRequest
    title = "Demandes de compte"
    lede = "Des professionnels que personne n'a invités. Vérifiez le numéro RPPS, puis acceptez ou déclinez."
    noun = ("demande", "demandes")
    file_name = "demandes-de-compte"
    columns = (
        Column(
            "name",
            "Personne",
            value="full_name",
            link=lambda row: reverse("people:account_request", args=[row.pk]),
            sort=("last_name", "first_name"),
            heads=True,
        ),
        Column("state", "État", value=lambda row: _request_badge(row)),
        Column("profession", "Profession", value="profession_label"),
        Column("commune", "Commune", value=lambda row: row.commune.label),
        Column("created_at", "Demandé le", kind="day", sort="created_at"),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=ACCOUNT_REQUEST.choices(), counted=True),)
    default_order = ("-created_at",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("commune__department")

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune demande", "Elles arrivent de la page « Demander un compte », et sont annoncées à l'accueil."
        )


def _request_badge(row: AccountRequest) -> Badge:
    state = ACCOUNT_REQUEST.states[row.state]
    return Badge(state.label, state.tone)
