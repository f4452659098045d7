"""Reviews that come near, or are late: the right people are told, once for each reminder."""

from __future__ import annotations

from datetime import timedelta

from equipage.foundation.periods import today
from equipage.protocols import telling
from equipage.protocols.models import Edition
from equipage.protocols.rules import FORESEEN_DAYS, reminder_due


def remind_reviews() -> int:
    """Tell who answers for each protocol whose review comes or is late. How many protocols were looked at.

    Run again the same day it says nothing twice: the key of a notice holds the date of the review and the reminder.
    """
    on = today()
    rows = Edition.objects.filter(state="in_force", review_on__lte=on + timedelta(days=FORESEEN_DAYS))
    found = rows.exclude(protocol__team__state="closed").select_related("protocol__team").order_by("review_on", "id")
    count = 0
    for edition in found:
        step = reminder_due(edition.review_on, on) if edition.review_on else None
        if step is not None:
            telling.tell_review(edition, step)
            count += 1
    return count
