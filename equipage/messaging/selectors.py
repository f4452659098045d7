"""Reading notices."""

from __future__ import annotations

from typing import Any

from equipage.messaging.models import Notice

MOST_SHOWN = 99


def unread_count(user: Any) -> int:
    """How many notices wait to be read, one query on a partial index, counted no further than 100."""
    return Notice.objects.filter(recipient=user.pk).unread().order_by().values("pk")[: MOST_SHOWN + 1].count()
