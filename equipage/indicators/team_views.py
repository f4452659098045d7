"""« Chiffres »: what a team did, on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import duration, euros, number
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.indicators.team_figures import Beside, Count, TeamYear, YearFigures, team_year, team_years
from equipage.teams import panels
from equipage.teams.models import Team

_WORDS: list[Any] = [{"label": "Actions", "numeric": True}, {"label": "Durée", "numeric": True}]


@access(SIGNED_IN)
def of_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """The figures of a team for a year, this one by default. A wrong year says so, in 422."""
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("commune"), pk=team_id)
    if team.recognised_on is None or not can(request.user, "indicators.read_team_figures", team).allowed:
        raise Http404
    years, problem = range(today().year, team.recognised_on.year - 1, -1), ""
    try:
        year = _asked(request.GET.get("annee", ""), years)
    except Refused as refusal:
        year, problem = today().year, refusal.sentence
    found = team_year(team, year)
    here = reverse("indicators:of_team", args=[team.pk])
    context = {
        "team": team,
        "problem": problem,
        "found": found,
        "tabs": panels.tabs_of(team, request.user, here),
        "years": [{"label": str(one), "url": f"{here}?annee={one}", "current": one == year} for one in years],
        **_tables(found),
        **_trend(team_years(team)),
    }
    return render(request, "indicators/team.html", context, status=422 if problem else 200)


def _asked(text: str, years: range) -> int:
    """The year of an address. Raises Refused for one in which the team was not recognised."""
    if not text:
        return years[0]
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in years):
        raise Refused(f"Choisissez une année de {years[-1]} à {years[0]}.", field="annee")
    return int(text)


def _tables(found: TeamYear) -> dict[str, Any]:
    whole = ["Ensemble", number(found.whole.actions), duration(found.whole.minutes)]
    return {
        "kind_columns": ["Type d’action", *_WORDS],
        "kind_rows": [_row(count) for count in found.kinds],
        "month_bars": [
            {"label": one.label, "value": one.actions, "shown": number(one.actions), "note": duration(one.minutes)}
            for one in found.months
        ],
        "beside_columns": [
            "Cette année",
            {"label": "Votre équipe", "numeric": True},
            {"label": "Une équipe au milieu de la région", "numeric": True},
        ],
        "beside_rows": [[one.label, _said(one, one.own), _said(one, one.middle)] for one in found.beside],
        "whole": whole,
    }


def _trend(found: list[YearFigures]) -> dict[str, Any]:
    """From one year to the next, once there are two."""
    rows = [[str(one.year), number(one.actions), duration(one.minutes), euros(one.paid_cents)] for one in found]
    columns = ["Année", *_WORDS, {"label": "Versé à l’équipe", "numeric": True}]
    return {"trend_columns": columns, "trend_rows": rows if len(rows) > 1 else []}


def _row(count: Count) -> list[str]:
    return [count.label, number(count.actions), duration(count.minutes)]


def _said(beside: Beside, value: int) -> str:
    if beside.money:
        return euros(value)
    return duration(value) if beside.duration else number(value)
