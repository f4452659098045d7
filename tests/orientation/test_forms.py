"""The pages of the forms: what each is here and today, how to start, and a form that does not exist here."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from equipage.orientation.formpages import everywhere, page_of
from equipage.orientation.place import place_of
from equipage.rules import library
from equipage.rules.library import RULEPACKS
from equipage.support.services import load_contacts
from tests.factories import region, user
from tests.orientation.arrivals import arrived, written
from tests.orientation.test_rulebook import plain, read

pytestmark = pytest.mark.django_db


def page(client: Client, code: str, status: int = 200, **query: Any) -> str:
    return read(client, reverse("orientation:form", args=[code]), status, **query)


def start(client: Client, code: str, status: int = 200, **query: Any) -> str:
    return read(client, reverse("orientation:start_form", args=[code]), status, **query)


def every_form() -> list[tuple[str, str]]:
    """(form, territory) for the nation and the regions that have rules of their own."""
    return [
        (card.code, code)
        for code in library().territories
        if any(code in rule.timelines for rule in library().rules())
        for card in place_of({"territoire": code}).cards
    ]


# The index ----------------------------------------------------------------------------------------------------------


def test_the_index_names_each_form_with_its_minimum_and_its_source(client: Client) -> None:
    text = read(client, reverse("orientation:forms"))
    cards = place_of({}).cards
    for card in cards:
        assert plain(card.full_name).replace("'", "'") in text and plain(card.summary) in text
    assert "pour exercer à plusieurs en Pays de la Loire" in text
    assert "Au moins : deux professionnels de santé de premier recours, dont un médecin généraliste" in text


def test_a_form_whose_future_is_unsure_comes_last_and_says_why(client: Client) -> None:
    pages = [page_of(card.code, place_of({})) for card in place_of({}).cards]
    unsure = [one for one in pages if one.in_doubt]
    assert unsure and pages[-1] not in unsure, "l'ordre des fiches ne suffit pas à le prouver"
    text = read(client, reverse("orientation:forms"))
    for one in unsure:
        assert one.situation is not None and plain(one.situation.text) in text
        assert all(
            text.index(plain(two.card.summary)) < text.index(plain(one.card.summary))
            for two in pages
            if not two.in_doubt
        )
        assert "Son avenir est incertain" in page(client, one.form.code)


def test_the_index_follows_the_territory_and_the_day(client: Client) -> None:
    assert "ESP CLAP" not in read(client, reverse("orientation:forms"), territoire="fr-bre")
    assert "ESP CLAP" not in read(client, reverse("orientation:forms"), le="2017-12-31")
    assert "ESP CLAP" in read(client, reverse("orientation:forms"), le="2018-01-01")
    assert "n'existe pas dans nos règles" in read(client, reverse("orientation:forms"), 422, territoire="xx")


# A form -------------------------------------------------------------------------------------------------------------


def test_a_form_says_everything_the_seventh_pack_holds(client: Client) -> None:
    with arrived():
        text = page(client, "ess", territoire="fr-zz")
    for words in (
        "Équipe de soins spécialisés",
        "Ce qui change aujourd'hui =L'essai commence",
        "Qui, pour l'essai ? Les spécialistes de l'essai",
        "Être labellisés Le label de l'essai. Au moins trois spécialistes",
        "Autre lecture, ne s'applique pas ici : Au moins quatre spécialistes",
        "Se réunir les professionnels, avec l'agence régionale de santé Entre spécialistes de l'essai.",
        "Signer l'essai l'agence régionale de santé",
        "Axe d'essai Mission Nature Points Délais Donner un avis source secondaire, à confirmer socle 300 fixes "
        "3 au plus commence sous 6 mois, complète sous 18 mois",
        "Somme de l'essai : 1 234,50 €",
        "Un besoin d'essai Elle y répond, pour l'essai.",
        "Nombre minimal de secrétaires valeur de travail : 1 secrétaires",
        "Un autre texte d'essai",
    ):
        if words != "Un autre texte d'essai":
            assert words in text, words


def test_the_nation_and_the_region_stand_side_by_side(client: Client) -> None:
    with arrived():
        text = page(client, "ess", territoire="fr-zz-est")
        assert "Au moins cinq spécialistes" in text
        assert "Terre d'essai, ne s'applique pas ici : Au moins trois spécialistes" in text
        before = page(client, "ess", territoire="fr-zz-est", le="2025-12-31")
        assert "Au moins trois spécialistes" in before and "cinq spécialistes" not in before


def test_each_fact_leads_to_its_rule_in_the_same_place(client: Client) -> None:
    with arrived():
        html = client.get(reverse("orientation:form", args=["ess"]), {"territoire": "fr-zz-est"}).content.decode()
        for rule in library().rules("ess."):
            if rule.group not in ("stages", "organisation"):
                assert f'href="/regles/{rule.id}/?territoire=fr-zz-est"' in html, rule.id
        assert "&lt;b&gt;danger" in html and "<b>danger" not in html


def test_a_value_is_told_once(client: Client) -> None:
    with arrived():
        found = page_of("ess", place_of({"territoire": "fr-zz"}))
        told = [one.rule.id for section in found.sections for chunk in section.facts for one in chunk.items]
        told += [one.rule.id for _, chunks in found.rest for chunk in chunks for one in chunk.items]
        assert len(told) == len(set(told))
        assert "ess.organisation.situation" not in told, "elle est en haut de la page"
        assert not [name for name in told if name.startswith("ess.composition")]


@pytest.mark.slow
def test_every_form_of_every_territory_has_its_pages(client: Client) -> None:
    assert len(every_form()) >= 3
    for code, territory in every_form():
        text = page(client, code, territoire=territory)
        assert plain(library().card(code, territory, place_of({}).on).full_name) in text
        start(client, code, territoire=territory)


def test_every_parameter_in_force_is_somewhere_on_the_page() -> None:
    """Nothing of the packs is lost: in a chapter, among the other rules, or among what is not known."""
    for code, territory in every_form():
        found = page_of(code, place_of({"territoire": territory}))
        said = {one.rule.id for section in found.sections for chunk in section.facts for one in chunk.items}
        said |= {one.rule.id for _, chunks in found.rest for chunk in chunks for one in chunk.items}
        said |= {one.rule.id for _, items in found.unknown for one in items}
        said |= {one.rule.id for stage in found.stages for one in stage.thresholds}
        said |= {one.rule.id for _, one in found.brief}
        said |= {found.situation.rule.id} if found.situation else set()
        lost = {dated.rule_id for dated in found.form.parameters.values()} - said
        assert lost <= {f"{code}.organisation.in_doubt"}, lost


def test_a_form_says_whom_to_call_here(client: Client) -> None:
    assert "Aucun contact n'est encore connu ici pour cette forme." in page(client, "msp")
    region()
    load_contacts()
    text = page(client, "msp")
    assert text.index("APMSL") < text.index("Agence régionale de santé (ARS) des Pays de la Loire Renseigne")
    assert "APMSL" in start(client, "msp") and "C3SI" not in text


# How to start -------------------------------------------------------------------------------------------------------


def test_the_path_says_who_acts_and_where_to_begin(client: Client) -> None:
    with arrived():
        text = start(client, "ess", territoire="fr-zz")
    assert "Deux étapes pour une équipe de soins spécialisés" in text
    assert "Pour commencer : se réunir. Entre spécialistes de l'essai." in text
    assert "La boîte à outils" in text and "Est-ce la bonne forme ?" in text


def test_a_team_can_be_created_only_for_a_form_that_is_open_here(client: Client) -> None:
    assert "Créer notre équipe" in start(client, "esp-clap")
    assert "Créer notre équipe" not in start(client, "esp", territoire="fr")
    html = client.get(reverse("orientation:start_form", args=["esp-clap"])).content.decode()
    assert f'href="{reverse("people:ask_account")}"' in html
    client.force_login(user(), "django.contrib.auth.backends.ModelBackend")
    html = client.get(reverse("orientation:start_form", args=["esp-clap"])).content.decode()
    assert f'href="{reverse("teams:create")}"' in html


def test_what_to_prepare_lists_the_cards_of_the_project(client: Client) -> None:
    text = start(client, "esp-clap")
    for section in library().form("esp-clap", "fr-pdl", place_of({}).on).project_template.sections:
        assert plain(section.title) in text
    assert "Avant tout versement" in text


# Elsewhere, or nowhere ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [page, start])
def test_a_form_of_another_region_says_where_and_since_when_it_exists(client: Client, look: Any) -> None:
    text = look(client, "esp-clap", 404, territoire="fr-bre")
    assert "ESP CLAP n'existe pas en Bretagne aujourd'hui" in text
    assert "en Pays de la Loire, depuis le 1er janvier 2018" in text
    assert "Équipe de soins primaires (ESP)" in text, "ce qui existe en Bretagne"


def test_a_form_of_another_time_says_so(client: Client) -> None:
    text = page(client, "esp-clap", 404, le="2017-12-31")
    assert "n'existe pas en Pays de la Loire à cette date" in text
    assert everywhere("esp-clap")[0][2] == "depuis le 1er janvier 2018" or "1er" in everywhere("esp-clap")[0][2]


def test_a_form_that_nobody_knows_leads_to_those_that_exist(client: Client) -> None:
    text = page(client, "girafe", 404)
    assert "Cette forme n'est pas dans nos règles" in text and "(ESP CLAP)" in text
    assert everywhere("girafe") == []


# A seventh form, by data only ---------------------------------------------------------------------------------------


def test_a_region_and_a_seventh_form_are_checked_and_explained(tmp_path: Path) -> None:
    folders = [f"--path={RULEPACKS}", f"--path={written(tmp_path)}"]
    out = StringIO()
    call_command("rules", "check", *folders, stdout=out)
    assert "tout est valable" in out.getvalue() and "tous donnent le résultat attendu" in out.getvalue()
    out = StringIO()
    call_command("rules", "explain", "ess", "--territory=fr-zz-est", "--on=2026-06-01", *folders, stdout=out)
    assert "Au moins cinq spécialistes" in out.getvalue() and "labell" in out.getvalue()


def test_a_region_and_a_seventh_form_appear_in_the_pages(client: Client) -> None:
    assert "Équipe de soins spécialisés" not in read(client, reverse("orientation:forms"))
    page(client, "ess", 404)
    with arrived():
        text = read(client, reverse("orientation:forms"), territoire="fr-zz-est")
        assert "pour exercer à plusieurs dans l'Est d'essai" in text
        assert "Équipe de soins spécialisés" in text and "Au moins : cinq spécialistes" in text
        assert "Équipe de soins spécialisés" in page(client, "ess", territoire="fr-zz-est")
    page(client, "ess", 404)


def test_the_pages_ask_the_database_for_contacts_only(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(0):
        client.get(reverse("orientation:forms"))
    with django_assert_max_num_queries(3):
        client.get(reverse("orientation:form", args=["esp-clap"]))
