"""What the page of the toolbox shows: the templates on three shelves, in the order of a team's path."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from equipage.foundation.french import counted, typographic
from equipage.rules import library
from equipage.rules.pack import FormCard
from equipage.support.toolbox.blocks import Blank
from equipage.support.toolbox.catalogue import Choice, blank_of, file_slug, forms_in, offered, places, project_form
from equipage.support.toolbox.files import EXTENSIONS, file_of
from equipage.support.toolbox.reading import MOMENTS, Template


@dataclass(frozen=True, slots=True)
class Link:
    """A file to take away; `size` in bytes."""

    kind: str
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class Card:
    """One template of the page."""

    template: Template
    blank: Blank
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The templates of one moment of the path."""

    label: str
    cards: tuple[Card, ...]


def page_of(choice: Choice, on: date) -> dict[str, Any]:
    """All that the page says for a form and a place."""
    cards = [_card(template, choice, on) for template in offered(choice, on)]
    shelves = [
        Shelf(label, tuple(card for card in cards if card.template.moment == moment))
        for moment, label in MOMENTS.items()
    ]
    return {
        "heading": _heading(len(cards), choice, on),
        "shelves": [shelf for shelf in shelves if shelf.cards],
        "chips": _chips(choice, on),
        "choice": choice,
        "places": places(),
        "without_project": not project_form(choice, on),
    }


def _heading(count: int, choice: Choice, on: date) -> str:
    ready = f"{counted(count, 'modèle')} à remplir ou à imprimer"
    if not choice.form:
        return ready
    return typographic(f"{ready} pour {library().card(choice.form, choice.territory, on).named}")


def _chips(choice: Choice, on: date) -> list[dict[str, Any]]:
    """The forms as links, the chosen one marked."""
    cards = forms_in(choice.territory, on)
    forms = [("", "Toutes les formes", ""), *((card.code, card.label, _meaning(card)) for card in cards)]
    return [
        {"label": label, "meaning": meaning, "current": code == choice.form, "url": _query("", code, choice.territory)}
        for code, label, meaning in forms
    ]


def _meaning(card: FormCard) -> str:
    """The full name, where the short one is another."""
    return card.full_name if card.full_name != card.label else ""


def _card(template: Template, choice: Choice, on: date) -> Card:
    form, territory = _asked(template, choice)
    blank = blank_of(template.slug, form, territory, on)
    slug = file_slug(template.slug, form, territory, on)
    links = tuple(
        Link(
            extension.upper(),
            _query(reverse("support:toolbox_file", args=[template.slug, extension]), form, territory),
            file_of(slug, blank, extension).size,
        )
        for extension in EXTENSIONS
    )
    return Card(template, blank, links)


def _asked(template: Template, choice: Choice) -> tuple[str, str]:
    """Form and place, for the one template that depends on them and only once a form is chosen."""
    return (choice.form, choice.territory) if template.from_rules and choice.form else ("", "")


def _query(address: str, form: str, territory: str) -> str:
    words = urlencode({key: value for key, value in (("forme", form), ("territoire", territory)) if value})
    return f"{address}?{words}" if words else address
