"""What comes back every day."""

from __future__ import annotations

from datetime import time

from equipage.foundation.jobs import Daily, every, job
from equipage.protocols import services


@every(Daily(time(7, 50)))
@job(max_attempts=3)
def remind_reviews() -> int:
    """Tell who answers for the protocols whose review comes or is late. How many protocols."""
    return services.remind_reviews()
