"""A year of books at a glance, and its closing in two hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.books import closing
from equipage.books.checks import result_cents
from equipage.books.models import FiscalYear
from equipage.books.panels import checks_of_year, links_of_year
from equipage.books.selectors import years_of_books
from equipage.books.states import FISCAL_YEAR
from equipage.foundation.access import access
from equipage.foundation.french import euros
from equipage.foundation.refusals import Refused
from equipage.funding.desk import association_of, money_tabs, moves, open_move
from equipage.people.roles import ASSOCIATION_ROLES


def _year_of(organisation: Any, year: int) -> FiscalYear:
    """The row of the year; one that is not saved while nobody began to close it. 404 outside the books."""
    row = (
        FiscalYear.objects.filter(organisation=organisation, year=year).select_related("begun_by", "closed_by").first()
    )
    if row is None and year not in years_of_books(organisation):
        raise Http404
    return row or FiscalYear(organisation=organisation, year=year)


@access(*ASSOCIATION_ROLES)
def year(request: HttpRequest, year: int) -> HttpResponse:
    """The same money seen from everywhere over a year, and who closes it."""
    organisation = association_of(request)
    row = _year_of(organisation, year)
    result = result_cents(organisation, year)
    context = {
        "row": row,
        "checks": checks_of_year(organisation, year),
        "actions": moves(FISCAL_YEAR, row, request.user, asks=("begin", "close")),
        "base": reverse("books:year", args=[year]),
        "result": result,
        "deficit": -result,
        "links": links_of_year(year),
        "thread": thread_of(row),
        "years": [
            {"label": str(known), "url": reverse("books:year", args=[known]), "current": known == year}
            for known in reversed(years_of_books(organisation))
        ],
        "tabs": money_tabs(request.path),
    }
    return render(request, "books/year.html", context)


def thread_of(row: FiscalYear) -> list[dict[str, Any]]:
    """Who prepared the closing, who closed, the last first."""
    events: list[dict[str, Any]] = []
    if row.begun_by and row.begun_at:
        events.append({"at": row.begun_at, "what": "Clôture préparée", "who": row.begun_by.full_name})
    if row.closed_by and row.closed_at:
        events.append({"at": row.closed_at, "what": "Exercice clos", "who": row.closed_by.full_name, "tone": "ok"})
    return events[::-1]


@access(*ASSOCIATION_ROLES, writes=True)
def year_move(request: HttpRequest, year: int, move: str) -> HttpResponse:
    """Prepare the closing, close, or not yet: the first two ask once more, and say what will happen."""
    organisation = association_of(request)
    row = _year_of(organisation, year)
    found = open_move(FISCAL_YEAR, row, request.user, move)
    if found is None or not found.allowed:
        here = FISCAL_YEAR.states[row.state].label
        messages.error(request, " ".join(found.reasons) if found else f"Trop tard : l'exercice est « {here} ».")
        return redirect("books:year", year)
    if request.method == "POST":
        try:
            _VERBS[move](row, request.user)
            messages.success(request, FISCAL_YEAR.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
        return redirect("books:year", year)
    if move not in _ASKED:
        return redirect("books:year", year)
    return render(request, "web/confirm.html", {**_ASKED[move](row), "cancel_url": reverse("books:year", args=[year])})


def _begin(row: FiscalYear) -> dict[str, Any]:
    return {
        "heading": f"Préparer la clôture de {row.year}",
        "sentence": "Tout concorde. Une deuxième personne de l'association vérifie, puis clôt.",
        "consequences": ["Rien n'est encore fermé : des écritures peuvent s'ajouter jusqu'à la clôture."],
        "form": None,
        "button": "Préparer la clôture",
        "tone": "main",
    }


def _close(row: FiscalYear) -> dict[str, Any]:
    result = result_cents(row.organisation, row.year)
    said = f"un excédent de {euros(result)}" if result >= 0 else f"un déficit de {euros(-result)}"
    return {
        "heading": f"Clore l'exercice {row.year}",
        "sentence": f"L'exercice laisse {said}. Un exercice clos ne se rouvre pas.",
        "consequences": [
            f"Aucune écriture ne pourra plus être datée de {row.year}, ni d'avant.",
            f"Les soldes des comptes de bilan ouvrent {row.year + 1} (à-nouveaux), le résultat à part.",
            f"Une erreur se corrigera par une écriture de {row.year + 1}.",
        ],
        "form": None,
        "button": "Clore l'exercice",
        "tone": "stop",
    }


_ASKED: dict[str, Callable[[FiscalYear], dict[str, Any]]] = {"begin": _begin, "close": _close}
_VERBS: dict[str, Callable[[FiscalYear, Any], Any]] = {
    "begin": lambda row, actor: closing.begin(row.organisation, row.year, actor=actor),
    "give_up": lambda row, actor: closing.give_up(row, actor=actor),
    "close": lambda row, actor: closing.close(row, actor=actor),
}
