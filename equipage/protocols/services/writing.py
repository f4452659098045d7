"""Beginning a protocol, writing it section by section without ever losing a text, beginning its next version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import typographic
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.messaging.rules import TooPrivate, check_message
from equipage.protocols import rules
from equipage.protocols.method import section_named
from equipage.protocols.models import Edition, Part, PartRevision, Protocol

# An autosave still on its way when the same person pressed « Enregistrer » is not somebody else's text.
ECHO = timedelta(seconds=10)
# The same form sent twice begins one protocol.
_TWICE = timedelta(minutes=1)


class PartConflict(Refused):
    """Somebody else saved the section meanwhile: both texts are given, nothing is written over."""

    def __init__(self, theirs: Part, mine: dict[str, Any]) -> None:
        super().__init__(
            f"{theirs.updated_by.full_name} a enregistré cette rubrique pendant que vous écriviez. "
            "Rien n'est perdu : comparez les deux textes et choisissez."
        )
        self.theirs = theirs
        self.mine = mine


def allowed(actor: Any, action: str, obj: Any) -> None:
    """Raises Refused with the reasons of the policy."""
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def locked(protocol: Protocol) -> Protocol:
    """The protocol, held until the end of the transaction: its editions and publications change one at a time."""
    row: Protocol = Protocol.objects.select_for_update(of=("self",)).select_related("team").get(pk=protocol.pk)
    return row


@transaction.atomic
def create(*, actor: Any, team: Any, title: str, theme: str = "", kind: str = "") -> Protocol:
    """Begin a protocol with its title. The same title by the same person a moment later is the same protocol.

    Raises Refused: no title, a team one is not in, a closed team.
    """
    type(team).objects.select_for_update(of=("self",)).get(pk=team.pk)
    allowed(actor, "protocols.begin", team)
    title = " ".join(title.split())
    if not title:
        raise Refused("Donnez un titre au protocole : une situation précise, en quelques mots.", field="title")
    refuse_private({"title": title})
    now = timezone.now()
    recent = Edition.objects.filter(
        protocol__team=team, created_by=actor, title=title[:150], state="draft", created_at__gt=now - _TWICE
    )
    known = recent.select_related("protocol").order_by("id").first()
    if known is not None:
        return known.protocol
    protocol = Protocol.objects.create(team=team, region_id=team.region_id, created_by=actor, created_at=now)
    identity = {key: value for key, value in (("title", title), ("theme", theme), ("kind", kind)) if value}
    begin_edition(protocol, {"identity": identity}, actor=actor)
    audit.record(action="protocols.protocol.begin", obj=protocol, actor=actor, after={"title": title})
    return protocol


def begin_edition(protocol: Protocol, sections: rules.Sections, *, actor: Any) -> Edition:
    """A draft with a first text, each section with its first revision. The caller has locked the protocol."""
    now = timezone.now()
    edition = Edition.objects.create(protocol=protocol, created_by=actor, created_at=now, **columns_of(sections))
    for key, data in sections.items():
        if data:
            part = Part.objects.create(edition=edition, key=key, data=data, updated_by=actor, updated_at=now)
            PartRevision.objects.create(part=part, version=1, data=data, saved_by=actor, saved_at=now)
    return edition


def columns_of(sections: rules.Sections) -> dict[str, str]:
    """What lists read of the section « Titre et type »."""
    return {"title": rules.title_of(sections), "theme": rules.theme_of(sections), "kind": rules.kind_of(sections)}


@transaction.atomic
def save_part(edition: Edition, key: str, data: dict[str, Any], *, based_on: int, actor: Any) -> Part | None:
    """Save a section written on top of version `based_on` (0 when it was empty). The same text changes nothing.

    Raises PartConflict when the section moved meanwhile, Refused when the text is no longer open or says what it
    must not. Nothing typed where nothing was: None.
    """
    if section_named(key) is None:
        raise Refused("Cette rubrique n'existe pas : rechargez la page.")
    locked(edition.protocol)
    row = Edition.objects.select_related("protocol__team").get(pk=edition.pk)
    allowed(actor, "protocols.write_edition", row)
    refuse_private(data)
    part = Part.objects.filter(edition=row, key=key).select_related("updated_by").first()
    if part is None:
        if not data:
            return None
        if based_on != 0:
            raise Refused("Cette rubrique a changé depuis que vous l'avez ouverte : rechargez la page.")
    elif part.data == data:
        return part
    elif part.version != based_on and not _own_echo(part, based_on, actor):
        raise PartConflict(part, data)
    return write_part(row, part, key, data, actor=actor)


def write_part(edition: Edition, part: Part | None, key: str, data: dict[str, Any], *, actor: Any) -> Part:
    """Write the text and its revision; the columns of the lists follow the section « Titre et type »."""
    now = timezone.now()
    if part is None:
        part = Part.objects.create(edition=edition, key=key, data=data, updated_by=actor, updated_at=now)
    else:
        part.data, part.version = data, part.version + 1
        part.updated_by, part.updated_at = actor, now
        part.save(update_fields=["data", "version", "updated_by", "updated_at"])
    PartRevision.objects.create(part=part, version=part.version, data=data, saved_by=actor, saved_at=now)
    if key == "identity":
        Edition.objects.filter(pk=edition.pk).update(**columns_of({"identity": data}))
    return part


def _own_echo(part: Part, based_on: int, actor: Any) -> bool:
    """Is all that was saved since `based_on` this person's own, a moment ago? The history keeps it in any case."""
    if part.updated_at < timezone.now() - ECHO or not 0 <= based_on < part.version:
        return False
    return not part.revisions.filter(version__gt=based_on).exclude(saved_by=actor).exists()


@transaction.atomic
def revise(protocol: Protocol, *, actor: Any) -> Edition:
    """Begin the next version from the last text; the version in force stays so until the next one replaces it.

    An open draft is given back as it is. The date of review has to be chosen again.
    """
    held = locked(protocol)
    allowed(actor, "protocols.begin", held.team)
    opened = held.editions.filter(state__in=("draft", "proposed")).first()
    if opened is not None:
        return opened
    last = held.editions.filter(state="in_force").first() or held.editions.order_by("-id").first()
    if last is None:
        raise Refused("Ce protocole n'a aucun texte : commencez-en un nouveau.")
    sections = last.sections()
    sections.get("follow_up", {}).pop("review_on", None)
    edition = begin_edition(held, sections, actor=actor)
    audit.record(action="protocols.protocol.revise", obj=held, actor=actor, after={"title": edition.title})
    return edition


def refuse_private(data: Any) -> None:
    """Raises Refused for a social security number or a bank account anywhere in what was typed."""
    for text in _texts(data):
        try:
            check_message("", text)
        except TooPrivate as private:
            raise Refused(
                typographic(
                    "Ce texte contient ce qui ressemble à un numéro de sécurité sociale ou à un compte bancaire. "
                    "Retirez-le : un protocole ne parle d'aucune personne en particulier."
                )
            ) from private


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [text for value in data.values() for text in _texts(value)]
    if isinstance(data, list):
        return [text for value in data for text in _texts(value)]
    return []
