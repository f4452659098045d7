"""Calendar files: one meeting to take away, and the personal address that a calendar reads by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.meetings.calendar import feed as write_feed
from equipage.meetings.calendar import publish
from equipage.meetings.invitations import bare_entry, entry_of, organiser_of
from equipage.meetings.models import CalendarFeed
from equipage.meetings.selectors.planning import feed_meetings, meetings_seen
from equipage.meetings.services import feeds
from equipage.people.roles import PROFESSIONAL

_TYPE = "text/calendar; charset=utf-8"


@access(SIGNED_IN)
def ics(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One fixed meeting as a calendar file."""
    row = get_object_or_404(meetings_seen(request.user).filter(starts_at__isnull=False), pk=meeting_id)
    entry = entry_of(row, timezone.now(), cancelled=row.state == "cancelled")
    return _file(publish([entry], organiser=organiser_of(row)), f"reunion-{row.pk}.ics")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@access(PROFESSIONAL, writes=True)
def calendar(request: HttpRequest) -> HttpResponse:
    """My personal address: open it, change it, close it."""
    user: Any = request.user
    if request.method == "POST":
        if request.POST.get("geste") == "fermer":
            feeds.close_feed(actor=user)
            messages.success(request, "L'adresse est fermée : votre agenda ne lit plus vos réunions.")
        else:
            feeds.open_feed(actor=user)
            messages.success(request, "Voici votre adresse. La précédente, s'il y en avait une, ne sert plus.")
        return redirect("meetings:calendar")
    row = CalendarFeed.objects.visible_to(user).first()
    address = f"{settings.SITE_ADDRESS.rstrip('/')}{feeds.feed_path(row)}" if row else ""
    context = {
        "feed": row,
        "address": address,
        "webcal": address.replace("https:", "webcal:").replace("http:", "webcal:"),
    }
    return render(request, "meetings/calendar.html", context)


@access(PUBLIC)
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever holds this address: hours, teams and links, nothing else. Wrong or closed: 404."""
    row = feeds.feed_of(token)
    if row is None:
        raise Http404
    since = timezone.now() - timedelta(days=60)
    entries = [bare_entry(meeting, timezone.now()) for meeting in feed_meetings(row.user, since)]
    return _file(write_feed(entries, name="Mes réunions d'équipe"), "reunions.ics")
