"""Controls are tested on a fixed day: a month is drawn once it is over."""

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture(autouse=True)
def a_day_of_november() -> Iterator[None]:
    """Sunday 22 November 2026, in the morning in Paris."""
    with time_machine.travel("2026-11-22T09:00:00+01:00", tick=True):
        yield
