"""The same rules on the demonstration region, in small: many teams, many states, people with a life."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from equipage.foundation import audit
from equipage.foundation.access import PUBLIC, holds_any
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.policies import can
from equipage.people.models import User
from equipage.web.handbook.doors import Door, doors
from tests.permissions.asking import noting_writes
from tests.permissions.rows import house_models, outside_the_vault, seen

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TEAMS, ROWS = 12, 12
PLAIN = [door for door in outside_the_vault(doors()) if not door.kwargs and door.access]


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[User]]:
    """Twelve teams with their history, undone at the end of these tests; the personas, in order."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", "--teams", str(TEAMS), "--yes", stdout=StringIO())
        yield list(User.objects.exclude(persona="").order_by("pk"))
        transaction.set_rollback(True)


def test_the_journal_of_the_region_is_proved(region: list[User]) -> None:
    assert AuditEntry.objects.count() > 100 * TEAMS
    assert audit.verify() is None


def test_rights_say_the_same_in_both_forms_for_every_persona(region: list[User]) -> None:
    assert len(region) >= 8
    differences = []
    for person in region:
        for model in house_models():
            keys = list(seen(model, person).values_list("pk", flat=True))
            assert len(keys) == len(set(keys)), f"{person.persona} voit deux fois une ligne de {model._meta.label}"
            visible = set(keys)
            action = f"{model._meta.app_label}.view_{model._meta.model_name}"
            for row in model._default_manager.order_by("-pk")[:ROWS]:
                if can(person, action, row).allowed != (row.pk in visible):
                    differences.append(f"{person.persona} : {model._meta.label} {row.pk}")
    assert not differences


def answer_of(door: Door, person: User) -> str:
    """What is wrong with a page for a persona; empty when all is well."""
    assert door.access
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    written: list[str] = []
    try:
        with transaction.atomic(), noting_writes(written):
            response = client.get(door.route)
            length = len(b"".join(response)) if response.streaming else len(response.content)
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  # said with the address and the person
        return f"{type(error).__name__} : {error}"
    enters = door.access.audience != "roles" or holds_any(person, door.access.roles)
    allowed = {200, 302, 404, 405} if enters else {404}
    if response.status_code not in allowed:
        return f"{response.status_code}, attendu {sorted(allowed)}"
    return f"a écrit dans {written}" if written else "" if length or response.status_code != 200 else "page vide"


def test_every_page_without_a_row_opens_for_those_who_may(region: list[User]) -> None:
    wrong = [
        f"{person.persona} : {door.route} {told}"
        for person in region
        for door in PLAIN
        if (told := answer_of(door, person))
    ]
    assert not wrong, "\n".join(wrong)
    assert any(door.access and door.access.audience != PUBLIC for door in PLAIN)
