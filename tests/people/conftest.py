"""What the tests of accounts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def quiet_period_over() -> Iterator[None]:
    """No password link of another test keeps this one from sending its own."""
    cache.clear()
    yield
    cache.clear()
