"""The forms, one by one: what each is here and today, and how to start."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.french import typographic
from equipage.orientation.formpages import FormPage, everywhere, page_of
from equipage.orientation.rulebook import address
from equipage.orientation.views.placed import Asked, asked
from equipage.rules import NoRuleInForce
from equipage.rules.wording import quantity
from equipage.support.selectors import desks_for
from equipage.teams.rules import forms_open_in

# Those made for the form come first: beyond, the page of contacts says more, from a commune.
MOST_DESKS = 3


@access(PUBLIC)
def forms(request: HttpRequest) -> HttpResponse:
    """Each form that exists in the territory, with what it takes and where to go on."""
    here = asked(request)
    # A form whose future is unsure does not come before those that one can enter today.
    pages = sorted((page_of(card.code, here.place) for card in here.place.cards), key=lambda page: page.in_doubt)
    count = capfirst(quantity(len(pages), "une forme", "formes"))
    context = {
        "pages": pages,
        "heading": typographic(f"{count} pour exercer à plusieurs {here.place.territory.inside}"),
        "compare_url": address(here.place, "comparator"),
    }
    return here.page(request, "orientation/forms.html", context)


@access(PUBLIC)
def form(request: HttpRequest, form: str) -> HttpResponse:
    """All that the rules say of a form in a territory on a day, with their sources."""
    return _about(request, form, "orientation/form.html")


@access(PUBLIC)
def start_form(request: HttpRequest, form: str) -> HttpResponse:
    """The path of a form, step by step: who acts, with whom, what to prepare."""
    return _about(request, form, "orientation/start.html")


def _about(request: HttpRequest, code: str, template: str) -> HttpResponse:
    here = asked(request)
    try:
        page = page_of(code, here.place)
    except NoRuleInForce as missing:
        return _nowhere(request, here, code, missing.sentence)
    return here.page(request, template, _context(page))


def _context(page: FormPage) -> dict[str, Any]:
    place = page.place
    open_here = {card.code for card in forms_open_in(place.territory.region, place.on)}
    return {
        "page": page,
        "desks": desks_for(region=place.territory.region, form=page.form.code)[:MOST_DESKS],
        "open_here": bool(place.territory.region) and page.form.code in open_here,
        "rules_url": address(place, "rules", forme=page.form.code),
        "compare_url": address(place, "comparator"),
    }


def _nowhere(request: HttpRequest, here: Asked, code: str, sentence: str) -> HttpResponse:
    """A form that does not exist there and then: where and when it does, and what exists here."""
    context = {"sentence": sentence, "places": everywhere(code), "cards": here.place.cards, "code": code}
    return here.page(request, "orientation/form_missing.html", context, status=404)
