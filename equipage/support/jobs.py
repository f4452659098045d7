"""What comes back every day."""

from __future__ import annotations

from datetime import time

from equipage.foundation.jobs import Daily, every, job
from equipage.support import services


@every(Daily(time(7, 40)))
@job(max_attempts=3)
def carry_what_waits() -> int:
    """Remind the desks, then carry higher the requests that wait longer than we promise. How many."""
    return services.carry_what_waits()


@every(Daily(time(3, 50)))
@job(max_attempts=3)
def forget_who_asked() -> dict[str, int]:
    """Erase the personal data of requests closed long ago, and yesterday's network traces. How many of each."""
    return services.forget()
