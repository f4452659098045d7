"""« Les comptes »: what the money did, for everybody, without an account; and the same as open data."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response

from equipage.compensation.selectors import public_scale
from equipage.foundation.access import PUBLIC, access
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.indicators import account_page as page
from equipage.indicators.account_files import FORMATS, as_text, dictionary, file_name
from equipage.indicators.models import YearAccount
from equipage.indicators.policies import READERS
from equipage.indicators.statement import Statement, account_of, accounts, public_statement
from equipage.people.roles import ASSOCIATION_ROLES

_FRESH = 600


@access(PUBLIC)
def account(request: HttpRequest) -> HttpResponse:
    """The page of a region and a year, in its address. A wrong one says so, in 422, above the page it would be."""
    known = accounts()
    problem = ""
    try:
        chosen = account_of(known, request.GET.get("region", "").strip(), request.GET.get("annee", "").strip())
    except Refused as refusal:
        chosen, problem = account_of(known, "", ""), refusal.sentence
    context = {"problem": problem, "regions": _regions(known, chosen), "years": _years(known, chosen)}
    if chosen is not None:
        context |= _told(public_statement(chosen), request.user)
    return render(request, "indicators/account.html", context, status=422 if problem else 200)


def _told(statement: Statement, user: Any) -> dict[str, Any]:
    """What the page says of an account."""
    region, year = statement.region.code, statement.year
    scale = public_scale(region, min(date(year, 12, 31), today()))
    return {
        "statement": statement,
        "heading": page.sentence(statement),
        "stats": page.headline(statement),
        "sections": page.sections(statement),
        "checks": page.checks(statement),
        "files": _files(region, year),
        "fictitious": settings.DEMO or (scale is not None and scale.fictitious),
        "licence": settings.DATA_LICENCE,
        "withheld": page.withheld(statement),
        "next_year": year + 1,
        "lines_url": f"{reverse('compensation:lines')}?etat=paid" if _pays(user, region) else "",
        "answers_for_it": user.is_authenticated and region in user.regions_for(*READERS),
    }


def _pays(user: Any, region: str) -> bool:
    """Is this person of the association of that region, who sees each line?"""
    return bool(user.is_authenticated) and region in user.regions_for(*ASSOCIATION_ROLES)


def _files(region: str, year: int) -> list[dict[str, str]]:
    words = {"csv": "CSV, pour un tableur", "json": "JSON"}
    found = [
        {"title": f"Ces chiffres en {kind.upper()}", "kind": words[kind], "url": _address(region, year, kind)}
        for kind in FORMATS
    ]
    return [*found, {"title": "Le dictionnaire des données", "kind": "JSON", "url": reverse("indicators:dictionary")}]


def _address(region: str, year: int, kind: str) -> str:
    return reverse("indicators:account_file", args=[region, year, kind])


def _regions(known: list[YearAccount], chosen: YearAccount | None) -> list[dict[str, Any]]:
    names = {one.region_id: one.region.name for one in known}
    here = chosen.region_id if chosen else ""
    base = reverse("indicators:account")
    return [{"label": name, "url": f"{base}?region={code}", "current": code == here} for code, name in names.items()]


def _years(known: list[YearAccount], chosen: YearAccount | None) -> list[dict[str, Any]]:
    base = reverse("indicators:account")
    return [
        {
            "label": f"{one.year}{'' if one.complete else ' (en cours)'}",
            "url": f"{base}?region={one.region_id}&annee={one.year}",
            "current": one == chosen,
        }
        for one in known
        if chosen is not None and one.region_id == chosen.region_id
    ]


@access(PUBLIC)
def account_file(request: HttpRequest, region_code: str, year: int, format: str) -> HttpResponse:  # noqa: A002
    """An account as a file that any site may read; the same bytes as long as nothing more appeared."""
    if format not in FORMATS:
        raise Http404
    try:
        chosen = account_of(accounts(), region_code, str(year))
    except Refused as refusal:
        raise Http404(refusal.sentence) from refusal
    if chosen is None:
        raise Http404
    statement = public_statement(chosen)
    response = _open(request, HttpResponse(as_text(statement, format), content_type=FORMATS[format]))
    if response.status_code == 200:
        response["Content-Disposition"] = f'attachment; filename="{file_name(statement, format)}"'
    return response


@access(PUBLIC)
def account_dictionary(request: HttpRequest) -> HttpResponse:
    """The dictionary of the files: each name with its type, its unit, its meaning and how it is masked."""
    return _open(request, JsonResponse(dictionary(), json_dumps_params={"ensure_ascii": False, "indent": 2}))


def _open(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A file for everybody, kept for some minutes; whoever has it already gets 304."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={_FRESH}"
    response["Access-Control-Allow-Origin"] = "*"
    found: HttpResponse = get_conditional_response(request, etag=etag, response=response) or response
    return found
