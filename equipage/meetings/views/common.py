"""What the pages of the room share."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from equipage.meetings.models import Item, Meeting
from equipage.meetings.selectors.planning import meetings_seen


def seen_meeting(request: HttpRequest, meeting_id: int) -> Meeting:
    """The meeting of an address, for its team alone; else 404."""
    found: Meeting = get_object_or_404(meetings_seen(request.user), pk=meeting_id)
    return found


def seen_item(request: HttpRequest, item_id: int) -> Item:
    """A point of an agenda, for its team alone; else 404."""
    rows = Item.objects.visible_to(request.user).select_related("meeting__team__region", "meeting__organiser")
    found: Item = get_object_or_404(rows, pk=item_id)
    return found


def as_pdf(pdf: bytes, name: str) -> HttpResponse:
    """A PDF shown by the browser, kept by nobody on the way."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
