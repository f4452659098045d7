"""The small world, made afresh for each test that asks for it."""

from __future__ import annotations

import logging

import pytest

from tests.permissions.rows import World
from tests.permissions.world import build


@pytest.fixture
def world(db: None) -> World:
    """One row of every model for two teams, and one person for every way of standing to them."""
    return build()


@pytest.fixture(autouse=True)
def refusals_are_not_news(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of expected 404 and 405 would hide the one that matters."""
    caplog.set_level(logging.CRITICAL, "django.request")
