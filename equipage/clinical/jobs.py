"""What comes back every night in the vault."""

from __future__ import annotations

from datetime import time

from equipage.clinical.services import keeping
from equipage.foundation.jobs import Daily, every, job


@every(Daily(time(3, 20)))
@job(max_attempts=3)
def archive_and_erase() -> dict[str, int]:
    """Put away and erase files by the rule of retention. How many of each."""
    return keeping.archive_and_erase()


@every(Daily(time(7, 10)))
@job(max_attempts=3)
def remind_reviews() -> int:
    """Tell of plans that come to their review, without a name. How many notices."""
    return keeping.remind_reviews()
