"""What comes back every day: answers that are due soon or late."""

from __future__ import annotations

from datetime import time

from equipage.disputes.models import Dispute
from equipage.disputes.states import OPEN
from equipage.disputes.telling import tell_association
from equipage.foundation.jobs import Daily, every, job


@every(Daily(time(7, 50)))
@job(max_attempts=3)
def remind_of_answers() -> int:
    """Tell the association of each answer that is due soon, then late; each once. How many were due."""
    rows = Dispute.objects.filter(state__in=OPEN).select_related("line__action", "professional", "organisation")
    told = 0
    for dispute in rows.order_by("answer_due_on", "id"):
        standing = dispute.standing()
        if standing:
            tell_association(dispute, standing)
            told += 1
    return told
