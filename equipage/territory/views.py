"""The search for a commune: a page that works alone, and the list that proposes communes below a field."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipage.foundation.access import PUBLIC, access
from equipage.territory.selectors import search_communes

_LONGEST = 120


@access(PUBLIC)
def communes(request: HttpRequest) -> HttpResponse:
    """`?q=` searches; `?champ=NAME&NAME=…` answers the options of a form field (htmx sends the field by its name)."""
    field = request.GET.get("champ", "")
    text = request.GET.get(field or "q", "")[:_LONGEST].strip()
    page = {"q": text, "matches": search_communes(text) if text else [], "searched": bool(text)}
    partial = "options" if field else "results"
    template = "territory/communes.html"
    return render(request, f"{template}#{partial}" if request.htmx else template, page)
