"""Telling people things."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.messaging.jobs import send_letter, send_notice
from equipage.messaging.mail import DEFAULT_REASON
from equipage.messaging.models import Notice
from equipage.messaging.rules import check_link, check_message, one_line


def notify(
    user: Any,
    kind: str,
    subject: str,
    body: str,
    link: str = "",
    *,
    urgent: bool = False,
    key: str = "",
    after: timedelta | None = None,
    mailed: bool = True,
) -> Notice:
    """Tell a person something: one notice now, one mail after the caller's transaction commits.

    `body` is paragraphs separated by an empty line. `link` is a path of this site. `urgent` says that an action is
    expected of this person. With a `key`, telling the same thing again returns the first notice and mails nothing.
    `mailed=False`: the caller sends the mail itself (with a file, for instance), then says `mark_sent`.
    `after` keeps the mail back for a while, so that `take_back` still can. Raises TooPrivate for a bank account or a
    social security number.
    """
    check_message(subject, body)
    check_link(link)
    with transaction.atomic():
        notice, new = Notice.objects.get_or_create(
            key=key or f"{kind}:{uuid.uuid4().hex}",
            defaults={
                "recipient": user,
                "kind": kind,
                "subject": one_line(subject)[:200],
                "body": body.strip(),
                "link": link,
                "urgent": urgent,
            },
        )
        if new and mailed:
            task = send_notice.using(run_after=timezone.now() + after) if after else send_notice
            task.enqueue(notice.pk)
    return notice


def mark_sent(notice_id: int) -> None:
    """The mail of a notice written with `mailed=False` has left. A second time changes nothing."""
    Notice.objects.filter(pk=notice_id, sent_at__isnull=True).update(sent_at=timezone.now(), error="")


def take_back(keys: Iterable[str]) -> int:
    """Withdraw notices that no longer hold, as long as no mail left with them. Returns how many were withdrawn."""
    return Notice.objects.filter(key__in=list(keys), sent_at__isnull=True).delete()[0]


def write_to(address: str, subject: str, body: str, *, link: str = "", reason: str = DEFAULT_REASON) -> None:
    """Mail an address that has no account, or a code that must not stay among the notices; after commit."""
    check_message(subject, body)
    check_link(link)
    send_letter.enqueue(address, one_line(subject), body, link, reason)


def mark_read(notice: Notice) -> None:
    """The person has read it. A second time changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(user: Any) -> int:
    """The person has read everything. Returns how many notices were unread."""
    return Notice.objects.visible_to(user).unread().update(read_at=timezone.now())
