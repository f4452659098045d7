"""The wall between the two databases: where tables are, which triggers hold, what the package may import."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, router
from django.db.migrations.loader import MigrationLoader

from equipage.clinical.models import Patient
from equipage.clinical.router import VAULT
from equipage.foundation.db import Trigger
from equipage.people.models import User
from tests.clinical.cast import VAULT_TEST
from tools.places import PYTHON, ROOT

pytestmark = VAULT_TEST


def tables(alias: str) -> set[str]:
    return {name for name in connections[alias].introspection.table_names() if name != "django_migrations"}


def test_each_database_has_its_tables_and_not_those_of_the_other() -> None:
    own = {model._meta.db_table for model in apps.get_app_config("clinical").get_models()}
    assert tables(VAULT) == own and len(own) >= 10
    assert not tables("default") & own


def test_the_triggers_are_there() -> None:
    wanted: dict[str, str] = {}
    for (label, _), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        for operation in migration.operations:
            if label == "clinical" and isinstance(operation, Trigger):
                wanted |= operation.triggers(connections[VAULT].vendor)
    if connections[VAULT].vendor == "postgresql":
        query = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    else:
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    with connections[VAULT].cursor() as cursor:
        cursor.execute(query)
        assert dict(cursor.fetchall()) == wanted
    assert wanted


def test_rows_go_where_they_belong() -> None:
    assert (router.db_for_read(Patient), router.db_for_write(Patient)) == (VAULT, VAULT)
    assert router.db_for_read(User) == "default"
    assert router.allow_migrate(VAULT, "clinical") and not router.allow_migrate("default", "clinical")
    assert router.allow_migrate("default", "people") and not router.allow_migrate(VAULT, "people")


def test_no_relation_crosses_the_wall() -> None:
    for model in apps.get_app_config("clinical").get_models():
        for field in model._meta.get_fields():
            other: Any = field.related_model
            assert other is None or other._meta.app_label == "clinical", f"{model.__name__}.{field.name}"


@pytest.mark.slow
def test_nobody_imports_the_vault_and_it_imports_no_higher_floor() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([PYTHON, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "The vault: nothing imports it" in done.stdout and "KEPT" in done.stdout, done.stdout
