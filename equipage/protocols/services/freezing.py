"""A text that comes into force is frozen: sections, names, agreements, attribution, hash, document."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.documents.services import issue_document
from equipage.foundation.french import paris_day
from equipage.people.models import Professional
from equipage.protocols import rules
from equipage.protocols.method import VERSION
from equipage.protocols.models import Adoption, Edition, ProtocolVersion
from equipage.protocols.printing import DOCUMENT_KIND, TEMPLATE, paper_of, printed_data
from equipage.protocols.reading import people_named


def freeze(edition: Edition, *, actor: Any) -> ProtocolVersion:
    """The numbered version of an edition that has just come into force; asked twice, the first one."""
    known = ProtocolVersion.objects.filter(edition=edition).first()
    if known is not None:
        return known
    protocol = edition.protocol
    content = frozen_content(edition)
    last = protocol.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = ProtocolVersion.objects.create(
        protocol=protocol,
        edition=edition,
        number=last + 1,
        frozen_by=actor,
        frozen_at=edition.in_force_at or timezone.now(),
        **version_columns(edition, content),
    )
    _issue(version, actor)
    audit.record(
        action="protocols.version.freeze",
        obj=version,
        actor=actor,
        after={"number": version.number, "content_hash": version.content_hash},
    )
    return version


def version_columns(edition: Edition, content: dict[str, Any]) -> dict[str, Any]:
    """What a version repeats of its content, for lists and filters."""
    return {
        "title": edition.title,
        "theme": edition.theme,
        "kind": edition.kind,
        "professions": " ".join(("", *rules.codes_of(content["sections"]), "")) or "",
        "content": content,
        "content_hash": rules.content_hash(content),
        "validated_on": edition.validated_on,
    }


def frozen_content(edition: Edition) -> dict[str, Any]:
    """All that a version must say by itself for ever, without the rows it came from."""
    sections = edition.sections()
    team = edition.protocol.team
    adoption = Adoption.objects.filter(protocol=edition.protocol).first()
    return {
        "method": VERSION,
        "team": {"name": team.name, "form": team.form, "commune": team.commune.label},
        "kind": edition.kind,
        "sections": sections,
        "people": people_named(sections),
        "authors": _people(rules.author_ids(sections)),
        "agreements": [
            {
                "name": row.professional.full_name,
                "profession": row.professional.profession_label,
                "on": paris_day(row.answered_at).isoformat(),
            }
            for row in edition.agreements_now()
            if row.agrees
        ],
        "validated_on": _day(edition.validated_on),
        "review_on": _day(edition.review_on),
        "attribution": list(adoption.attribution) if adoption else [],
    }


def attribution_link(version: ProtocolVersion) -> list[dict[str, Any]]:
    """The chain that whoever copies this version must keep: where it came from, then this team itself."""
    return [
        *version.content.get("attribution", []),
        {
            "team": version.team_name,
            "title": version.title,
            "number": version.number,
            "authors": [str(author["name"]) for author in version.content.get("authors", [])],
            "validated_on": version.validated_on.isoformat(),
            "content_hash": version.content_hash,
        },
    ]


def _day(when: date | None) -> str:
    return when.isoformat() if when else ""


def _people(keys: list[int]) -> list[dict[str, str]]:
    rows = {row.pk: row for row in Professional.objects.filter(pk__in=keys).order_by("pk")}
    return [{"name": rows[key].full_name, "profession": rows[key].profession_label} for key in keys if key in rows]


def _issue(version: ProtocolVersion, actor: Any) -> None:
    """Its PDF, sealed after the commit. The version exists first: the document is seen by whoever sees it."""
    paper = paper_of(version)
    document = issue_document(
        kind=DOCUMENT_KIND,
        template=TEMPLATE,
        title=paper.title,
        data=printed_data(paper),
        about=audit.about(version),
        reference=f"Version {version.number}",
        region=version.protocol.region_id,
        dated=version.validated_on,
        fictitious=settings.DEMO,
        actor=actor,
    )
    version.document = document
    version.save(update_fields=["document"])
