"""Only what opens the database is tried on PostgreSQL too."""

from __future__ import annotations

import pytest

from tests.strict.engines import uses_database


def test_a_pure_function_is_not_tried_twice(request: pytest.FixtureRequest) -> None:
    assert not uses_database(request.node)


@pytest.mark.django_db
def test_a_row_is_tried_on_both(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


def test_a_fixture_that_opens_the_database_is_enough(db: None, request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)
