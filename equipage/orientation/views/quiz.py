"""The orientation: six questions, one answer, and a link that gives the same answer to a colleague."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.foundation.access import PUBLIC, access
from equipage.orientation.answering import offers, summary
from equipage.orientation.asking import SHOWN_AT_ONCE, Answers, Questions
from equipage.orientation.public_teams import neighbours_of
from equipage.support.selectors import desks_for
from equipage.teams.rules import forms_open_in
from equipage.territory.selectors import search_communes


@access(PUBLIC)
def start(request: HttpRequest) -> HttpResponse:
    """The questions, with what an address already answers; nothing is refused before it is sent."""
    initial = request.GET.dict() | {"besoin": request.GET.getlist("besoin")}
    return _asked(request, Questions(initial=initial), 200)


def _asked(request: HttpRequest, form: Questions, status: int) -> HttpResponse:
    rows = form.rows()
    places = _places(request.GET) if "commune" in form.errors else []
    context = {"form": form, "rows": rows[:SHOWN_AT_ONCE], "more": rows[SHOWN_AT_ONCE:], "places": places}
    return render(request, "orientation/questions.html", context, status=status)


def _places(given: QueryDict) -> list[dict[str, str]]:
    """Where what was typed may mean several communes, each as a link that keeps the other answers."""
    typed = given.get("commune", "")[:120]
    query = given.copy()
    found = []
    for match in search_communes(typed, 12):
        query["commune"] = match.commune.pk
        note = ", ".join(filter(None, [match.commune.label, match.via]))
        found.append({"url": f"{reverse('orientation:answer')}?{query.urlencode()}", "label": note})
    return found


@access(PUBLIC)
def answer(request: HttpRequest) -> HttpResponse:
    """What fits, why, what it brings and asks, and whom to call. The address holds the answers, and nobody's name."""
    if not request.GET:
        return redirect("orientation:start")
    form = Questions(request.GET)
    if not form.is_valid():
        return _asked(request, form, 422)
    answers = form.answers()
    address = f"{reverse('orientation:answer')}?{answers.query}"
    if request.get_full_path() != address:
        return redirect(address)
    return render(request, "orientation/answer.html", _answer(request, answers, address))


def _answer(request: HttpRequest, answers: Answers, address: str) -> dict[str, Any]:
    found = offers(answers)
    best, others = found[0], found[1:]
    region = answers.commune.department.region_id
    code = best.verdict.form.code
    return {
        "answers": answers,
        "us": summary(answers.situation.people.certain),
        "maybe": summary(answers.uncertain),
        "best": best,
        "others": others,
        "steps": _path(best),
        "desks": desks_for(commune=answers.commune, form=code)[:2],
        "neighbours": neighbours_of(answers.commune, limit=3),
        "share": request.build_absolute_uri(address),
        "questions": f"{reverse('orientation:start')}?{answers.query}",
        "open_here": code in {card.code for card in forms_open_in(region, answers.place.on)},
        "place": answers.place,
    }


def _path(offer: Any) -> list[dict[str, str]]:
    steps = offer.verdict.form.steps
    return [{"label": step.label, "state": "now" if place == 0 else "next"} for place, step in enumerate(steps)]
