"""Reading a protocol: the present text, the frozen versions and their difference, the files, what is shown outside."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import day as day_of
from equipage.foundation.policies import can
from equipage.protocols import printing, reading, selectors
from equipage.protocols.forms import OpinionForm
from equipage.protocols.models import Edition, Protocol, ProtocolVersion, Publication
from equipage.protocols.views.common import paper_file


def outside_page(request: HttpRequest, row: Protocol) -> HttpResponse:
    """What somebody outside the team reads: the text presented to the association, else the published version."""
    told = Edition.objects.visible_to(request.user).filter(protocol=row, told_at__isnull=False)
    edition = told.filter(state__in=("proposed", "in_force")).prefetch_related("parts").order_by("-id").first()
    if edition is not None and can(request.user, "protocols.give_opinion", edition).allowed:
        return told_page(request, row, edition, OpinionForm())
    shown = Publication.objects.visible_to(request.user).filter(protocol=row, state="online").select_related("version")
    online = shown.first()
    if online is None:
        raise Http404
    return redirect("protocols:version", row.pk, online.version.number)


def told_page(request: HttpRequest, row: Protocol, edition: Edition, form: Any, status: int = 200) -> HttpResponse:
    """The text as the association reads it, with the place for its opinion."""
    sections = edition.sections()
    context = {
        "protocol": row,
        "team": row.team,
        "edition": edition,
        "card": edition.kind_card,
        "sections": reading.read_sections(sections, reading.people_named(sections)),
        "opinions": list(edition.opinions.select_related("given_by").order_by("-id")),
        "form": form,
    }
    return render(request, "protocols/told.html", context, status=status)


@access(SIGNED_IN)
def text(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """The present text in one page, as it would be printed; for the team."""
    row = selectors.protocol_inside(request.user, protocol_id)
    edition = selectors.last_edition(row)
    sections = edition.sections()
    context = {
        "protocol": row,
        "team": row.team,
        "edition": edition,
        "sections": reading.read_sections(sections, reading.people_named(sections)),
    }
    return render(request, "protocols/text.html", context)


@access(SIGNED_IN)
def draft_file(request: HttpRequest, protocol_id: int, ext: str) -> HttpResponse:
    """The present text as PDF or DOCX, marked « brouillon »."""
    row = selectors.protocol_inside(request.user, protocol_id)
    edition = selectors.last_edition(row)
    sections = edition.sections()
    shown = reading.read_sections(sections, reading.people_named(sections))
    attribution = row.adoption.attribution if hasattr(row, "adoption") else []
    paper = printing.draft_paper(row.team, edition.title, edition.kind, shown, attribution, timezone.now())
    return paper_file(paper, ext)


@access(SIGNED_IN)
def version(request: HttpRequest, protocol_id: int, number: int) -> HttpResponse:
    """One frozen version, for its team and, when it is published, for the region."""
    row = selectors.protocol_seen(request.user, protocol_id)
    found = selectors.version_seen(request.user, row, number)
    inside = can(request.user, "protocols.read_inside", row).allowed
    online = Publication.objects.visible_to(request.user).filter(protocol=row, version=found, state="online")
    publication = selectors.with_uses(online).first()
    own = selectors.teams_to_take_up(request.user, publication) if publication else []
    context = {
        "protocol": row,
        "team_name": found.team_name,
        "version": found,
        "card": found.kind_card,
        "sections": reading.content_sections(found.content),
        "attribution": reading.attribution_lines(found.content),
        "facts": _facts(found, publication),
        "inside": inside,
        "publication": publication,
        "may_take_up": bool(own),
    }
    return render(request, "protocols/version.html", context)


def _facts(found: ProtocolVersion, publication: Any) -> list[Any]:
    pairs = list(printing.paper_of(found).facts)
    if found.edition.reviewed_on and found.edition.reviewed_on != found.validated_on:
        pairs.append(("Relue le", day_of(found.edition.reviewed_on)))
    if publication is not None:
        pairs.append(("Équipes qui l'utilisent", str(publication.uses)))
    return pairs


@access(SIGNED_IN)
def version_file(request: HttpRequest, protocol_id: int, number: int, ext: str) -> HttpResponse:
    """A frozen version as PDF or DOCX, with its attribution."""
    row = selectors.protocol_seen(request.user, protocol_id)
    found = selectors.version_seen(request.user, row, number)
    return paper_file(printing.paper_of(found), ext, found)


@access(SIGNED_IN)
def compare(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """The frozen versions that this person may read, and the difference between two of them, word by word."""
    row = selectors.protocol_seen(request.user, protocol_id)
    rows = ProtocolVersion.objects.visible_to(request.user).filter(protocol=row).select_related("frozen_by")
    found = list(rows.order_by("-number"))
    if not found and not can(request.user, "protocols.read_inside", row).allowed:
        raise Http404
    newer, older = _numbered(found, request.GET.get("a", ""), 0), _numbered(found, request.GET.get("de", ""), 1)
    changes = []
    if newer and older:
        changes = reading.changes(reading.content_sections(older.content), reading.content_sections(newer.content))
    context = {
        "protocol": row,
        "team": row.team,
        "versions": found,
        "changes": changes,
        "choices": [(one.number, f"Version {one.number}, validée le {day_of(one.validated_on)}") for one in found],
        "newer_value": newer.number if newer else 0,
        "older_value": older.number if older else 0,
    }
    return render(request, "protocols/compare.html", context)


def _numbered(rows: list[ProtocolVersion], typed: str, default: int) -> ProtocolVersion | None:
    for row in rows:
        if typed == str(row.number):
            return row
    return rows[default] if default < len(rows) else None
