"""What comes back every day for meetings to come; the mails themselves are in `sending.py`."""

from __future__ import annotations

from datetime import time

from equipage.foundation.jobs import Daily, every, job
from equipage.meetings import jobs_room as jobs_room  # its schedules are declared on import
from equipage.meetings.services import planning


@every(Daily(time(8, 5)))
@job(max_attempts=3)
def remind_silent() -> int:
    """Remind, once each, those who have not said which dates suit them. How many."""
    return planning.remind_silent()
