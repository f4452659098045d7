"""The lists of the association: runs, lines, books. Each also as CSV and XLSX."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.compensation.forms.scales import last_day_of
from equipage.compensation.models import ClaimLine, PaymentRun, Posting, Scale
from equipage.compensation.states import LINE, RUN, SCALE
from equipage.coordination.selectors import kind_label
from equipage.foundation.french import day
from equipage.foundation.listing import Badge, ChoiceFilter, Column, DateRange, Empty, Listing, SearchFilter
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import Month
from equipage.foundation.workflow import Workflow
from equipage.people.roles import Role

_TABS = (
    ("Campagnes", "compensation:runs"),
    ("Lignes", "compensation:lines"),
    ("Livre", "compensation:ledger"),
    ("Barèmes", "compensation:scales"),
    ("Année", "compensation:dashboard"),
    ("Compte", "compensation:account"),
)


def money_tabs(path: str) -> list[dict[str, Any]]:
    """The pages of the association's money; the longest address that begins `path` is the present one."""
    links: list[dict[str, Any]] = [{"label": label, "url": reverse(name), "current": False} for label, name in _TABS]
    here = [link for link in links if path.startswith(link["url"])]
    if here:
        max(here, key=lambda link: len(link["url"]))["current"] = True
    return links


def state_of(workflow: Workflow, row: Any) -> Badge:
    """The state of a row as a badge of a list."""
    state = workflow.states[row.state]
    return Badge(state.label, state.tone)


class MoneyListing(Listing):
    """A list under the tabs of money."""

    @property
    def tabs_of_money(self) -> list[dict[str, Any]]:
        """For the template."""
        return money_tabs(self.request.path)


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
            link=lambda run: reverse("compensation:run", args=[run.pk]),
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
        if not user.holds(Role.ASSOCIATION_OFFICER):
            return []
        month = Month.current()
        return [Link(f"Préparer {month.label}", f"{reverse('compensation:prepare')}?mois={month}", main=True)]

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune campagne pour l'instant",
            "Chaque mois, les lignes validées dont toutes les conditions sont réunies sont payées ensemble.",
        )


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
        Column("kind", "Type", value=lambda line: kind_label(line.action), phone=False),
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
            link=lambda row: reverse("compensation:run", args=[row.entry.run_id]) if row.entry.run_id else "",
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
        Column("team", "Équipe", value=lambda row: row.team.name if row.team else "", screen=False),
    )
    filters = (
        ChoiceFilter("journal", "Journal", field="entry__journal", choices=(("IND", "Indemnités"), ("BQ", "Banque"))),
        DateRange("date", "Date", field="entry__dated"),
    )
    default_order = ("-entry__dated", "-entry__number")

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("entry", "debit", "credit", "professional", "team")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Balance des comptes", reverse("compensation:balance"))]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune écriture pour l'instant", "La première campagne approuvée écrira les premières.")


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
        if not user.holds(Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN):
            return []
        return [Link("Saisir un barème", reverse("compensation:new_scale"), main=True)]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun barème pour l'instant", "Sans barème adopté, aucune action n'est chiffrée ni payée.")


def period_of(scale: Scale) -> str:
    """The last day of a scale in words."""
    return day(last_day_of(scale)) if scale.valid_to else "sans fin"
