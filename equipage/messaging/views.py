"""My notices, and the mailbox of the demonstration."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.french import counted
from equipage.foundation.listing import ordering
from equipage.foundation.listing.paging import capped_count, paginate
from equipage.messaging import services
from equipage.messaging.htmltext import blocks
from equipage.messaging.models import MailboxMessage, Notice

PER_PAGE = 30


@access(SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    """My notices, newest first; `?lus=non` keeps the unread ones."""
    mine = Notice.objects.visible_to(request.user)
    unread = mine.unread().count()
    only_unread = request.GET.get("lus") == "non"
    rows = mine.unread() if only_unread else mine
    order = ordering.terms(Notice, ["-created_at"])
    page = paginate(rows, order, request.GET, PER_PAGE, lambda: capped_count(rows))
    tabs = [
        {"label": "Tous", "url": request.path, "current": not only_unread},
        {"label": "À lire", "url": f"{request.path}?lus=non", "current": only_unread, "count": unread},
    ]
    context = {"page": page, "tabs": tabs, "unread": unread, "only_unread": only_unread}
    return render(request, "messaging/notices.html", context)


@access(SIGNED_IN, writes=True)
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one of my notices as read and go where it leads."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=notice_id)
    if request.method == "POST":
        services.mark_read(notice)
    return redirect(notice.link or "messaging:notices")


@access(SIGNED_IN, writes=True)
def all_read(request: HttpRequest) -> HttpResponse:
    """Mark all my notices as read."""
    if request.method == "POST":
        count = services.mark_all_read(request.user)
        if count:
            messages.success(request, f"{counted(count, 'avis', 'avis')} : tout est lu.")
    return redirect("messaging:notices")


@access(PUBLIC)
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail that the demonstration sent, newest first; `?destinataire=` finds those of a person."""
    _demo_only()
    typed = request.GET.get("destinataire", "").strip()[:200]
    rows = MailboxMessage.objects.all()
    if typed:
        rows = rows.filter(recipient__icontains=typed.replace("\x00", ""))
    order = ordering.terms(MailboxMessage, ["-sent_at"])
    page = paginate(rows.defer("html", "text"), order, request.GET, PER_PAGE, lambda: capped_count(rows))
    return render(request, "messaging/mailbox.html", {"page": page, "typed": typed})


@access(PUBLIC)
def mailbox_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One mail: its text, and its HTML twin taken apart into harmless blocks."""
    _demo_only()
    message = get_object_or_404(MailboxMessage, pk=message_id)
    return render(request, "messaging/mailbox_message.html", {"message": message, "blocks": blocks(message.html)})


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404
