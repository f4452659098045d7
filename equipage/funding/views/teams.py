"""Where each team is going, and what moves from one to another."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.french import euros
from equipage.foundation.listing import listing_view
from equipage.foundation.money import as_euros
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, moves, open_move, posted
from equipage.funding.forms import ReallotmentForm, RefuseForm
from equipage.funding.lists import ReallotmentListing
from equipage.funding.models import Reallotment
from equipage.funding.selectors import suggestions, team_years
from equipage.funding.services import reallotments as verbs
from equipage.funding.states import REALLOTMENT
from equipage.funding.views.funds import year_links, year_or_404
from equipage.people.roles import ASSOCIATION_ROLES

reallotment_list = access(*ASSOCIATION_ROLES)(listing_view(ReallotmentListing, "funding/listing.html"))


@access(*ASSOCIATION_ROLES)
def teams(request: HttpRequest, year: int) -> HttpResponse:
    """Every team of the region with its forecast, and what could be re-allotted."""
    organisation = association_of(request)
    rows = team_years(organisation, year_or_404(year))
    named = {row.team.pk: row.team for row in rows}
    ideas = [
        {
            "giver": named[idea.giver],
            "taker": named[idea.taker],
            "amount_cents": idea.amount_cents,
            "asked": urlencode({"giver": idea.giver, "taker": idea.taker, "amount": as_euros(idea.amount_cents)}),
        }
        for idea in suggestions(rows)
    ]
    context = {
        "year": year,
        "rows": rows,
        "ideas": ideas,
        "lost_cents": sum(row.forecast.lost_cents for row in rows),
        "short_cents": sum(row.forecast.short_cents for row in rows),
        "tabs": money_tabs(request.path),
        "years": year_links(organisation, year, "funding:teams"),
        "may_propose": can(request.user, "funding.propose_reallotment", organisation).allowed,
        "may_plan": can(request.user, "funding.plan_year", organisation).allowed,
    }
    return render(request, "funding/teams.html", context)


@access(*ASSOCIATION_ROLES, writes=True)
def propose(request: HttpRequest, year: int) -> HttpResponse:
    """Propose to move an allotment; the address may carry what the forecast suggests."""
    organisation = association_of(request)
    if not can(request.user, "funding.propose_reallotment", organisation).allowed:
        raise Http404
    initial: dict[str, Any] = {name: request.GET.get(name, "") for name in ("giver", "taker", "amount")}
    form = ReallotmentForm(posted(request), initial=initial, region_id=organisation.region_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = verbs.propose(
                actor=request.user,
                organisation=organisation,
                year=year_or_404(year),
                giver=data["giver"],
                taker=data["taker"],
                amount_cents=data["amount"],
                reason=data["reason"],
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La proposition est enregistrée : la trésorerie la décide.")
            return redirect("funding:reallotment", row.pk)
    context = {"form": form, "year": year, "cancel_url": reverse("funding:teams", args=[year])}
    return render(request, "funding/propose.html", context, status=422 if request.method == "POST" else 200)


def _seen(request: HttpRequest, reallotment_id: int) -> Any:
    rows = Reallotment.objects.visible_to(request.user).select_related(
        "organisation", "giver", "taker", "proposed_by", "decided_by"
    )
    return get_object_or_404(rows, pk=reallotment_id)


@access(*ASSOCIATION_ROLES)
def reallotment(request: HttpRequest, reallotment_id: int) -> HttpResponse:
    """A re-allotment: who, how much, why, who decides."""
    row = _seen(request, reallotment_id)
    context = {
        "row": row,
        "tabs": money_tabs(request.path),
        "actions": moves(REALLOTMENT, row, request.user, asks=("refuse",)),
        "base": reverse("funding:reallotment", args=[row.pk]),
    }
    return render(request, "funding/reallotment.html", context)


@access(*ASSOCIATION_ROLES, writes=True)
def reallotment_move(request: HttpRequest, reallotment_id: int, move: str) -> HttpResponse:
    """Decide, refuse (with a reason) or withdraw."""
    row = _seen(request, reallotment_id)
    if open_move(REALLOTMENT, row, request.user, move) is None:
        messages.info(request, f"Cette réaffectation est maintenant « {REALLOTMENT.states[row.state].label} ».")
        return redirect("funding:reallotment", row.pk)
    if move == "refuse":
        return _refuse(request, row)
    if request.method == "POST":
        try:
            (verbs.decide if move == "decide" else verbs.withdraw)(row, actor=request.user)
            messages.success(request, REALLOTMENT.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("funding:reallotment", row.pk)


def _refuse(request: HttpRequest, row: Reallotment) -> HttpResponse:
    form = RefuseForm(posted(request))
    back = reverse("funding:reallotment", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            verbs.refuse(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, REALLOTMENT.transitions["refuse"].done)
            return redirect(back)
    context = {
        "heading": f"Refuser de réaffecter {euros(row.amount_cents)}",
        "sentence": f"De {row.giver.name} à {row.taker.name}.",
        "consequences": ["Rien ne change dans les enveloppes."],
        "form": form,
        "button": "Refuser",
        "tone": "stop",
        "cancel_url": back,
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)
