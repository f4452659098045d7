"""The library of the region: the protocols that teams chose to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django_filters
from django.db import models
from django.urls import reverse

from equipage.foundation.listing import ChoiceFilter, Column, Empty, Filter, Listing, SearchFilter
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import today
from equipage.people import nomenclatures
from equipage.people.roles import PROFESSIONAL, STAFF_ROLES
from equipage.protocols import kinds
from equipage.protocols.models import ProtocolVersion, Publication
from equipage.protocols.rules import RECENT_DAYS
from equipage.protocols.selectors import with_uses

LIBRARY_ROLES = (PROFESSIONAL, *STAFF_ROLES)


def _themes() -> list[tuple[str, str]]:
    """The themes of what is published, by name."""
    online = Publication.objects.filter(state="online").order_by().values("version_id")
    found = ProtocolVersion.objects.filter(pk__in=online).exclude(theme="").order_by("theme")
    return [(theme, theme) for theme in found.values_list("theme", flat=True).distinct()]


def _professions() -> list[tuple[str, str]]:
    return [(found.code, found.screen_label) for found in nomenclatures.first_recourse_professions()]


@dataclass(frozen=True)
class ProfessionFilter(Filter):
    """Protocols that concern a profession."""

    name: str = "profession"
    label: str = "Profession"

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice; the codes stand between spaces in the version."""

        def apply(rows: Any, name: str, code: str) -> Any:
            return rows.filter(version__professions__contains=f" {code} ")

        return {
            self.name: django_filters.ChoiceFilter(
                label=self.label, choices=_professions, empty_label="Toutes", method=apply
            )
        }


@dataclass(frozen=True)
class ReviewedFilter(Filter):
    """Protocols validated or read again lately, and those whose review is late."""

    name: str = "revision"
    label: str = "Révision"

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice; without it, all."""

        def apply(rows: Any, name: str, value: str) -> Any:
            on = today()
            if value == "recente":
                return rows.filter(version__edition__reviewed_on__gt=on - timedelta(days=RECENT_DAYS))
            return rows.filter(version__edition__review_on__lte=on)

        choices = (("recente", "Relus depuis moins d'un an"), ("retard", "À relire"))
        return {
            self.name: django_filters.ChoiceFilter(label=self.label, choices=choices, empty_label="Tous", method=apply)
        }


class Library(Listing):
    """The protocols published in the region (bibliothèque)."""

    model = Publication
    title = "Bibliothèque des protocoles"
    lede = (
        "Écrits par des équipes de la région, qui les partagent. Reprenez-en un, adaptez-le : son équipe reste citée."
    )
    noun = ("protocole", "protocoles")
    file_name = "protocoles"
    columns = (
        Column(
            "title",
            "Protocole",
            value="version.title",
            link=lambda row: reverse("protocols:version", args=[row.protocol_id, row.version.number]),
            sort="version__title",
            heads=True,
        ),
        Column("theme", "Thème", value="version.theme"),
        Column("kind", "Type", value=lambda row: row.version.kind_card.label, phone=False),
        Column("team", "Équipe", value="version.team_name"),
        Column("professions", "Professions", value="version.profession_labels", phone=False),
        Column("reviewed_on", "Relu le", value="version.edition.reviewed_on", kind="day"),
        Column("uses", "Équipes qui l’utilisent", kind="number"),
        Column("number", "Version", value="version.number", kind="number", screen=False),
        Column("published_at", "Publié le", kind="day", sort="published_at", phone=False),
    )
    filters = (
        SearchFilter(label="Titre, population ou auteur", field="version__search"),
        ChoiceFilter("theme", "Thème", field="version__theme", choices=_themes),
        ChoiceFilter("type", "Type", field="version__kind", choices=kinds.choices()),
        ProfessionFilter(),
        ReviewedFilter(),
    )
    default_order = ("-published_at",)

    def queryset(self, user: Any) -> Any:
        rows = super().queryset(user).filter(state="online").select_related("version__edition")
        return with_uses(rows)

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun protocole publié", "Ceux que les équipes de la région choisissent de partager seront ici.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Mes équipes", reverse("teams:mine"))] if user.professional_or_none else []
