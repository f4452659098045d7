"""What comes back every night: conventions that could not be drawn up with the decision."""

from __future__ import annotations

from datetime import time

from equipage.agreements.effects import ask_to_sign
from equipage.agreements.services.drawing import draw_up_missing
from equipage.foundation.jobs import Daily, every, job


@every(Daily(time(4, 20)))
@job(max_attempts=3)
def draw_up_what_is_missing() -> int:
    """Members of recognised teams who never had a convention: their region had no association. How many now have."""
    drawn = draw_up_missing()
    for convention in drawn:
        ask_to_sign(convention)
    return len(drawn)
