"""The disputes of an association: who waits longest first, with the day an answer is due and who has the ball."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.compensation.selectors import line_label
from equipage.disputes.models import Dispute, Reason
from equipage.disputes.selectors import who_has
from equipage.disputes.states import DISPUTE
from equipage.foundation.listing import Badge, ChoiceFilter, Column, Empty, SearchFilter
from equipage.funding.actors import organisation_ids
from equipage.funding.desk import MoneyListing, state_of
from equipage.people.roles import ASSOCIATION_ROLES

_STANDING = {"late": Badge("En retard", "stop"), "soon": Badge("Bientôt", "wait"), "": ""}


class DisputeListing(MoneyListing):
    """Every dispute of the association (contestations)."""

    model = Dispute
    title = "Contestations"
    lede = "La réponse attendue le plus tôt d'abord. Qui a validé l'action ne répond pas."
    noun = ("contestation", "contestations")
    file_name = "contestations"
    columns = (
        Column(
            "professional",
            "Personne",
            value="professional.full_name",
            link=lambda row: reverse("disputes:dispute", args=[row.pk]),
            heads=True,
        ),
        Column("reason", "Motif", value=lambda row: row.get_reason_display()),
        Column("state", "État", value=lambda row: state_of(DISPUTE, row)),
        Column("due", "Réponse attendue le", value="answer_due_on", kind="day", sort="answer_due_on"),
        Column("standing", "Délai", value=lambda row: _STANDING[row.standing()]),
        Column("who", "La main est à", value=who_has, phone=False),
        Column("amount", "Montant de la ligne", value="line.amount_cents", kind="euros"),
        Column("held_on", "Action du", value="line.held_on", kind="day", phone=False),
        Column("kind", "Type", value=lambda row: line_label(row.line), screen=False),
        Column("opened_at", "Ouverte le", kind="day", sort="opened_at", phone=False),
    )
    filters = (
        SearchFilter(label="Nom de la personne", field="professional__search_name"),
        ChoiceFilter("etat", "État", field="state", choices=DISPUTE.choices(), counted=True),
        ChoiceFilter("motif", "Motif", field="reason", choices=Reason.choices),
    )
    default_order = ("answer_due_on",)

    def queryset(self, user: Any) -> Any:
        # The association's own: a treasurer who is also a professional finds theirs under « Mes doutes ».
        rows = super().queryset(user).filter(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))
        return rows.select_related("professional", "line__action__team")

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune contestation", "Chaque personne peut en ouvrir une depuis une ligne de « Mon argent ».")
