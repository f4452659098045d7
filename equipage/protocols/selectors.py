"""Reading protocols: the page of one, those of a team, who uses them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from equipage.coordination.selectors import declarable_teams, kinds_of
from equipage.foundation.french import counted
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.workflow import Open, available
from equipage.protocols import rules
from equipage.protocols.effects import ACTION_KIND
from equipage.protocols.method import SECTIONS, Section
from equipage.protocols.models import (
    Adoption,
    Agreement,
    Edition,
    Opinion,
    Part,
    Protocol,
    ProtocolVersion,
    Publication,
)
from equipage.protocols.services.sharing import latest_of
from equipage.protocols.states import EDITION
from equipage.teams.models import Team

OPEN_STATES = ("draft", "proposed")


@dataclass(frozen=True)
class Card:
    """A section on the page of a protocol: what it still needs, who wrote last, and where it is written."""

    section: Section
    missing: tuple[str, ...]
    part: Part | None
    url: str

    @property
    def badge(self) -> tuple[str, str]:
        """Label and tone."""
        if not self.missing:
            return "Complète", "ok"
        return ("Commencée", "wait") if self.part and self.part.data else ("Vide", "quiet")

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not complete; nothing for a card that nobody opened: its badge says it."""
        return self.missing if self.part and self.part.data else ()


@dataclass(frozen=True)
class Board:
    """Everything that the page of a protocol shows to a member of its team."""

    protocol: Protocol
    edition: Edition
    current: Edition | None
    version: ProtocolVersion | None
    versions: list[ProtocolVersion]
    cards: list[Card]
    moves: list[Open]
    agreements: list[Agreement]
    opinion: Opinion | None
    publication: Publication | None
    adoption: Adoption | None
    latest: ProtocolVersion | None
    used_by: list[Adoption] = field(default_factory=list)

    @property
    def writing(self) -> bool:
        """Is a text being written or agreed to?"""
        return self.edition.state in OPEN_STATES

    @property
    def left(self) -> list[Card]:
        """The sections that are not complete."""
        return [card for card in self.cards if card.missing]

    @property
    def done(self) -> int:
        """How many sections are complete."""
        return len(self.cards) - len(self.left)

    @property
    def headline(self) -> str:
        """The conclusion of the page."""
        match self.edition.state:
            case "draft":
                left = len(self.left)
                return (
                    f"Il reste {counted(left, 'rubrique', 'rubriques')}" if left else "Le texte est prêt à être proposé"
                )
            case "proposed":
                return "Le texte attend l'accord de l'équipe" if self.lacking else "Tout est là pour la mise en vigueur"
            case "in_force":
                return "En vigueur, à relire" if self.edition.is_late else "En vigueur"
        return "Retiré"

    @property
    def lacking(self) -> tuple[str, ...]:
        """What keeps the proposed text from coming into force."""
        return self.edition.lacking() if self.edition.state == "proposed" else ()

    @property
    def to_publish(self) -> bool:
        """Is there a version in force that the region does not see yet?"""
        if self.version is None or self.current is None:
            return False
        return self.publication is None or self.publication.version_id != self.version.pk

    @property
    def behind(self) -> bool:
        """Has the original a version that this team has not looked at?"""
        return self.adoption is not None and self.latest is not None and self.latest.pk != self.adoption.followed_id


def protocol_seen(user: Any, protocol_id: int) -> Protocol:
    """The protocol, when this person may see something of it; else 404."""
    rows = Protocol.objects.visible_to(user).select_related("team__commune", "team__department", "team__region")
    found: Protocol | None = rows.filter(pk=protocol_id).first()
    if found is None:
        raise Http404
    return found


def protocol_inside(user: Any, protocol_id: int) -> Protocol:
    """The protocol of one's own team; else 404."""
    found = protocol_seen(user, protocol_id)
    if not can(user, "protocols.read_inside", found).allowed:
        raise Http404
    return found


def last_edition(protocol: Protocol) -> Edition:
    """The edition that the page is about: the open one, else the last one. Raises Http404."""
    parts = Prefetch("parts", Part.objects.select_related("updated_by").order_by("key", "id"))
    rows = protocol.editions.prefetch_related(parts).select_related("created_by", "proposed_by", "in_force_by")
    opened = rows.filter(state__in=OPEN_STATES).first() or rows.filter(state="in_force").first()
    found: Edition | None = opened or rows.order_by("-id").first()
    if found is None:
        raise Http404
    # The row that led here is the one the actors read the team from.
    found.protocol = protocol
    return found


