"""The personal calendar address: opened, renewed, closed, and recognised. Derived from a nonce, stored nowhere."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.crypto import search_hashes
from equipage.meetings.models import CalendarFeed

_NONCE, _PROOF = 24, 32
_USE = "meetings.feed"


@transaction.atomic
def open_feed(*, actor: Any) -> CalendarFeed:
    """A new personal address; the former one, where there was one, opens nothing any more."""
    values = {"nonce": secrets.token_hex(_NONCE // 2), "created_at": timezone.now()}
    row, _ = CalendarFeed.objects.update_or_create(user=actor, defaults=values)
    audit.record(action="meetings.feed.open", obj=row, actor=actor)
    return row


@transaction.atomic
def close_feed(*, actor: Any) -> bool:
    """Nobody reads this person's calendar any more. False when there was no address."""
    row = CalendarFeed.objects.filter(user=actor).first()
    if row is None:
        return False
    audit.record(action="meetings.feed.close", obj=row, actor=actor)
    row.delete()
    return True


def feed_path(row: CalendarFeed) -> str:
    """The path of the calendar: whoever has it reads the hours of the meetings, nothing else."""
    return reverse("meetings:feed", args=[f"{row.nonce}{_proofs(row.nonce)[0]}"])


def feed_of(token: str) -> CalendarFeed | None:
    """The subscription that an address belongs to, None for a wrong, renewed or closed one."""
    nonce, proof = token[:_NONCE], token[_NONCE:]
    row = CalendarFeed.objects.select_related("user").filter(nonce=nonce, user__is_active=True).first()
    if row is None or not any(hmac.compare_digest(known, proof) for known in _proofs(nonce)):
        return None
    return row


def _proofs(nonce: str) -> list[str]:
    """Under the present key, then under older ones still in the ring: a rotation breaks no address."""
    return [found[:_PROOF] for found in search_hashes(nonce, _USE)]
