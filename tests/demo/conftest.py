"""A small demo region, made once a test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from equipage.foundation.periods import today
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from equipage.web.demo.world import World

Seed = Callable[..., World]


@pytest.fixture
def seed(db: None) -> Seed:
    """Load the demo into the test database; the communes of one region are enough."""

    def load(*, teams: int = 36, number: int = 1, on: date | None = None, history: bool = True) -> World:
        load_territory(region="52")
        return load_demo(teams=teams, seed=number, today=on or today(), history=history)

    return load
