"""The lists of payments: runs, whom a year paid, and the accounts that an administration confirms."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.urls import reverse

from equipage.foundation.listing import ChoiceFilter, Column, Empty, Listing, SearchFilter
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import Month
from equipage.funding.desk import MoneyListing, association_of, organisations_of, state_of
from equipage.payments.das2 import (
    STREET,
    Summary,
    Threshold,
    missing_of,
    payees_of,
    summary_of,
    threshold_of,
    years_paid,
)
from equipage.payments.models import AnswerLine, BankAnswer, BankDetails, PaymentReturn, PaymentRun
from equipage.payments.panels import starts_for
from equipage.payments.selectors.returns import acting_of, offset_returns, reason_of, with_accounts
from equipage.payments.states import ANSWER, BANK_DETAILS, RUN
from equipage.people.models import Professional
from equipage.people.roles import Role

# The choice of the filter for what came back and is taken back as well.
OFFSET = "rien"


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
            link=lambda run: reverse("payments:run", args=[run.pk]),
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
        return starts_for(user)

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune campagne pour l'instant",
            "Chaque mois, les lignes validées dont toutes les conditions sont réunies sont payées ensemble.",
        )


class AnswerListing(MoneyListing):
    """The answers of the bank (réponses de la banque) that were read; the files themselves are not kept."""

    model = BankAnswer
    title = "Réponses de la banque"
    lede = "Ce que la banque a dit des virements. Les fichiers ne sont pas gardés : ils montrent tout le compte."
    noun = ("réponse", "réponses")
    file_name = "reponses-de-la-banque"
    columns = (
        Column(
            "received",
            "Lue le",
            value="received_at",
            kind="moment",
            link=lambda row: reverse("payments:answer", args=[row.pk]),
            sort="received_at",
            heads=True,
        ),
        Column("state", "État", value=lambda row: state_of(ANSWER, row)),
        Column("kind", "Message"),
        Column("lines", "Virements", value="lines_count", kind="number"),
        Column("others", "Autres lignes", value="others", kind="number", phone=False),
        Column("file", "Fichier", value="file_name", phone=False),
        Column("sha256", "Empreinte", screen=False),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=ANSWER.choices(), counted=True),)
    default_order = ("-received_at",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        count = AnswerLine.objects.filter(answer=OuterRef("pk")).order_by().values("answer")
        return super().queryset(user).annotate(lines_count=Subquery(count.annotate(n=Count("pk")).values("n")))

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Lire une réponse", reverse("payments:take_answer"), main=True),
            Link("Virements revenus", reverse("payments:returns")),
        ]

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune réponse lue pour l'instant",
            "Donnez ici le fichier de la banque (pain.002, camt.053 ou camt.054) : il dit quels virements sont faits.",
        )


class ReturnListing(MoneyListing):
    """Transfers that were rejected or came back (virements revenus): why, who must act, since when."""

    model = PaymentReturn
    tab = "payments:answers"
    title = "Virements revenus"
    noun = ("virement", "virements")
    file_name = "virements-revenus"
    columns = (
        Column(
            "person",
            "Personne",
            value=lambda row: row.payment.professional.full_name,
            link=lambda row: reverse("payments:payment", args=[row.payment_id]),
            heads=True,
        ),
        Column("amount", "Montant", value="payment.amount_cents", kind="euros"),
        Column("acts", "La main est à", value=lambda row: acting_of(row, row.again == OFFSET)),
        Column("kind", "Ce qui s'est passé", value=lambda row: row.get_kind_display(), phone=False),
        Column("since", "Depuis le", value="happened_on", kind="day", sort="happened_on"),
        Column("reason", "Motif", value=lambda row: reason_of(row).sentence, phone=False),
        Column("to_do", "À faire", value=lambda row: reason_of(row).to_do, screen=False),
        Column("reference", "Référence", value="payment.end_to_end_id", screen=False),
    )
    filters = (
        ChoiceFilter(
            "refait",
            "Refait",
            field="again",
            choices=[("non", "À refaire"), ("oui", "Refait"), (OFFSET, "Rien à virer")],
            counted=True,
        ),
    )
    default_order = ("-happened_on",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        # An association reads its own: a treasurer is paid too, elsewhere perhaps.
        own = [organisation.pk for organisation in organisations_of(user)]
        rows = super().queryset(user).filter(payment__run__organisation__in=own)
        again = Case(
            When(reissued_by__isnull=False, then=Value("oui")),
            When(pk__in=self._offset(user), then=Value(OFFSET)),
            default=Value("non"),
        )
        return with_accounts(rows).annotate(again=again)

    def _offset(self, user: Any) -> list[int]:
        """The returns that nothing pays again, since as much is to be given back."""
        return [key for organisation in organisations_of(user) for key in offset_returns(organisation)]

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun virement revenu", "Ceux que la banque rejette ou renvoie sont ici, avec la raison.")


class Das2Listing(MoneyListing):
    """Whom the association paid in a civil year (préparation de la DAS2); everybody, those above the threshold said."""

    model = Professional
    tab = "books:ledger"
    title = "Préparation de la DAS2"
    noun = ("personne", "personnes")
    file_name = "das2"
    columns = (
        Column("last_name", "Nom", sort=("last_name", "first_name"), heads=True),
        Column("first_name", "Prénom"),
        Column("profession", "Profession", value="profession_label", phone=False),
        Column("paid", "Versé dans l'année", value="paid_cents", kind="euros"),
        Column("above", "Seuil", value="above"),
        Column("transfers", "Virements", value="transfers", kind="number", phone=False),
        Column("siret", "SIRET", value=lambda row: row.siret or "", phone=False),
        Column("holder", "Titulaire du compte", screen=False),
        Column("rpps", "RPPS", screen=False),
        Column("commune_code", "Code de la commune", screen=False),
        Column("commune_name", "Commune", screen=False),
        Column("missing", "À demander", value=missing_of),
    )
    filters = (SearchFilter(field="search_name", help="Nom ou prénom."),)
    default_order = ("last_name", "first_name")

    @property
    def year(self) -> int:
        """The civil year of the list."""
        return int(self.kwargs["year"])

    @property
    def threshold(self) -> Threshold:
        """The threshold of that year."""
        return threshold_of(self.year)

    @property
    def street(self) -> str:
        """What of the address is never known here."""
        return STREET

    @cached_property
    def organisation(self) -> Any:
        """The association whose payments these are; 404 for anybody else."""
        return association_of(self.request)

    @cached_property
    def summary(self) -> Summary:
        """The list in numbers, whatever the filters."""
        return summary_of(self.organisation, self.year)

    @property
    def years(self) -> list[dict[str, Any]]:
        """The years in which something was paid, as links."""
        return [
            {"label": str(year), "url": reverse("payments:das2", args=[year]), "current": year == self.year}
            for year in years_paid(self.organisation)
        ]

    def queryset(self, user: Any) -> Any:
        above = When(paid_cents__gt=self.threshold.cents, then=Value("au-dessus"))
        return payees_of(self.organisation, self.year).annotate(above=Case(above, default=Value("")))

    def empty(self, user: Any) -> Empty:
        return Empty(f"Personne n'a été payé en {self.year}", "Seuls comptent les virements exécutés dans l'année.")


class BankListing(Listing):
    """Bank details (coordonnées bancaires) that this administration confirms; always masked, never exported whole."""

    model = BankDetails
    title = "Coordonnées bancaires"
    file_name = "coordonnees-bancaires"
    noun = ("compte", "comptes")
    columns = (
        Column(
            "professional",
            "Professionnel",
            value=lambda row: row.professional.full_name,
            link=lambda row: reverse("payments:bank_details", args=[row.pk]),
            heads=True,
        ),
        Column("holder", "Titulaire"),
        Column("iban_masked", "Compte"),
        Column("state", "État", value=lambda row: state_of(BANK_DETAILS, row)),
        Column("proposed_at", "Donné le", kind="moment", sort="proposed_at", phone=False),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=BANK_DETAILS.choices(), counted=True),)
    default_order = ("proposed_at",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        organisations = [a.organisation_id for a in user.assignments if a.role == Role.ASSOCIATION_ADMIN]
        rows = BankDetails.objects.visible_to(user).filter(organisation_id__in=organisations)
        # The list shows no clear number: it is not even read.
        return rows.select_related("professional").defer("iban")

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore de compte", "Les professionnels le donnent une fois leur convention signée.")
