"""The pages of the toolbox: no account, clear files, and nothing a robot can make us do twice."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from equipage.foundation.french import file_size
from equipage.foundation.periods import today
from equipage.rules import library
from equipage.support.toolbox import files
from equipage.support.toolbox.catalogue import blank_of
from equipage.support.toolbox.reading import templates

LIST = "/aide/boite-a-outils/"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINK = re.compile(
    r'<a class="btn ghost small" href="([^"]+)">(DOCX|PDF).*?<span class="muted">([^<]+)</span>', re.DOTALL
)


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "\n", html)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?forme=esp-clap", "?forme=esp&territoire=fr-bre"])
def test_the_list_leads_to_files_of_the_size_it_says(client: Client, query: str) -> None:
    assert reverse("support:toolbox") == LIST
    answer = client.get(LIST + query)
    html = answer.content.decode()
    assert answer.status_code == 200 and html.count("<h1") == 1
    assert not re.search(r"[\wé»)] [:;?!»](?:\s|$)|« ", text_of(html))
    links = LINK.findall(html)
    assert len(links) == 2 * html.count("<article") > 8
    for url, kind, size in links:
        found = client.get(url.replace("&amp;", "&"))
        assert found.status_code == 200, url
        assert found["Content-Type"] == (DOCX if kind == "DOCX" else "application/pdf")
        assert file_size(len(found.content)) == size.replace("&nbsp;", "\u00a0")


@pytest.mark.django_db
def test_a_form_narrows_the_list_and_keeps_its_place(client: Client) -> None:
    html = client.get(f"{LIST}?forme=esp&territoire=fr-bre").content.decode()
    assert "Déclaration d’actions" not in html and "Compte rendu de RCP" in html
    assert re.search(r'<a class="chip" href="\?forme=esp&amp;territoire=fr-bre" aria-current="true">ESP</a>', html)
    assert '<option value="fr-bre" selected>' in html
    assert '<input type="hidden" name="forme" value="esp">' in html
    assert "projet-de-sante.docx?forme=esp&amp;territoire=fr-bre" in html


@pytest.mark.django_db
def test_a_form_without_a_project_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("catalogue", "page"):
        monkeypatch.setattr(f"equipage.support.toolbox.{module}.project_form", lambda choice, on: None)
    html = client.get(f"{LIST}?forme=esp").content.decode()
    assert "Pas de trame de projet pour cette forme" in html
    assert 'id="projet-de-sante"' not in html and 'id="compte-rendu-rcp"' in html


@pytest.mark.parametrize(
    ("path", "type_", "disposition"),
    [
        ("compte-rendu-rcp.docx", DOCX, 'attachment; filename="compte-rendu-rcp.docx"'),
        ("compte-rendu-rcp.pdf", "application/pdf", 'inline; filename="compte-rendu-rcp.pdf"'),
        ("projet-de-sante.docx", DOCX, 'attachment; filename="projet-de-sante-esp-clap.docx"'),
        ("projet-de-sante.pdf?forme=esp", "application/pdf", 'inline; filename="projet-de-sante-esp.pdf"'),
    ],
)
def test_a_file_has_its_type_its_name_and_may_be_kept(client: Client, path: str, type_: str, disposition: str) -> None:
    """Without the database: nobody's session is read, so that a cache may hand it to anyone."""
    answer = client.get(LIST + path)
    assert answer.status_code == 200 and answer["Content-Type"] == type_
    assert answer["Content-Disposition"] == disposition and disposition.isascii()
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert "Cookie" not in answer.get("Vary", "") and not answer.cookies
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = client.get(LIST + path, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and not again.content
    assert again["ETag"] == answer["ETag"]
    assert client.get(LIST + path, headers={"If-None-Match": '"autre"'}).status_code == 200


def test_the_two_files_of_a_template_are_not_the_same_for_a_cache(client: Client) -> None:
    docx, pdf = (client.get(f"{LIST}bilan-annuel.{ext}")["ETag"] for ext in ("docx", "pdf"))
    assert docx != pdf


def test_form_and_place_choose_the_project(client: Client) -> None:
    national = Document(io.BytesIO(client.get(f"{LIST}projet-de-sante.docx?forme=esp&territoire=fr-bre").content))
    regional = Document(io.BytesIO(client.get(f"{LIST}projet-de-sante.docx?forme=esp-clap&territoire=fr-pdl").content))
    assert national.core_properties.title == "Projet de santé ESP"
    assert regional.core_properties.title == "Projet de santé ESP CLAP"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("inconnu.pdf", "n’a pas de modèle «\u202finconnu\u202f»"),
        ("compte-rendu-rcp.odt", "existent en DOCX et en PDF"),
        ("projet-de-sante.pdf?forme=scm", "La forme «\u202fscm\u202f» n’est pas connue"),
        ("projet-de-sante.pdf?territoire=fr-zz", "Choisissez une région"),
        ("?forme=scm", "La forme «\u202fscm\u202f» n’est pas connue"),
        ("?territoire=%3Cscript%3E", "Le territoire «\u202f&lt;script&gt;\u202f» n’est pas connu"),
    ],
)
def test_a_wrong_address_says_what_there_is(client: Client, path: str, sentence: str) -> None:
    answer = client.get(LIST + path)
    html = answer.content.decode()
    assert answer.status_code == 404 and sentence in html
    assert f'href="{LIST}"' in html and "public" not in answer.get("Cache-Control", "")


def test_a_robot_that_asks_every_place_makes_us_draw_each_document_once(client: Client) -> None:
    files._drawn.cache_clear()
    places = list(library().territories)
    different = {blank_of("projet-de-sante", "esp", place, today()) for place in places}
    assert len(different) < len(places) / 2
    for place in places:
        assert client.get(f"{LIST}projet-de-sante.docx?forme=esp&territoire={place}").status_code == 200
    for noise in ("a", "b", "c"):
        client.get(f"{LIST}bilan-annuel.docx?forme={noise}&x={noise}")
    assert files._drawn.cache_info().misses == len(different) + 1
    room = files._drawn.cache_info().maxsize
    assert room and len(templates()) * len(files.EXTENSIONS) < room


def test_it_is_only_read(client: Client) -> None:
    assert client.post(f"{LIST}bilan-annuel.pdf").status_code == 405
    assert client.head(f"{LIST}bilan-annuel.pdf").status_code == 200
