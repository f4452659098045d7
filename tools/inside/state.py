"""Prints as JSON what run.py must know of an installation, with one start of Django instead of four."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from typing import Any

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

DEMO_DOMAIN = "@demo.equipage.invalid"


def read() -> dict[str, Any]:
    """Pending migrations, the commands there are, whether there are people, the demo's, communes."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    people = get_user_model()._default_manager.all()
    tables = connection.introspection.table_names()
    known = people.model._meta.db_table in tables
    return {
        "pending": len(pending),
        "commands": sorted(get_commands()),
        "has_people": known and people.exists(),
        "is_demo": known and people.filter(email__endswith=DEMO_DOMAIN).exists(),
        "has_communes": "territory_commune" in tables and apps.get_model("territory.Commune").objects.exists(),
    }


def main() -> None:
    """Nothing but the JSON on standard output."""
    with redirect_stdout(sys.stderr):
        django.setup()
        state = read()
    print(json.dumps(state))


if __name__ == "__main__":
    main()