def board(protocol: Protocol, user: Any) -> Board:
    """The page of a protocol, for a member of its team."""
    edition = last_edition(protocol)
    current = edition if edition.state == "in_force" else protocol.editions.filter(state="in_force").first()
    versions = list(protocol.versions.select_related("frozen_by").order_by("-number"))
    adoption = Adoption.objects.filter(protocol=protocol).select_related("followed", "copied").first()
    return Board(
        protocol,
        edition,
        current,
        next((row for row in versions if current and row.edition_id == current.pk), None),
        versions,
        cards_of(edition),
        available(EDITION, edition, user),
        edition.agreements_now(),
        edition.opinions.filter(text_hash=edition.text_hash).order_by("-id").first() if edition.told_at else None,
        protocol.publications.filter(state="online").select_related("version").first(),
        adoption,
        latest_of(adoption) if adoption else None,
        list(using(protocol).select_related("team__commune").order_by("team__name", "id")),
    )


def cards_of(edition: Edition) -> list[Card]:
    """The sections of an edition, each with what it still needs."""
    parts = {part.key: part for part in edition.parts.all()}
    return [
        Card(
            section,
            rules.missing_in(section, parts[section.key].data if section.key in parts else {}),
            parts.get(section.key),
            reverse("protocols:section", args=[edition.protocol_id, section.key]),
        )
        for section in SECTIONS
    ]


def using(protocol: Protocol) -> QuerySet[Adoption]:
    """The teams whose copy of this protocol, or of a copy of it, is in force."""
    rows = Adoption.objects.filter(Q(source=protocol) | Q(root=protocol))
    in_force = Edition.objects.filter(state="in_force").order_by().values("protocol_id")
    return rows.filter(protocol__in=in_force)


def with_uses(rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """Publications with `uses`: how many teams use the protocol, by one sub-query each."""
    in_force = Edition.objects.filter(state="in_force").order_by().values("protocol_id")
    counts = Adoption.objects.filter(protocol__in=in_force).order_by()
    direct = counts.filter(source=OuterRef("protocol")).values("source").annotate(n=Count("pk")).values("n")
    # A copy of a copy counts for the first original too.
    further = counts.filter(root=OuterRef("protocol")).exclude(source=OuterRef("protocol"))
    chained = further.values("root").annotate(n=Count("pk")).values("n")
    return rows.annotate(uses=Coalesce(Subquery(direct), 0) + Coalesce(Subquery(chained), 0))


def protocols_of(team: Any, user: Any) -> list[dict[str, Any]]:
    """The protocols of a team as its tab lists them, the latest first; a constant number of queries.

    Who is not of the team reads what is published.
    """
    online = Publication.objects.filter(state="online").select_related("version")
    editions = Edition.objects.order_by("-id")
    rows = Protocol.objects.visible_to(user).filter(team=team).select_related("adoption")
    found = rows.prefetch_related(Prefetch("editions", editions), Prefetch("publications", online, to_attr="online"))
    return [_line(row) for row in found.order_by("-id")]


def _line(protocol: Any) -> dict[str, Any]:
    editions = list(protocol.editions.all())
    current = next((row for row in editions if row.state == "in_force"), None)
    opened = next((row for row in editions if row.state in OPEN_STATES), None)
    shown = current or opened or editions[0]
    return {
        "protocol": protocol,
        "edition": shown,
        "opened": opened if opened is not shown else None,
        "late": shown.is_late,
        "published": protocol.online[0] if protocol.online else None,
        "copied": hasattr(protocol, "adoption"),
    }


def version_seen(user: Any, protocol: Protocol, number: int) -> ProtocolVersion:
    """A frozen version that this person may read; else 404."""
    rows = ProtocolVersion.objects.visible_to(user).filter(protocol=protocol, number=number)
    found: ProtocolVersion | None = rows.select_related("protocol__team", "document", "frozen_by").first()
    if found is None:
        raise Http404
    return found


def teams_to_take_up(user: Any, publication: Publication) -> list[Team]:
    """The teams for which this person may take up a published protocol."""
    own = [team for team in _own_teams(user) if team.region_id == publication.region_id]
    return [team for team in own if team.pk != publication.protocol.team_id]


def _own_teams(user: Any) -> list[Team]:
    person = user.professional_or_none
    if person is None:
        return []
    rows = person.memberships.in_force().filter(state__in=("confirmed", "left")).exclude(team__state="closed")
    return sorted({row.team for row in rows.select_related("team")}, key=lambda team: (team.name, team.pk))


def may_declare_time(user: Any, protocol: Protocol) -> bool:
    """Can this person declare time spent on a protocol of that team today?"""
    if not declarable_teams(user).filter(pk=protocol.team_id).exists():
        return False
    return any(kind.code == ACTION_KIND and not kind.blocked for kind in kinds_of(protocol.team, today()))
