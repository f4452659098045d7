"""Data for the tests of the territory."""

from __future__ import annotations

import pytest

from equipage.territory.services import Loaded, load_territory
from tests.territory.sample import sample


@pytest.fixture
def places(db: None) -> Loaded:
    """The sample communes, in the database."""
    return load_territory(source=sample())
