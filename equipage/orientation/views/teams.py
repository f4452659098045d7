"""The recognised teams that agreed to be shown: a map, its table, their list, and the list as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.listing.columns import harmless
from equipage.foundation.periods import today
from equipage.orientation.public_teams import (
    PublicTeam,
    counts_by_department,
    form_cards,
    public_page,
    public_teams,
)
from equipage.orientation.team_filters import TeamFilters
from equipage.orientation.team_map import team_map

_FILE_HEAD = ("equipe", "forme", "commune", "departement", "themes", "reconnue_en")


@access(PUBLIC)
def teams(request: HttpRequest) -> HttpResponse:
    """The page. Every filter is in the address, every shape of the map is a link, every figure is in a table."""
    filters = TeamFilters(request.GET)
    asked = filters.asked
    counts = counts_by_department(form=asked.form, theme=asked.theme, region=asked.region)
    page = public_page(request.GET.get("page", ""), **asdict(asked))
    context = {
        "filters": filters,
        "asked": asked,
        "place": filters.place,
        "map": team_map(filters, counts),
        "page": page,
        "total": page.paginator.count,
        "meanings": _meanings(page.object_list),
        "csv_url": reverse("orientation:teams_csv") + asked.query,
        "wider": replace(asked, form="", theme=""),
    }
    return render(request, "orientation/teams.html", context)


@access(PUBLIC)
def teams_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a file, every page of it. A wrong filter goes back to the page, which says what is wrong."""
    filters = TeamFilters(request.GET)
    asked = filters.asked
    if filters.errors:
        return redirect(f"{reverse('orientation:teams')}?{request.GET.urlencode()}")
    response = HttpResponse(_as_csv(public_teams(**asdict(asked))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="equipes-reconnues-{today():%Y-%m-%d}.csv"'
    return response


def _as_csv(rows: Iterable[PublicTeam]) -> str:
    """As French spreadsheets read it; what a team wrote is never taken for a formula."""
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_FILE_HEAD)
    for team in rows:
        words = (team.name, team.form_label, team.commune, team.department, ", ".join(team.themes))
        writer.writerow([*map(harmless, words), team.recognised_in])
    return target.getvalue()


def _meanings(teams: Iterable[PublicTeam]) -> list[str]:
    """What the forms of the page stand for: « ESP CLAP : équipe de soins primaires… »."""
    cards = form_cards()
    return [
        f"{cards[code].label} : {cards[code].full_name}" for code in sorted({team.form for team in teams} & set(cards))
    ]
