"""The month before it is paid: three piles, a decision about each person to look at, and the button that locks it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.compensation.forms.month import AlikeForm, DecisionForm, ReminderForm
from equipage.compensation.month_page import Asked, page_of
from equipage.compensation.services import decisions
from equipage.compensation.services import month as verbs
from equipage.compensation.services.reminders import remind as tell
from equipage.foundation.access import access
from equipage.foundation.french import counted
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs
from equipage.people.roles import ASSOCIATION_ROLES


@access(*ASSOCIATION_ROLES, writes=True)
def prepare(request: HttpRequest) -> HttpResponse:
    """What a month would pay, in three piles; and the button that locks it."""
    asked = Asked.read({**request.GET.dict(), **request.POST.dict()})
    if request.method != "POST" or asked.problem:
        return _page(request, asked, problem=asked.problem)
    try:
        run = verbs.prepare(organisation=association_of(request), month=asked.month, actor=request.user)
    except Refused as refused:
        return _page(request, asked, problem=refused.sentence)
    messages.success(request, f"La campagne de {asked.month.label} est prête : une deuxième personne l'approuve.")
    return redirect("payments:run", run.pk)


@access(*ASSOCIATION_ROLES, writes=True)
def decide(request: HttpRequest) -> HttpResponse:
    """Pay a person, let them wait, or come back on it; then on to the next."""
    asked = Asked.read(request.POST)
    if request.method != "POST":
        return redirect("compensation:prepare")
    organisation = association_of(request)
    form = DecisionForm(request.POST, organisation)
    if not asked.problem and form.is_valid():
        try:
            done = _decided(organisation, asked, form.cleaned_data, request.user)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, done)
            return redirect(_onwards(request, asked, form.cleaned_data))
    return _page(request, asked, problem=asked.problem or _said(form), typed=request.POST.dict())


def _decided(organisation: Any, asked: Asked, given: dict[str, Any], actor: Any) -> str:
    """Do it; the sentence that says so."""
    person = given["person"]
    whose = {"organisation": organisation, "month": asked.month, "professional": person, "actor": actor}
    seen = decisions.Seen(given["seen"], given["before"] or 0)
    if given["choice"] == "undo":
        decisions.undo(seen=seen, **whose)
        return f"{person.full_name} : la décision est annulée."
    made = decisions.decide(kind=given["choice"], reason=given["reason"], told=given["told"], seen=seen, **whose)
    after = "sera dans la campagne" if made.kind == "pay" else "attendra une prochaine campagne"
    return f"{person.full_name} {after}."


def _onwards(request: HttpRequest, asked: Asked, given: dict[str, Any]) -> str:
    """The same page, at the next person to decide upon; what was undone is looked at again."""
    done = given["person"].pk
    following = request.POST.get("following", "")
    place = following if following.isdecimal() and given["choice"] != "undo" else done
    return f"{reverse('compensation:prepare')}{asked.query}&fait={done}#personne-{place}"


@access(*ASSOCIATION_ROLES, writes=True)
def decide_alike(request: HttpRequest) -> HttpResponse:
    """Pay everybody who has one and the same reason."""
    asked, form = Asked.read(request.POST), AlikeForm(request.POST)
    if request.method != "POST":
        return redirect("compensation:prepare")
    if not asked.problem and form.is_valid():
        code, seen = form.cleaned_data["code"], form.cleaned_data["seen"]
        whose = {"organisation": association_of(request), "month": asked.month, "actor": request.user}
        try:
            count = decisions.pay_alike(code=code, seen_hash=seen, **whose)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"{counted(count, 'personne sera payée', 'personnes seront payées')}.")
            return redirect(f"{reverse('compensation:prepare')}{asked.query}#regarder")
    return _page(request, asked, problem=asked.problem or _said(form))


@access(*ASSOCIATION_ROLES, writes=True)
def remind(request: HttpRequest) -> HttpResponse:
    """Tell those who must act, once a week at most."""
    asked, form = Asked.read(request.POST), ReminderForm(request.POST)
    if request.method != "POST":
        return redirect("compensation:prepare")
    if not asked.problem and form.is_valid():
        whose = {"organisation": association_of(request), "month": asked.month, "actor": request.user}
        try:
            count = tell(waits_for=form.cleaned_data["waits_for"], **whose)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"{counted(count, 'personne est prévenue', 'personnes sont prévenues')}.")
            return redirect(f"{reverse('compensation:prepare')}{asked.query}#attend")
    return _page(request, asked, problem=asked.problem or _said(form))


def _said(form: Any) -> str:
    """The first thing that is wrong with a form, in its sentence."""
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _page(request: HttpRequest, asked: Asked, *, problem: str = "", typed: Any = None) -> HttpResponse:
    last = request.GET.get("fait", "")
    context = page_of(association_of(request), asked, request.user, typed=typed, last=last)
    context |= {"problem": problem, "tabs": money_tabs(reverse("payments:runs"))}
    return render(request, "compensation/prepare.html", context, status=422 if problem else 200)
