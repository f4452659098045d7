"""Lists and files of prevention: what they hold, what they ask of the database, the summary on paper."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.foundation.periods import today
from equipage.prevention import printing, services
from equipage.prevention.models import PreventionAction, Programme
from equipage.prevention.services import IndicatorGiven, ResultGiven
from tests import factories
from tests.listing_checks import assert_constant_queries, assert_light, queries_of, rows_shown
from tests.prevention import helpers
from tests.prevention.helpers import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return helpers.team()


@pytest.fixture
def lead(team: Any) -> Any:
    return factories.lead_of(team)


def grow(team: Any, lead: Any, many: int = 6) -> None:
    for place in range(many):
        action = helpers.action(team, title=f"Action {place}", partners="Mairie")
        helpers.session(team, action=action, another=True)
        helpers.declared(team, today() - timedelta(days=5), title=f"Programme {place}")
        helpers.session(team, another=True)


def test_pages_ask_as_much_for_many_rows(client: Any, team: Any, lead: Any) -> None:
    grow(team, lead, 1)
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    action, row = PreventionAction.objects.get(), Programme.objects.get()
    addresses = [
        reverse("prevention:of_team", args=[team.pk]),
        reverse("prevention:action", args=[action.pk]),
        reverse("prevention:programme", args=[row.pk]),
        reverse("prevention:declare_session", args=[team.pk]),
        reverse("prevention:team_actions", args=[team.pk]),
        reverse("prevention:team_results", args=[team.pk]),
        reverse("web:home"),
    ]
    before = {address: len(queries_of(client, address)) for address in addresses}
    grow(team, lead)
    for _ in range(3):
        helpers.session(team, action=action, another=True)
    after = {address: len(queries_of(client, address)) for address in addresses}
    assert after == before


def test_lists_of_the_region_ask_little_and_weigh_little(client: Any, team: Any, lead: Any) -> None:
    grow(team, lead, 1)
    client.force_login(factories.officer(), "django.contrib.auth.backends.ModelBackend")
    for name in ("actions", "programmes", "by_team"):
        address = reverse(f"prevention:{name}")
        assert_constant_queries(client, address, lambda: grow(team, lead, 3))
        assert_light(client, address)
    assert rows_shown(client.get(reverse("prevention:by_team")).content.decode()) == [team.name]


def test_a_list_goes_to_a_spreadsheet_with_its_results(client: Any, team: Any, lead: Any) -> None:
    action = helpers.action(team, indicators=(IndicatorGiven("=Personnes", "personnes", Decimal("12.5")),))
    key = action.indicators.get().pk
    services.save_results(actor=lead, action=action, results=[ResultGiven(key, Decimal(10), "Pluie.")])
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    address = reverse("prevention:team_results", args=[team.pk])
    text = octets(client.get(f"{address}?export=csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][:6] == ["Action", "Indicateur", "Unité", "Prévu", "Obtenu", "En mots"]
    assert plain(rows[1][1]) == "'=Personnes" and rows[1][3:5] == ["12,50", "10,00"], rows[1]
    assert "2,5 personnes de moins que prévu." in plain(rows[1][5])
    assert octets(client.get(f"{address}?export=xlsx"))[:2] == b"PK"


def octets(answer: Any) -> bytes:
    """The whole of a file that is sent piece by piece."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_programmes_with_an_evaluation_late_are_found(client: Any, team: Any, lead: Any) -> None:
    late = helpers.complete(team)
    helpers.complete(team, title="À jour")
    late.evaluations.filter(kind="annual").update(due_on=today() - timedelta(days=1))
    client.force_login(factories.ars_department(), "django.contrib.auth.backends.ModelBackend")
    shown = client.get(reverse("prevention:programmes") + "?evaluation=oui").content.decode()
    assert rows_shown(shown) == ["Vivre avec son asthme"]
    client.force_login(factories.ars_department(department_code="44"), "django.contrib.auth.backends.ModelBackend")
    assert rows_shown(client.get(reverse("prevention:programmes")).content.decode()) == []


def test_the_summary_is_one_page_and_the_same_each_time(client: Any, team: Any, lead: Any) -> None:
    long = tuple(
        IndicatorGiven(f"Indicateur au nom assez long, numéro {n}", "personnes", Decimal(40)) for n in range(8)
    )
    action = helpers.action(
        team,
        indicators=long,
        objectives="Aider chacun à arrêter, sans juger. " * 25,
        partners="\n".join(f"Organisme partenaire {n}" for n in range(8)),
    )
    results = [ResultGiven(row.pk, Decimal(52), "Compté à l'entrée de la salle.") for row in action.indicators.all()]
    services.save_results(
        actor=lead, action=action, results=results, outcome="Du monde, et des questions. " * 30, finished_on=today()
    )
    helpers_row = factories.fresh(action)
    first = printing.summary_pdf(helpers_row)
    assert first == printing.summary_pdf(factories.fresh(action))
    read = pypdf.PdfReader(io.BytesIO(first))
    assert len(read.pages) == 1
    text = plain(" ".join(read.pages[0].extract_text().split()))
    for words in (
        "Prévu",
        "Obtenu",
        "12 personnes de plus que prévu.",
        "Association d'essai",
        "Organisme partenaire 7",
    ):
        assert words in text
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("prevention:summary", args=[action.pk]))
    assert answer["Content-Type"] == "application/pdf" and answer.content[:5] == b"%PDF-"


def test_reading_writes_nothing(client: Any, team: Any, lead: Any) -> None:
    action, row = helpers.action(team), helpers.complete(team)
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    for name, key in (("of_team", team.pk), ("action", action.pk), ("programme", row.pk), ("summary", action.pk)):
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(f"prevention:{name}", args=[key]))
        assert not [
            q for q in captured if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE") and "session" not in q["sql"]
        ]
