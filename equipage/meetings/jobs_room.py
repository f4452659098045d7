"""What comes back every day for tasks: who left the team, what is late."""

from __future__ import annotations

from datetime import time

from equipage.foundation.jobs import Daily, every, job
from equipage.meetings.services import tasks


@every(Daily(time(5, 20)))
@job(max_attempts=3)
def hand_over_tasks() -> int:
    """Give to the lead the tasks of people who left. How many."""
    return tasks.hand_over()


@every(Daily(time(7, 25)))
@job(max_attempts=3)
def remind_late_tasks() -> int:
    """Remind once a week of what is late. How many people were told."""
    return tasks.remind_late()
