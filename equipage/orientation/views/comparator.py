"""The comparator: two to six forms side by side, each sentence with its source; on paper and as CSV too."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.french import enumerate_words
from equipage.foundation.periods import today
from equipage.orientation.comparing import LEAST, Choice, Comparison, as_csv, choose
from equipage.orientation.views.placed import Asked, asked

FORMS = "forme"


@access(PUBLIC)
def comparator(request: HttpRequest) -> HttpResponse:
    """The forms asked for, side by side; the usual ones when nobody chose."""
    here = asked(request)
    return _page(request, here, choose(request.GET.getlist(FORMS), here.place))


def _page(request: HttpRequest, here: Asked, choice: Choice) -> HttpResponse:
    pairs = [(FORMS, code) for code in choice.codes]
    query = urlencode([*here.place.query.items(), *pairs])
    comparison = Comparison(choice.codes, here.place) if len(choice.codes) >= LEAST else None
    context = {
        "choice": choice,
        "comparison": comparison,
        "heading": _heading(comparison),
        "csv_url": f"{reverse('orientation:comparator_csv')}?{query}",
    }
    status = 422 if choice.problems else 200
    return here.page(request, "orientation/comparator.html", context, keep=pairs, status=status)


def _heading(comparison: Comparison | None) -> str:
    if comparison is None:
        return "Comparer les formes d'exercice coordonné"
    return f"{enumerate_words([form.label for form in comparison.forms])}, côte à côte"


@access(PUBLIC)
def comparator_csv(request: HttpRequest) -> HttpResponse:
    """The same table as a file; a wrong wish gives the page that says what to mend."""
    here = asked(request)
    choice = choose(request.GET.getlist(FORMS), here.place)
    if choice.problems or here.problem:
        return _page(request, here, choice)
    site = request.build_absolute_uri("/").rstrip("/")
    content = as_csv(Comparison(choice.codes, here.place, whole=True), site)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="formes-{here.place.code}-{today():%Y-%m-%d}.csv"'
    return response
