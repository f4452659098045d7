"""The orientation as a stranger lives it: questions, answer, shared link, and everything that can be typed wrong."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.orientation.answering import offers
from equipage.orientation.asking import Questions
from equipage.rules import library
from equipage.territory.models import Commune, PostalCode
from tests import factories as make

pytestmark = pytest.mark.django_db

START, ANSWER = "/orientation/", "/orientation/reponse/"
PAIR = {"commune": "49092", "moi": "infirmier", "n-medecin-generaliste": "1"}


@pytest.fixture(autouse=True)
def places() -> None:
    for code in ("49092", "49007", "35238"):
        make.commune(code)


def text(response: Any) -> str:
    """The words of the page, one kind of space and of apostrophe."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(bare)).replace("’", "'")


def heading(response: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", found[1]))).replace("’", "'").strip()


def ask(client: Client, **given: Any) -> Any:
    """The answer to these answers, wherever the address settles."""
    return client.get(ANSWER, given, follow=True)


def test_the_questions_need_no_account_and_no_script(client: Client) -> None:
    page = client.get(START)
    assert page.status_code == 200
    html = page.content.decode()
    assert 'method="get"' in html
    for kind in library().pack.people.values():
        assert f'name="n-{kind.key}"' in html
    for concern in library().pack.concerns:
        assert f'value="{concern}"' in html


def test_the_front_door_hands_the_commune_over_without_complaint(client: Client) -> None:
    page = client.get(START, {"commune": "Chemillé-en-Anjou (49)"})
    assert page.status_code == 200
    assert 'value="Chemillé-en-Anjou (49)"' in page.content.decode()
    assert "à corriger" not in text(page)


def test_a_doctor_and_a_nurse_in_pays_de_la_loire_are_an_esp_clap(client: Client) -> None:
    page = ask(client, **PAIR)
    assert page.status_code == 200
    assert "ESP CLAP vous convient dès maintenant" in heading(page)
    said = text(page)
    assert "esp-clap.composition." in said
    assert "1er janvier 2018" in said
    assert "infirmier" in said and "médecin généraliste" in said
    assert "à confirmer" not in said, "personne n'est à confirmer"


def test_the_address_is_settled_and_holds_no_identity(client: Client) -> None:
    typed = {
        **PAIR,
        "commune": "Chemillé-en-Anjou",
        "p-pharmacien": "",
        "n-sage-femme": "0",
        "utm_source": "x",
        "nom": "Ada",
    }
    moved = client.get(ANSWER, typed)
    assert moved.status_code == 302
    kept = dict(parse_qsl(urlsplit(moved["Location"]).query))
    assert kept == {"commune": "49092", "moi": "infirmier", "n-medecin-generaliste": "1"}
    again = client.get(moved["Location"])
    assert again.status_code == 200
    assert moved["Location"] in unescape(again.content.decode())


def test_the_shared_link_gives_the_same_answer_to_a_colleague(client: Client) -> None:
    first = ask(client, **PAIR, **{"p-pharmacien": "1", "cadre": "cabinets", "temps": "peu"})
    address = first.redirect_chain[-1][0] if first.redirect_chain else first.wsgi_request.get_full_path()
    assert text(Client().get(address)) == text(first)


def test_asking_writes_nothing_and_opens_no_session(client: Client) -> None:
    page = ask(client, **PAIR)
    assert "sessionid" not in page.cookies


def test_alone_one_is_told_whom_to_find(client: Client) -> None:
    page = ask(client, commune="49092", moi="infirmier", cadre="seul")
    assert heading(page).startswith("Avec ") or "vous convient" in heading(page)
    assert "Il manque un médecin généraliste" in text(page)
    assert "Invitez un médecin généraliste" in text(page)


def test_uncertain_people_come_after_but_are_seen(client: Client) -> None:
    page = ask(client, commune="49092", moi="infirmier", **{"p-medecin-generaliste": "1"})
    assert "auront dit oui" in heading(page)


def test_msp_shows_its_three_thresholds_with_two_texts(client: Client) -> None:
    page = ask(client, commune="49092", moi="medecin-generaliste", **{"n-infirmier": "1", "n-medecin-generaliste": "1"})
    said = text(page)
    assert "Il manque un médecin généraliste" in said  # three in the region, two are there
    assert "Seuil atteint" in said  # two are enough for the contract
    assert "msp.composition." in said


def test_every_offer_that_is_not_open_says_what_would_open_it(client: Client) -> None:
    form = Questions(query(PAIR | {"moi": "psychologue", "n-medecin-generaliste": "0"}))
    assert form.is_valid(), form.errors
    for offer in offers(form.answers()):
        if offer.verdict.fit != "now":
            assert offer.missing
            assert all(way_out for _, way_out in offer.missing)


def query(values: dict[str, str]) -> Any:
    made = QueryDict(mutable=True)
    made.update(values)
    return made


# What is typed wrong --------------------------------------------------------------------------------------------------


def refused(client: Client, **given: Any) -> str:
    page = client.get(ANSWER, given)
    assert page.status_code == 422
    return text(page)


def test_an_unknown_commune_is_said_and_nothing_is_lost(client: Client) -> None:
    page = client.get(ANSWER, PAIR | {"commune": "Chemilé-en-Anjou", "temps": "peu"})
    assert page.status_code == 422
    assert "Vouliez-vous dire Chemillé-en-Anjou (49)" in text(page)
    html = page.content.decode()
    assert 'value="Chemilé-en-Anjou"' in html
    assert re.search(r'name="n-medecin-generaliste"[^>]*value="1"|value="1"[^>]*name="n-medecin-generaliste"', html)
    assert re.search(r'value="peu"[^>]*checked', html)


def test_an_old_code_gives_the_commune_of_today(client: Client) -> None:
    today = Commune.objects.get(pk="49092")
    Commune.objects.create(
        code="49199", name="Melay", search_name="melay", department=today.department, kind="former",
        successor=today, vintage=2026,
    )  # fmt: skip
    page = ask(client, **PAIR | {"commune": "49199"})
    assert "Chemillé-en-Anjou (49)" in text(page)


def test_homonyms_and_shared_postal_codes_are_links_that_keep_the_answers(client: Client) -> None:
    for code in ("49092", "49007"):
        PostalCode.objects.create(code="49120", commune=Commune.objects.get(pk=code))
    page = client.get(ANSWER, PAIR | {"commune": "49120"})
    assert page.status_code == 422
    links = re.findall(r'href="(/orientation/reponse/\?[^"]+)"', page.content.decode())
    assert len(links) >= 2
    chosen = client.get(unescape(links[0]), follow=True)
    assert chosen.status_code == 200
    assert "vous convient dès maintenant" in heading(chosen)


def test_nobody_chosen(client: Client) -> None:
    assert "Choisissez votre profession" in refused(client, commune="49092")
    assert "Indiquez la commune" in refused(client, moi="infirmier")


def test_zero_members_and_forty_members(client: Client) -> None:
    assert ask(client, commune="49092", moi="infirmier").status_code == 200
    forty = ask(client, **PAIR, **{"n-infirmier": "25", "n-pharmacien": "13"})
    assert forty.status_code == 200
    assert "vous convient" in heading(forty)


@pytest.mark.parametrize("number", ["-1", "100", "1e9", "deux", "99999999999999999999", "1.5"])
def test_a_number_that_cannot_be(client: Client, number: str) -> None:
    said = refused(client, **PAIR | {"n-medecin-generaliste": number})
    assert "de 0 à 99" in said


def test_answers_that_exclude_each_other(client: Client) -> None:
    assert "Vous dites travailler seul" in refused(client, **PAIR, cadre="seul")
    twice = client.get(f"{ANSWER}?commune=49092&moi=infirmier&cadre=cabinets&cadre=salaries")
    assert twice.status_code == 422
    assert "deux réponses différentes" in text(twice)


def test_a_link_that_somebody_changed(client: Client) -> None:
    assert "n'existe pas (ou plus)" in refused(client, **PAIR | {"moi": "magicien"})
    assert "n'existe pas (ou plus)" in refused(client, **PAIR, cadre="<script>alert(1)</script>")
    assert "n'existe pas (ou plus)" in refused(client, **PAIR, besoin="inconnu")
    assert "profession que nous ne connaissons pas" in refused(client, **PAIR, **{"n-astronaute": "2"})
    page = client.get(ANSWER, PAIR | {"commune": "<b>x</b>"})
    assert "<b>x</b>" not in page.content.decode()


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["commune", "moi", "cadre", "temps", "besoin", "n-infirmier", "p-pharmacien", "n-x", "\x00"]),
        st.text(max_size=40) | st.sampled_from(["49092", "infirmier", "1", "seul", "peu"]),
    )
)
def test_no_address_breaks_the_page(given: dict[str, str]) -> None:
    response = Client().get(ANSWER, given)
    assert response.status_code in (200, 302, 422)


# Elsewhere ------------------------------------------------------------------------------------------------------------


def test_another_region_has_its_own_answer(client: Client) -> None:
    page = ask(client, commune="35238", moi="infirmier", **{"n-medecin-generaliste": "1"})
    assert "ESP CLAP" not in heading(page)
    assert "soins primaires" in text(page)


def test_salaried_people_are_shown_the_health_centre_first(client: Client) -> None:
    page = ask(client, **PAIR, cadre="salaries")
    assert "centre de santé" in heading(page).lower()


def test_the_page_of_the_answer_asks_few_questions_of_the_database(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    ask(client, **PAIR)
    with django_assert_max_num_queries(12):
        client.get(ANSWER, PAIR)


def test_the_addresses(client: Client) -> None:
    assert reverse("orientation:start") == START
    assert reverse("orientation:answer") == ANSWER
