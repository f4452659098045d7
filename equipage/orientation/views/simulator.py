"""The simulator: what a team would be paid in a year, from the scale in force. No account, nothing kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.french import day, typographic
from equipage.foundation.refusals import Refused
from equipage.orientation import simulator_page as page
from equipage.orientation.place import TERRITORY, Place, choices, place_of
from equipage.orientation.rulebook import address
from equipage.orientation.simulating import Subject, simulate, subjects_of
from equipage.orientation.simulator_form import SimulatorForm

FORM = "forme"


@access(PUBLIC)
def simulator(request: HttpRequest) -> HttpResponse:
    """The numbers in the address, counted; elsewhere than where a scale is published, what is known of the money."""
    try:
        place = place_of(request.GET)
    except Refused as refused:
        place = place_of({})
        return _without_scale(request, place, subjects_of(place), None, refused.sentence)
    subjects = subjects_of(place)
    try:
        chosen = _chosen(subjects, request.GET.get(FORM, "").strip(), place)
    except Refused as refused:
        return _without_scale(request, place, subjects, None, refused.sentence)
    if chosen is None or chosen.scale is None:
        return _without_scale(request, place, subjects, chosen)
    form = SimulatorForm(chosen, place.on, request.GET)
    valid = form.is_valid()
    context = _asked(form, chosen) | _surroundings(place, subjects, chosen)
    context |= _counted(request, form, chosen, place) if valid else {"result": None}
    return render(request, "orientation/simulator.html", context, status=200 if valid else 422)


def _chosen(subjects: tuple[Subject, ...], code: str, place: Place) -> Subject | None:
    """The form that the address names, else the first that can be counted. Raises Refused for one that is not there."""
    if not code:
        return next((subject for subject in subjects if subject.scale), None)
    found = next((subject for subject in subjects if subject.form.code == code), None)
    if found is None:
        sentence = f"La forme « {code[:40]} » n'existe pas {place.territory.inside} : choisissez-en une dans la liste."
        raise Refused(typographic(sentence), field=FORM)
    return found


def _asked(form: SimulatorForm, chosen: Subject) -> dict[str, Any]:
    """The questions, and the scale that counts."""
    assert chosen.scale is not None
    shown, more = form.people()
    return {
        "form": form,
        "people": shown,
        "more": more,
        "scale": chosen.scale,
        "tariffs": page.tariffs(chosen.form, chosen.scale),
        "fictitious": page.FICTITIOUS if chosen.scale.fictitious else "",
    }


def _surroundings(place: Place, subjects: tuple[Subject, ...], chosen: Subject | None) -> dict[str, Any]:
    """What both pages show around the count: where we are, the other forms, the other places."""
    counted = chosen if chosen and chosen.scale else None
    named = {FORM: counted.form.code} if counted and counted is not _chosen(subjects, "", place) else {}
    return {
        "place": place,
        "subject": chosen.form if chosen else None,
        "hidden": place.query | named,
        "others": page.others(subjects, counted, place),
        "places": choices(),
        "territory_name": TERRITORY,
    }


def _counted(request: HttpRequest, form: SimulatorForm, chosen: Subject, place: Place) -> dict[str, Any]:
    """The result, and the address that gives it again."""
    assert chosen.scale is not None
    plan = form.plan()
    found = simulate(chosen.form, chosen.scale.rates, plan, place.on, chosen.scale.cap_person_year_cents)
    link = f"{reverse('orientation:simulator')}?{_address(form, chosen, place)}"
    return {
        "result": found,
        "headline": typographic(page.headline(found)),
        "team": page.team_in_words(plan),
        "accounts": page.accounts(found, chosen.scale),
        "level": page.level(found),
        "conditions": page.conditions(chosen.form),
        "lacking": page.composition(chosen.form, plan, place.on),
        "unpaid": page.unpaid_in_words(form.unpaid(), chosen.form),
        "ceiling_url": address(place, "rule", found.ceiling.rule_id) if found.ceiling else "",
        "share": request.build_absolute_uri(link),
    }


def _address(form: SimulatorForm, chosen: Subject, place: Place) -> str:
    return "&".join(filter(None, [urlencode(place.query | {FORM: chosen.form.code}), form.address()]))


def _without_scale(
    request: HttpRequest, place: Place, subjects: tuple[Subject, ...], chosen: Subject | None, refusal: str = ""
) -> HttpResponse:
    """No scale to count with: said, with what the rules know of the money and whom to ask."""
    on_that_day = "" if place.is_today else f" le {day(place.on)}"
    context = _surroundings(place, subjects, chosen) | {"refusal": refusal, "on_that_day": on_that_day}
    if chosen:
        context["others"].sort(key=lambda other: other.form is not chosen.form)
    return render(request, "orientation/simulator_elsewhere.html", context, status=422 if refusal else 200)
