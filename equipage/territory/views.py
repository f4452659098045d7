"""The search for a commune: a page that works alone, and the list that proposes communes below a field."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from equipage.foundation.access import PUBLIC, access
from equipage.territory.selectors import CommuneMatch, search_communes

_LONGEST = 120


class HtmxRequest(HttpRequest):
    """A request as the htmx middleware leaves it."""

    htmx: HtmxDetails


@access(PUBLIC)
def communes(request: HtmxRequest) -> HttpResponse:
    """`?q=` searches; `?champ=NAME&NAME=…` answers the options of a form field (htmx sends the field by its name)."""
    field = request.GET.get("champ", "")
    text = request.GET.get(field or "q", "")[:_LONGEST].strip()
    matches = search_communes(text) if text else []
    page = {"q": text, "matches": matches, "searched": bool(text), "options": _options(matches, text)}
    partial = "options" if field else "results"
    template = "territory/communes.html"
    htmx = request.htmx
    part_only = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    response = render(request, f"{template}#{partial}" if part_only else template, page)
    # One address, two answers: a cache must not serve the part for the page.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _options(matches: list[CommuneMatch], typed: str) -> list[tuple[str, str]]:
    """(value, text) of each option. Browsers hide an option whose text lacks what was typed: it is added there."""
    options = []
    for match in matches:
        text = ", ".join(filter(None, [match.commune.label, match.via]))
        if typed.casefold() not in text.casefold():
            text = f"{text} · {typed}"
        options.append((match.commune.label, "" if text == match.commune.label else text))
    return options
