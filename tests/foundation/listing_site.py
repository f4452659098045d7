"""A list on a real model and the few pages its frame needs, to test the listing as a browser meets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q
from django.urls import include, path, reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import (
    Badge,
    BulkAction,
    ChoiceFilter,
    Column,
    DateRange,
    Empty,
    Filter,
    Listing,
    SearchFilter,
    YesNoFilter,
    listing_view,
)
from equipage.foundation.listing.declaration import Link
from equipage.foundation.refusals import Refused
from equipage.messaging import services
from equipage.messaging.models import Notice

KINDS = (("gauge", "Composition"), ("decision", "Décision"), ("payment", "Paiement"))


def read_it(user: Any, notice: Notice) -> str:
    if "secret" in notice.subject:
        raise Refused("Cet avis attend une pièce.")
    services.mark_read(notice)
    return "Marqué comme lu."


class NoticeListing(Listing):
    """Notices as an officer would see rows."""

    model = Notice
    title = "Avis"
    lede = "Tout ce qui vous a été dit."
    noun = ("avis", "avis")
    file_name = "avis"
    columns = (
        Column("subject", "Objet", link=lambda n: f"/avis/{n.pk}/", sort="subject", heads=True),
        Column("kind", "Nature", value=lambda n: Badge(dict(KINDS)[n.kind], "info")),
        Column("recipient", "Destinataire", value="recipient.full_name", phone=False),
        Column("created_at", "Écrit", kind="moment", sort="created_at"),
        Column("read_at", "Lu", kind="moment", sort="read_at"),
        Column("attempts", "Montant", kind="euros", sort="attempts"),
    )
    filters: ClassVar[Sequence[Filter]] = (
        SearchFilter(field="subject"),
        ChoiceFilter("nature", "Nature", field="kind", choices=KINDS, counted=True),
        YesNoFilter("urgent", "Urgent", condition=Q(urgent=True)),
        DateRange("ecrit", "Écrit", field="created_at"),
    )
    default_order = ("-created_at",)
    bulk_actions: ClassVar[Sequence[BulkAction]] = (
        BulkAction("lire", "Marquer comme lu", "messaging.read_notice", read_it, "Ils seront lus."),
    )

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).select_related("recipient")

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun avis", "Vos avis seront ici.", "Créer le premier", "/nouveau/")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Écrire un avis", reverse("web:home"))]


class QuietListing(NoticeListing):
    """The same without actions nor counted filter."""

    bulk_actions = ()
    filters = (SearchFilter(field="subject"),)
    default_order = ("pk",)


urlpatterns = [
    path("avis/", access(SIGNED_IN, writes=True)(listing_view(NoticeListing)), name="avis"),
    path("calme/", access(SIGNED_IN)(listing_view(QuietListing)), name="calme"),
    path("messages/", include("equipage.messaging.urls")),
    path("", include("equipage.web.urls")),
]
