"""The pages of the house itself: they answer, in French, without inline script or style, and lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from equipage.web import context, navigation, views

pytestmark = pytest.mark.django_db

PAGES = ["web:home", "web:gallery", "web:accessibility", "web:legal"]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
WRONG_SPACE = re.compile(r"[\wé»)] [:;?!»](?:\s|$)|« ")
TEMPLATES = Path(context.__file__).parent / "templates"


def text_of(html: str) -> str:
    """What a person reads: no tags, no attributes."""
    return re.sub(r"<[^>]+>", "\n", html)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_house_answers_in_french_without_inline_code(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="fr">' in html
    assert html.count("<h1") == 1
    assert not INLINE.search(html), INLINE.search(html)
    assert "script-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", PAGES)
def test_french_punctuation_has_its_narrow_spaces(client: Client, name: str) -> None:
    text = text_of(client.get(reverse(name)).content.decode())
    assert not WRONG_SPACE.search(text), WRONG_SPACE.search(text)


def test_the_gallery_follows_its_pages_and_keeps_the_rest_of_the_address(client: Client) -> None:
    html = client.get(reverse("web:gallery"), {"page": "2", "theme": "plaies"}).content.decode()
    assert 'href="?page=3&amp;theme=plaies"' in html
    assert "page 2 sur 10" in html


def test_an_unknown_page_says_so_and_leads_home(client: Client) -> None:
    answer = client.get("/rien/du/tout/")
    assert answer.status_code == 404
    assert "Cette page n’est pas ici" in answer.content.decode()
    assert f'href="{reverse("web:home")}"' in answer.content.decode()


def test_the_page_of_a_fault_needs_neither_request_nor_database(django_db_blocker: pytest.MonkeyPatch) -> None:
    with django_db_blocker.block():  # type: ignore[attr-defined]
        answer = views.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Ce n’est pas vous" in answer.content.decode()
    assert not INLINE.search(answer.content.decode())


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.forbidden, 403), (views.csrf_failure, 403), (views.not_found, 404)],
)
def test_every_refusal_has_a_way_out(client: Client, view: object, status: int) -> None:
    request = client.get(reverse("web:legal")).wsgi_request
    answer = view(request, Exception("essai"))  # type: ignore[operator]
    assert answer.status_code == status
    assert f'href="{reverse("web:home")}"' in answer.content.decode()


def test_health_says_whether_the_database_answers(client: Client) -> None:
    assert client.get("/sante/").json() == {"etat": "bon"}


def test_every_address_of_the_navigation_exists() -> None:
    for place in (*navigation.PLACES, navigation.NOWHERE):
        for item in place.items:
            assert reverse(item.url_name).startswith("/")
            assert not item.counts or item.counts in context.COUNTS
    for item in navigation.PUBLIC_ITEMS:
        assert reverse(item.url_name)


def test_the_current_entry_is_the_longest_beginning_of_the_path() -> None:
    items = (navigation.HOME, navigation.NOTICES, navigation.NavItem("Boîte", "messaging:mailbox"))
    links = navigation.links(items, frozenset(), reverse("messaging:mailbox") + "3/", {})
    assert [link["label"] for link in links if link["current"]] == ["Boîte"]
    links = navigation.links(items, frozenset(), "/", {})
    assert [link["label"] for link in links if link["current"]] == ["Accueil"]


def test_templates_of_the_shell_hold_no_inline_code() -> None:
    for template in TEMPLATES.rglob("*.html"):
        assert not INLINE.search(template.read_text()), template


def test_the_confirmation_page_says_what_will_happen(client: Client) -> None:
    request = client.get(reverse("web:legal")).wsgi_request
    said = {
        "heading": "Refuser ce projet ?",
        "sentence": "L'équipe lira votre motif.",
        "consequences": ["Le dossier est clos."],
        "form": None,
        "button": "Refuser",
        "tone": "stop",
        "cancel_url": "/dossiers/3/",
    }
    html = render_to_string("web/confirm.html", said, request=request)
    assert "Le dossier est clos." in html
    assert 'class="btn danger"' in html
    assert 'href="/dossiers/3/"' in html
