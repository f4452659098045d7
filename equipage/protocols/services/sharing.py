"""Protocols as commons: shown to the region, taken up by others with attribution, followed when they change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.protocols import rules, telling
from equipage.protocols.method import SECTIONS
from equipage.protocols.models import Adoption, Edition, Part, Protocol, ProtocolVersion, Publication
from equipage.protocols.services.freezing import attribution_link
from equipage.protocols.services.writing import allowed, begin_edition, locked, revise, write_part
from equipage.protocols.states import PUBLICATION
from equipage.teams.models import Team

CONSENT = "L'équipe est d'accord pour montrer ce protocole, et le nom de ses auteurs, aux équipes de la région."


@transaction.atomic
def publish(edition: Edition, *, actor: Any, consent: bool) -> Publication:
    """Show the version in force to the region; adopters of an older one are told. Twice is once.

    Raises Refused: no consent, a draft, somebody who may not.
    """
    protocol = locked(edition.protocol)
    row = Edition.objects.select_related("protocol__team").get(pk=edition.pk)
    allowed(actor, "protocols.publish", row)
    if not consent:
        raise Refused("Cochez l'accord de l'équipe : rien n'est montré sans lui.", field="consent")
    version = ProtocolVersion.objects.get(edition=row)
    online = Publication.objects.filter(protocol=protocol, state="online").first()
    if online is not None:
        if online.version_id == version.pk:
            return online
        run(PUBLICATION, online, "replace", actor=actor)
    made = Publication.objects.create(
        protocol=protocol,
        version=version,
        region_id=protocol.region_id,
        consent=CONSENT,
        published_by=actor,
        published_at=timezone.now(),
    )
    audit.record(
        action="protocols.publication.publish",
        obj=made,
        actor=actor,
        comment=CONSENT,
        after={"number": version.number, "content_hash": version.content_hash},
    )
    telling.tell_adopters(made)
    return made


def withdraw_publication(publication: Publication, *, actor: Any) -> Publication:
    """Take it out of the library; teams that took it up keep their copy and its attribution."""
    row: Publication = run(PUBLICATION, publication, "withdraw", actor=actor)
    return row


@transaction.atomic
def take_up(publication: Publication, *, actor: Any, team: Any) -> Protocol:
    """Copy a published protocol into one's own team, as a draft to adapt, with its attribution.

    Raises Refused: not published any more, one's own, taken up already, another region, a team one is not in.
    """
    held = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    allowed(actor, "protocols.take_up", held)
    shown = Publication.objects.select_related("version__protocol", "protocol").get(pk=publication.pk)
    source = shown.protocol
    _refuse_take_up(shown, held)
    version = shown.version
    now = timezone.now()
    copy = Protocol.objects.create(team=held, region_id=held.region_id, created_by=actor, created_at=now)
    begin_edition(copy, rules.copied(version.content["sections"]), actor=actor)
    made = Adoption.objects.create(
        protocol=copy,
        team=held,
        source=source,
        root=_root_of(source),
        copied=version,
        followed=version,
        attribution=attribution_link(version),
        adopted_by=actor,
        adopted_at=now,
    )
    audit.record(
        action="protocols.adoption.take_up",
        obj=made,
        actor=actor,
        after={"source": source.pk, "number": version.number, "content_hash": version.content_hash},
    )
    telling.tell_taken_up(made)
    return copy


def _refuse_take_up(shown: Publication, team: Any) -> None:
    if shown.state != "online":
        raise Refused("Ce protocole n'est plus dans la bibliothèque : il ne peut plus être repris.")
    if shown.region_id != team.region_id:
        raise Refused("Un protocole se reprend dans la même région.", field="team")
    if team.pk in (shown.protocol.team_id, _root_of(shown.protocol).team_id):
        raise Refused("Ce protocole vient déjà de votre équipe.", field="team")
    known = Adoption.objects.filter(team=team, source=shown.protocol).first()
    if known is not None:
        raise AlreadyTakenUp(known)


class AlreadyTakenUp(Refused):
    """The team has a copy already: `existing` leads there."""

    def __init__(self, existing: Adoption) -> None:
        super().__init__("Votre équipe a déjà repris ce protocole : sa copie est dans vos protocoles.", field="team")
        self.existing = existing


def _root_of(protocol: Protocol) -> Protocol:
    above = Adoption.objects.filter(protocol=protocol).select_related("root").first()
    return above.root if above else protocol


@transaction.atomic
def follow(adoption: Adoption, *, actor: Any, keys: Iterable[str], number: int) -> Edition | None:
    """Answer a change of the original: take over the sections of `keys`, keep one's own for the others.

    What is taken over goes into a draft, to be agreed on as any text; people, dates and legal acts stay the team's own.
    `number` is the version that was compared. Raises Refused: the text is proposed, the original changed again.
    """
    protocol = locked(adoption.protocol)
    row = Adoption.objects.select_related("followed", "source").get(pk=adoption.pk)
    allowed(actor, "protocols.begin", protocol.team)
    latest = latest_of(row)
    if latest.number != number:
        raise Refused("L'original a encore changé pendant que vous compariez : relisez la comparaison.")
    wanted = [section for section in SECTIONS if section.key in set(keys)]
    edition = _taken_over(protocol, wanted, latest, actor) if wanted else None
    before = {"followed": row.followed.number}
    row.followed = latest
    if wanted:
        row.copied, row.attribution = latest, attribution_link(latest)
    row.save(update_fields=["followed", "copied", "attribution"])
    audit.record(
        action="protocols.adoption.follow",
        obj=row,
        actor=actor,
        before=before,
        after={"followed": latest.number, "taken_over": [section.key for section in wanted]},
    )
    return edition


def latest_of(adoption: Adoption) -> ProtocolVersion:
    """The version of the original to compare with: the one in the library, else the one followed so far."""
    online = (
        Publication.objects.filter(protocol_id=adoption.source_id, state="online").select_related("version").first()
    )
    if online is not None and online.version.number > adoption.followed.number:
        return online.version
    return adoption.followed


def _taken_over(protocol: Protocol, wanted: list[Any], latest: ProtocolVersion, actor: Any) -> Edition:
    edition = revise(protocol, actor=actor)
    allowed(actor, "protocols.write_edition", edition)
    parts = {part.key: part for part in Part.objects.filter(edition=edition)}
    theirs = latest.content.get("sections", {})
    for section in wanted:
        part = parts.get(section.key)
        mine = part.data if part else {}
        data = {**rules.own_part(section, mine), **rules.shared_part(section, theirs.get(section.key, {}))}
        if data != mine:
            write_part(edition, part, section.key, data, actor=actor)
    return edition
