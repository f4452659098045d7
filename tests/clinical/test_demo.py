"""The demo's vault: six patients who do not exist, in every state; and no word of them anywhere else."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings

from equipage.clinical import demo
from equipage.clinical.models import JournalEntry, Patient, Plan, PlanVersion, Recognition
from equipage.clinical.nomenclatures import InsSystem
from equipage.clinical.rules import check_ins
from equipage.foundation.periods import today
from equipage.people.models import User
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from tests.accessibility.pages import pages_of_personas
from tests.clinical.cast import VAULT_TEST
from tests.clinical.reading import cells_of, words_of

pytestmark = [VAULT_TEST, pytest.mark.slow]
PEOPLE = (demo.MARCEL, demo.YVONNE, demo.PAULETTE, demo.AHMED, demo.JEANNE, demo.LOUIS)
# Words that only the vault holds.
MARKERS = [
    text
    for person in PEOPLE
    for text in (f"{person.first} {person.last}", person.address, person.aim, person.action, demo.made_up_ins(person))
]


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A small region with its vault, undone at the end of these tests."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True),
        transaction.atomic(),
        transaction.atomic(using="clinical"),
    ):
        load_territory(region="52")
        load_demo(teams=24, seed=1, today=today())
        assert demo.load() == 6
        yield
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="clinical")


@pytest.fixture(autouse=True)
def logs_speak_again() -> Iterator[None]:
    yield
    logging.disable(logging.NOTSET)  # pages_of_personas silences thousands of 404


def test_every_state_is_shown(region: None) -> None:
    assert Patient.objects.count() == 6
    assert not Patient.objects.filter(fictitious=False).exists()
    assert Patient.objects.values("team_id").distinct().count() == 2
    assert set(Patient.objects.values_list("state", flat=True)) == {"open", "withdrawn"}
    assert set(Plan.objects.values_list("state", flat=True)) == {"draft", "validated", "closed"}
    assert {"recognised", "objected", "withdrawn"} <= set(Recognition.objects.values_list("state", flat=True))
    assert PlanVersion.objects.filter(number=2).exists()
    assert JournalEntry.objects.filter(what="read.patient").exists()
    call_command("clinical", "verify", stdout=StringIO())


def test_the_numbers_are_test_numbers_with_a_right_key(region: None) -> None:
    for row in Patient.objects.select_related("key"):
        card = row.content["cards"]["identite"]
        assert check_ins(card["ins"]) == card["ins"]
        assert card["ins"][5:10] == "99990" and card["ins_system"] == InsSystem.TEST


def test_a_second_loading_adds_nothing(region: None) -> None:
    assert demo.load() == 0
    assert Patient.objects.count() == 6


def test_nothing_of_it_is_written_outside(region: None) -> None:
    outside, inside = cells_of("default"), cells_of("clinical")
    assert not [word for word in MARKERS if word in outside or word in inside]
    references = list(Patient.objects.values_list("pk", flat=True))
    assert not [reference for reference in references if reference in outside]
    assert all(reference in inside for reference in references)


def test_no_page_nor_export_of_anybody_shows_it(region: None) -> None:
    people = {user.full_name: user for user in User.objects.exclude(persona="")}
    seen, exported, wrong = 0, 0, []
    for name, pages in pages_of_personas().items():
        client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
        if name:
            client.force_login(people[name], "django.contrib.auth.backends.ModelBackend")
        for door, address in pages:
            page = words_of(client.get(address))
            exports = [more for more in ("?export=csv", "?export=xlsx") if "export=" in page]  # the page offers both
            texts = {"": page, **{more: words_of(client.get(f"{address}{more}")) for more in exports}}
            for more, text in texts.items():
                seen += 1
                exported += bool(more)
                wrong += [f"{name} {door} {address}{more} : {word}" for word in MARKERS if word in text]
    assert not wrong
    assert seen > 200 and exported > 30


def test_the_vault_is_where_a_persona_finds_it(region: None) -> None:
    """The crawl above would be empty if nothing could be read anywhere."""
    row = Patient.objects.filter(state="open").order_by("created_at")[0]
    author = User.objects.get(professional__pk=row.author_id)
    assert author.persona
    client = Client()
    client.force_login(author, "django.contrib.auth.backends.ModelBackend")
    url = f"/dossiers-patients/{row.pk}/"
    asked = client.get(url)
    assert client.post(asked.headers["Location"].split("?")[0], {"next": url}).headers["Location"] == url
    page = client.get(url).content.decode()
    assert "Patient fictif" in page and [word for word in MARKERS if word in page]
    assert re.search(r"<title>[^<]*" + row.pk, page)


def test_only_a_demonstration_gets_made_up_patients(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="pas en mode démonstration"):
        call_command("seed_clinical", stdout=StringIO())
