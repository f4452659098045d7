"""The lists of the association: runs, lines, books. Each also as CSV and XLSX."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse

from equipage.compensation.forms.scales import last_day_of
from equipage.compensation.models import ClaimLine, Scale
from equipage.compensation.scale_selectors import holes_of
from equipage.compensation.scale_words import told_of_holes
from equipage.compensation.selectors import line_label
from equipage.compensation.states import LINE, SCALE
from equipage.foundation.french import day
from equipage.foundation.listing import ChoiceFilter, Column, DateRange, Empty, SearchFilter
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import today
from equipage.funding.desk import MoneyListing, organisations_of, state_of
from equipage.people.roles import Role


class LineListing(MoneyListing):
    """Every claim line the association pays (lignes d'indemnisation)."""

    model = ClaimLine
    title = "Lignes d'indemnisation"
    noun = ("ligne", "lignes")
    file_name = "lignes"
    columns = (
        Column(
            "professional",
            "Personne",
            value="professional.full_name",
            link=lambda line: reverse("compensation:line", args=[line.pk]),
            heads=True,
        ),
        Column("team", "Équipe", value="team.name"),
        Column("held_on", "Action du", kind="day", sort="held_on"),
        Column("kind", "Type", value=line_label, phone=False),
        Column("state", "État", value=lambda line: state_of(LINE, line)),
        Column("amount", "Montant", value="amount_cents", kind="euros", sort="amount_cents"),
        Column("cut", "Retenu par les plafonds", value="cut_cents", kind="euros", screen=False),
        Column("sentence", "Explication", screen=False),
    )
    filters = (
        SearchFilter(label="Nom de la personne", field="professional__search_name"),
        ChoiceFilter("etat", "État", field="state", choices=LINE.choices(), counted=True),
        DateRange("action", "Action", field="held_on"),
    )
    default_order = ("-held_on",)

    def queryset(self, user: Any) -> Any:
        # The association's own lines: a treasurer who is also a professional finds theirs under « Mon argent ».
        rows = super().queryset(user).filter(organisation_id__in=[a.organisation_id for a in user.assignments])
        return rows.select_related("professional", "team", "action__team").defer("explanation")

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune ligne pour l'instant", "Chaque action déclarée en crée une par personne présente.")


class ScaleListing(MoneyListing):
    """The scales of the association (barèmes), drafts included."""

    model = Scale
    title = "Barèmes"
    noun = ("barème", "barèmes")
    file_name = "baremes"
    columns = (
        Column(
            "label",
            "Barème",
            value=lambda scale: f"{scale.label} (fictif)" if scale.fictitious else scale.label,
            link=lambda scale: reverse("compensation:scale", args=[scale.pk]),
            heads=True,
        ),
        Column("state", "État", value=lambda scale: state_of(SCALE, scale)),
        Column("valid_from", "Du", kind="day", sort="valid_from"),
        Column("last", "Au", value=lambda scale: period_of(scale)),
        Column("reference", "Référence", phone=False),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=SCALE.choices(), counted=True),)
    default_order = ("-valid_from",)

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).filter(organisation_id__in=[a.organisation_id for a in user.assignments])

    def actions(self, user: Any) -> list[Link]:
        links = [Link("Simuler", reverse("compensation:simulate"))]
        if user.holds(Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN):
            links.append(Link("Saisir un barème", reverse("compensation:new_scale"), main=True))
        return links

    @cached_property
    def holes(self) -> list[str]:
        """The days of this year that no scale covers, in a sentence for each association."""
        year = today().year
        found = [told_of_holes(holes_of(one, year), year) for one in organisations_of(self.user)]
        return [told for told in found if told]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun barème pour l'instant", "Sans barème adopté, aucune action n'est chiffrée ni payée.")


def period_of(scale: Scale) -> str:
    """The last day of a scale in words."""
    return day(last_day_of(scale)) if scale.valid_to else "sans fin"
