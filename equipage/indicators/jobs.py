"""The accounts are counted again every night, and when a run was executed."""

from __future__ import annotations

from datetime import time

from equipage.foundation.jobs import Daily, every, job
from equipage.indicators.services import keep_accounts


@every(Daily(time(4, 40)))
@job(max_attempts=3)
def count_accounts() -> int:
    """How many accounts were counted; a year that is complete is not."""
    return keep_accounts()
