"""Meetings are tested on a fixed working day: an hour ago is today, and the next working days are never the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture(autouse=True)
def a_tuesday_morning(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tuesday 24 November 2026, ten in the morning in Paris; a browser and its server keep the clock of the machine."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    with time_machine.travel("2026-11-24T10:00:00+01:00", tick=True):
        yield
