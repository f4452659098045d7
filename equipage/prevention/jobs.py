"""What comes back every day."""

from __future__ import annotations

from datetime import time

from equipage.foundation.jobs import Daily, every, job
from equipage.prevention import services


@every(Daily(time(6, 20)))
@job(max_attempts=3)
def remind_evaluations() -> dict[str, int]:
    """Open the evaluations that have become due, recall those to do, tell when silence made a declaration complete."""
    return services.remind()
