"""A small demo with the vault switched off, crawled; prints what was found as JSON. Run by `test_without.py`."""

from __future__ import annotations

import json
import os
import sys
from io import StringIO

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["EQUIPAGE_TEST_VAULT"] = "off"

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command, get_commands  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402

from equipage.people.models import User  # noqa: E402
from equipage.web.handbook.doors import doors  # noqa: E402
from tests.accessibility.pages import pages_of_personas  # noqa: E402

# What the vault says on its pages, and nobody else.
WORDS = (
    *("dossiers-patients", "Dossiers partagés", "Nom de naissance", "Lieu de naissance", "Personne de confiance"),
    *("Qui a lu ce dossier", "Information et accords", "Patient fictif", "Directives anticipées", "birth_name"),
)


def crawl() -> dict[str, object]:
    """Every page of every persona."""
    people = {user.full_name: user for user in User.objects.exclude(persona="")}
    found, seen = [], 0
    for name, pages in pages_of_personas().items():
        client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
        if name:
            client.force_login(people[name], "django.contrib.auth.backends.ModelBackend")
        for door, address in pages:
            response = client.get(address)
            seen += 1
            text = response.content.decode("utf-8", "replace")
            found += [f"{name} {door} {address} : {word}" for word in WORDS if word in text]
            if response.status_code != 200:
                found.append(f"{name} {door} {address} : {response.status_code}")
        if client.get("/dossiers-patients/").status_code != 404:
            found.append(f"{name} : /dossiers-patients/ répond")
    return {"wrong": found, "seen": seen}


def main() -> None:
    """The JSON is the last line."""
    setup_test_environment()
    settings.DEMO = True
    kept = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("seed_demo", "--teams", "12", "--yes", verbosity=0, stdout=StringIO())
        told = crawl()
        told["imported"] = sorted(name for name in sys.modules if name.startswith("equipage.clinical"))
        told["databases"] = sorted(settings.DATABASES)
        told["routers"] = list(settings.DATABASE_ROUTERS)
        told["tables"] = [name for name in connection.introspection.table_names() if name.startswith("clinical")]
        told["models"] = [model.__name__ for model in apps.get_models() if model._meta.app_label == "clinical"]
        told["doors"] = [door.route for door in doors() if "patients" in door.route or door.name.startswith("clinical")]
        told["commands"] = sorted({"clinical", "seed_clinical", "rotate_clinical_keys"} & set(get_commands()))
    finally:
        teardown_databases(kept, verbosity=0)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
