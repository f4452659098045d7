"""Every rule in public: the search, one page a rule with its history, and the whole as open data."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.french import counted
from equipage.orientation import rulebook
from equipage.orientation.place import TERRITORY, Place
from equipage.orientation.rulebook import MOST_FOUND, Count, address
from equipage.orientation.views.placed import Asked, asked
from equipage.orientation.wording import chapter
from equipage.rules import NoRuleInForce, library
from equipage.rules.pack import Rule
from equipage.rules.publishing import LICENCE, export
from equipage.rules.schemas import SCHEMAS

QUERY, FORM = "q", "forme"
_LONGEST_HEADING = 110


@access(PUBLIC)
def rules(request: HttpRequest) -> HttpResponse:
    """The search of rules; without a question, how much of each form is written and how sure it is."""
    here = asked(request)
    text, form = request.GET.get(QUERY, "").strip()[:80], request.GET.get(FORM, "").strip()
    found = rulebook.search(text, form=form) if text or form else []
    known = form in library().pack.forms
    counts = rulebook.counts(here.place)
    context = {
        "text": text,
        "form": form,
        "form_unknown": bool(form) and not known,
        "heading": _heading(text, form if known else "", len(found), here.place),
        "shown": MOST_FOUND if text and len(found) > MOST_FOUND else 0,
        "shelves": rulebook.shelves(found[:MOST_FOUND] if text else found, here.place),
        "counts": counts,
        "table": _table(counts),
        "licence": LICENCE,
        "downloads": _downloads(here.place),
    }
    keep = [pair for pair in ((QUERY, text), (FORM, form)) if pair[1]]
    return here.page(request, "orientation/rules.html", context, keep=keep)


def _heading(text: str, form: str, count: int, place: Place) -> str:
    if text:
        verb = "contient" if count < 2 else "contiennent"
        return f"{counted(count, 'règle')} {verb} « {text} »" if count else f"Aucune règle ne contient « {text} »"
    if form:
        return f"{rulebook.form_label(form, place)} : {counted(count, 'règle')}"
    return f"{counted(len(library().pack.rules), 'règle')}, chacune avec sa date et sa source"


def _table(counts: list[Count]) -> dict[str, Any]:
    """How much of each form is written, for the component of tables."""
    heads = ("Forme", *({"label": label, "numeric": True} for label in ("Vérifiées", "À confirmer", "Non publiques")))
    rows = [
        ({"text": one.label, "url": one.url, "note": one.full_name}, one.verified, one.secondary, one.unknown)
        for one in counts
    ]
    columns = ([one.verified for one in counts], [one.secondary for one in counts], [one.unknown for one in counts])
    return {"columns": heads, "rows": rows, "total": ("Ensemble", *map(sum, columns))}


def _downloads(place: Place) -> list[dict[str, str]]:
    whole = reverse("orientation:rules_json")
    return [
        {"title": "Toutes les règles", "url": whole, "kind": "JSON"},
        {"title": place.territory.label, "url": f"{whole}?{TERRITORY}={place.code}", "kind": "JSON"},
        {"title": "Le format, décrit", "url": reverse("orientation:rules_schema"), "kind": "JSON Schema"},
    ]


@access(PUBLIC)
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what applies here today, its history in every territory, who says otherwise, how to cite it."""
    here = asked(request)
    try:
        found = library().rule(rule_id)
    except NoRuleInForce as missing:
        return _no_rule(request, here, rule_id, missing.sentence)
    return here.page(request, "orientation/rule.html", _rule(request, here, found))


def _rule(request: HttpRequest, here: Asked, found: Rule) -> dict[str, Any]:
    cited = rulebook.applying(found, here.place)
    label = rulebook.form_label(found.form, here.place)
    users = rulebook.uses(found, here.place)
    return {
        "rule": found,
        "cited": cited,
        "heading": cited.text if cited and len(cited.text) <= _LONGEST_HEADING else found.label,
        "chapter": chapter(found.group),
        "form_label": label,
        "history": rulebook.history(found, here.place),
        "users": [(rulebook.form_label(code, here.place), address(here.place, "form", code)) for code in users],
        "shelf_url": address(here.place, "rules", forme=found.form),
        "permanent": request.build_absolute_uri(request.path),
    }


def _no_rule(request: HttpRequest, here: Asked, rule_id: str, sentence: str) -> HttpResponse:
    """A page that helps: the rules whose words are those of the address, and the search."""
    near = rulebook.search(rule_id.rpartition(".")[2]) or rulebook.search(rule_id.partition(".")[0])
    context = {
        "sentence": sentence,
        "shelves": rulebook.shelves(near[:12], here.place),
        "text": "",
        "form": "",
        "counts": rulebook.counts(here.place),
    }
    return here.page(request, "orientation/rule_missing.html", context, status=404)


@access(PUBLIC)
def rules_json(request: HttpRequest) -> HttpResponse:
    """The rules as open data, whole history; `forme` and `territoire` narrow them."""
    form = request.GET.get(FORM, "").strip()
    if form and form not in library().pack.forms:
        return _wrong(f"La forme « {form[:40]} » n'existe pas.")
    try:
        return _open(export(library(), form=form, territory=request.GET.get(TERRITORY, "").strip()))
    except NoRuleInForce as unknown:
        return _wrong(unknown.sentence)


@access(PUBLIC)
def rule_json(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule as open data, in the same format."""
    if rule_id not in library().pack.rules:
        return _wrong(f"Aucune règle ne porte le nom « {rule_id[:80]} ».", 404)
    document = export(library(), form=library().rule(rule_id).form)
    return _open({**document, "rules": [one for one in document["rules"] if one["id"] == rule_id]})


@access(PUBLIC)
def rules_schema(request: HttpRequest) -> HttpResponse:
    """The form of the open data (JSON Schema 2020-12)."""
    return _open(json.loads((SCHEMAS / "export.json").read_text(encoding="utf-8")))


def _open(document: dict[str, Any]) -> JsonResponse:
    """A document that any site may read."""
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _wrong(sentence: str, status: int = 422) -> JsonResponse:
    return JsonResponse({"erreur": sentence}, json_dumps_params={"ensure_ascii": False}, status=status)
