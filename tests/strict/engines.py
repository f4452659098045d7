"""On PostgreSQL, only what reads or writes the database: pure functions were already tried beside SQLite."""

from __future__ import annotations

import pytest
from django.conf import settings

# Not `django_db_blocker`: pytest-django gives it to every test.
_NEEDS = {"db", "transactional_db", "django_db_setup", "django_db_reset_sequences"}


def uses_database(item: pytest.Item) -> bool:
    """Does the test, or a fixture it asks for, open the database? Marks of the class and of the module count."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & _NEEDS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that no engine can change."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        return
    kept = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
    items[:] = kept
