"""What comes back every day: answers near their day, delays that pass, decisions that are late."""

from __future__ import annotations

from datetime import time

from equipage.controls.models import Control
from equipage.controls.services.controls import fall_silent
from equipage.controls.states import OPEN, WAITS_FOR_TEAM
from equipage.controls.telling import tell_association, tell_team
from equipage.foundation.jobs import Daily, every, job


@every(Daily(time(7, 55)))
@job(max_attempts=3)
def follow_controls() -> int:
    """Remind of each control that is due soon, note what stays unanswered, remind of late decisions. How many."""
    rows = Control.objects.filter(state__in=OPEN).select_related("draw__plan", "action", "organisation", "team")
    told = 0
    for control in rows.order_by("due_on", "id"):
        standing = control.standing()
        if not standing:
            continue
        told += 1
        if control.state not in WAITS_FOR_TEAM:
            tell_association(control, standing)
        elif standing == "soon":
            tell_team(control, "soon")
        elif control.state == "asked":
            fall_silent(control)
        else:
            tell_association(control, "heard")
    return told
