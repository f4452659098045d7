"""The pages of figures: the national breakdowns with their files, the dashboard of the region."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.french import day, number
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.indicators import selectors
from equipage.indicators.account_page import sections
from equipage.indicators.exports import FORMATS, as_text, file_name
from equipage.indicators.policies import READERS
from equipage.indicators.rules import NATION, Breakdown, Campaign, campaign_of, recent_campaigns
from equipage.indicators.statement import account_of, accounts, whole_statement


def _territory(user: Any) -> str:
    """A region counts itself; whoever stands in several sees the nation."""
    regions = sorted(user.regions_for(*READERS))
    return regions[0] if len(regions) == 1 else NATION


@access(*READERS)
def national_page(request: HttpRequest) -> HttpResponse:
    """« Indicateurs nationaux » of a campaign; the newest finished one by default. A wrong campaign says so, in 422."""
    campaigns = recent_campaigns(today())
    finished = next((campaign for campaign in campaigns if not campaign.provisional), campaigns[0])
    problem = ""
    try:
        chosen = _asked(request) or finished
    except Refused as refusal:
        chosen, problem = finished, refusal.sentence
    found = selectors.national(chosen, _territory(request.user))
    page = {
        "found": found,
        "campaign": chosen,
        "problem": problem,
        "chart_title": f"Projets en cours au {day(chosen.reference_day)}",
        "tabs": [_tab(campaign, chosen) for campaign in campaigns],
        "charts": [(breakdown, _bars(breakdown)) for breakdown in found.breakdowns],
        "files": [_file(chosen, kind) for kind in FORMATS],
    }
    return render(request, "indicators/national.html", page, status=422 if problem else 200)


def _asked(request: HttpRequest) -> Campaign | None:
    year, campaign = request.GET.get("annee", ""), request.GET.get("campagne", "")
    if not year and not campaign:
        return None
    if not (year.isdecimal() and campaign.isdecimal() and len(year) == 4 and len(campaign) < 3):
        raise Refused("Choisissez une campagne de la liste : une année sur quatre chiffres et un numéro.")
    return campaign_of(int(year), int(campaign), today())


def _tab(campaign: Campaign, chosen: Campaign) -> dict[str, Any]:
    same = (campaign.year, campaign.number) == (chosen.year, chosen.number)
    label = f"{campaign.year}, n° {campaign.number}{' (en cours)' if campaign.provisional else ''}"
    url = f"{reverse('indicators:national')}?annee={campaign.year}&campagne={campaign.number}"
    return {"label": label, "url": url, "current": same}


def _bars(breakdown: Breakdown) -> list[dict[str, Any]]:
    return [{"label": pile.label, "value": pile.count, "shown": number(pile.count)} for pile in breakdown.piles]


def _file(campaign: Campaign, kind: str) -> dict[str, Any]:
    url = reverse("indicators:national_file", args=[campaign.year, campaign.number, kind])
    return {"title": f"Ces chiffres en {kind.upper()}", "url": url}


@access(*READERS)
def national_file(request: HttpRequest, year: int, number: int, kind: str) -> HttpResponse:
    """The file of a campaign, byte for byte what the command writes."""
    if kind not in FORMATS:
        raise Http404
    try:
        found = selectors.national(campaign_of(year, number, today()), _territory(request.user))
    except Refused as refusal:
        raise Http404(refusal.sentence) from refusal
    response = HttpResponse(as_text(found, kind), content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="{file_name(found, kind)}"'
    return response


@access(*READERS)
def region(request: HttpRequest) -> HttpResponse:
    """The dashboard: teams by department and state, days between steps, sums by year, the account without a mask."""
    found = selectors.dashboard(request.user)
    columns: list[Any] = ["Département"]
    columns += [{"label": state.label, "numeric": True} for state in found.states]
    account = _account(request)
    page = {
        "found": found,
        "teams": sum(found.total),
        "columns": columns,
        "rows": [[label, *map(number, counts)] for label, counts in found.departments],
        "total": ["Ensemble", *map(number, found.total)] if found.total else [],
        **account,
    }
    return render(request, "indicators/region.html", page, status=422 if account["problem"] else 200)


def _account(request: HttpRequest) -> dict[str, Any]:
    """The account of one region of this person, its running year by default."""
    own = request.user.regions_for(*READERS)  # type: ignore[union-attr]
    known = [one for one in accounts() if one.region_id in own]
    problem = ""
    try:
        chosen = account_of(known, request.GET.get("region", ""), request.GET.get("annee", ""), running=True)
    except Refused as refusal:
        chosen, problem = account_of(known, "", "", running=True), refusal.sentence
    base = reverse("indicators:region")
    told: dict[str, Any] = {"problem": problem, "account": chosen, "sections": [], "years": []}
    if chosen is not None:
        told["sections"] = sections(whole_statement(request.user, chosen))
        told["years"] = [
            {
                "label": f"{one.region.name}, {one.year}" if len(own) > 1 else str(one.year),
                "url": f"{base}?region={one.region_id}&annee={one.year}",
                "current": one == chosen,
            }
            for one in known
        ]
    return told
