"""The public page of contacts: from what people type to whom to call, without a script."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from equipage.foundation.periods import today
from equipage.support.models import Desk
from equipage.support.selectors import directory
from tests import factories as make
from tests.support.helpers import desk, every_reach

pytestmark = pytest.mark.django_db
PAGE = "/aide/contacts/"


@pytest.fixture
def served() -> None:
    """A desk of each reach."""
    every_reach()


def test_a_commune_gives_its_contacts_without_script(served: None, client: Client) -> None:
    make.commune()
    Desk.objects.filter(key="region").update(checked_on=today(), phone="02\u202f49\u202f10\u202f40\u202f00")
    Desk.objects.filter(key="departement").update(checked_on=date(2020, 3, 1))
    page = client.get(f"{PAGE}?commune=49092&forme=esp-clap").content.decode()
    assert "Qui appeler depuis Chemillé-en-Anjou (49)" in page
    order = [page.index(f"Guichet {key}</h3>") for key in ("esp-clap", "departement", "region", "france")]
    assert order == sorted(order) and "Guichet voisin" not in page and "Guichet asalee-49" not in page
    assert 'href="tel:+33249104000"' in page and 'value="Chemillé-en-Anjou (49)"' in page
    assert "Vérifié le 1er mars 2020, à revérifier" in page and "Pas encore vérifié" in page
    assert "?guichet=region&amp;sujet=rappel&amp;commune=49092&amp;forme=esp-clap" in page
    assert f"{PAGE}region/signaler/" in page
    assert page.count("<script") == 1, "rien que le script de la maison, dont la page se passe"


def test_without_a_commune_every_contact_stands_by_place(
    served: None, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        places = [place for place, _ in directory()]
    assert places == ["Toute la France", "Bretagne", "Pays de la Loire", "Loire-Atlantique (44)", "Maine-et-Loire (49)"]
    page = client.get(PAGE).content.decode()
    assert all(place in page for place in places)
    assert "Guichet asalee-49" not in client.get(f"{PAGE}?commune=&forme=msp").content.decode()


@pytest.mark.parametrize("typed", ["Atlantide", "00000", "<script>alert(1)</script>", "x" * 200, "\x00"])
def test_an_unknown_commune_is_said(served: None, client: Client, typed: str) -> None:
    answer = client.get(PAGE, {"commune": typed})
    page = answer.content.decode()
    assert answer.status_code in (200, 422) and "<script>alert" not in page
    if typed.strip("\x00"):
        assert answer.status_code == 422 and "Il reste un point à corriger" in page


def test_homonyms_and_old_codes_lead_to_today_s_commune(served: None, client: Client) -> None:
    angers = make.commune("49007")
    for code, department in (("49999", "49"), ("44999", "44")):
        row = make.commune()
        row.pk, row.name, row.search_name = code, "Saint-Aubin", "saint aubin"
        row.department = make.department(department)
        row.save(force_insert=True)
    page = client.get(PAGE, {"commune": "Saint-Aubin", "forme": "msp"}).content.decode()
    assert "commune=49999" in page and "commune=44999" in page and "forme=msp" in page
    row.pk, row.name, row.search_name, row.kind, row.successor = "49998", "Vieux", "vieux", "former", angers
    row.save(force_insert=True)
    page = client.get(PAGE, {"commune": "49998"}).content.decode()
    assert "Qui appeler depuis Angers (49)" in page and "ancienne commune" in page


def test_where_nobody_is_known_the_page_offers_to_write(client: Client) -> None:
    make.commune()
    page = client.get(f"{PAGE}?commune=49092").content.decode()
    assert "Aucun contact connu pour Chemillé-en-Anjou (49)" in page and "/aide/demander/?commune=49092" in page
    assert client.get(f"{PAGE}?commune=49092&forme=ess").status_code == 422


def test_hostile_text_in_a_contact_stays_text(client: Client) -> None:
    make.commune()
    desk(region="52", name="<b>x</b>", role="<script>y</script>", note="&lt;", person_name="<i>z</i>")
    page = client.get(f"{PAGE}?commune=49092").content.decode()
    assert "<b>x</b>" not in page and "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<script>y" not in page and "<i>z</i>" not in page
