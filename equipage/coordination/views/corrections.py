"""Pages of the counter-entries: say what was wrong after the lock, decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.coordination import selectors, services
from equipage.coordination.forms import CounterForm, ReasonForm
from equipage.coordination.lists import Counters
from equipage.coordination.models import CounterEntry
from equipage.coordination.services.facts import facts_from
from equipage.coordination.states import COUNTER
from equipage.coordination.views.actions import seen
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.people.models import Professional
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL

counters = access(*ASSOCIATION_ROLES)(listing_view(Counters))


@access(PROFESSIONAL, writes=True)
def ask(request: HttpRequest, action_id: int) -> HttpResponse:
    """« Signaler une erreur » on a validated action: the same card, and a sentence."""
    row = seen(request, action_id)
    if not can(request.user, "coordination.ask_counter_entry", row).allowed:
        raise Http404
    form = CounterForm(request.POST or None, team=row.team, user=request.user, facts=services.facts_of(row))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = None if given["never_held"] else form.facts()
        try:
            counter = services.ask_counter(row, actor=request.user, reason=given["reason"], facts=facts)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "C'est demandé : l'association décide, rien ne change d'ici là.")
            return redirect("coordination:counter", counter.pk)
    context = {"form": form, "action": row, "team": row.team, "label": selectors.kind_label(row)}
    status = 422 if request.method == "POST" else 200
    return render(request, "coordination/ask_counter.html", context, status=status)


def _seen(request: HttpRequest, counter_id: int) -> CounterEntry:
    rows = CounterEntry.objects.visible_to(request.user).select_related(
        "action__team", "asked_by", "decided_by", "replacement"
    )
    found: CounterEntry = get_object_or_404(rows, pk=counter_id)
    return found


@access(SIGNED_IN)
def counter(request: HttpRequest, counter_id: int) -> HttpResponse:
    """What was declared beside what should have been."""
    row = _seen(request, counter_id)
    facts = facts_from(row.facts) if row.facts else None
    people = Professional.objects.filter(pk__in=facts.present).order_by("last_name", "id") if facts else []
    context = {
        "counter": row,
        "state": COUNTER.states[row.state],
        "label": selectors.kind_label(row.action),
        "before": services.facts_of(row.action),
        "presences": selectors.presences_of(row.action),
        "facts": facts,
        "facts_label": selectors.label_of(row.action.team, facts.kind, facts.held_on) if facts else "",
        "people": people,
        "moves": available(COUNTER, row, request.user),
    }
    return render(request, "coordination/counter.html", context)


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, counter_id: int, move: str) -> HttpResponse:
    """Accept, refuse with a sentence, or withdraw."""
    row = _seen(request, counter_id)
    if move not in COUNTER.transitions or not COUNTER.transitions[move].who.test(request.user, row):
        raise Http404
    if move == "refuse":
        return _refuse(request, row)
    if request.method != "POST":
        return redirect("coordination:counter", row.pk)
    verb: Any = {"accept": services.accept_counter, "withdraw": services.withdraw_counter}[move]
    try:
        verb(row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, COUNTER.transitions[move].done or "Votre demande est retirée.")
    return redirect("coordination:counter", row.pk)


def _refuse(request: HttpRequest, row: CounterEntry) -> HttpResponse:
    transition = COUNTER.transitions["refuse"]
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = transition.comment_label
    if request.method == "POST" and form.is_valid():
        try:
            services.refuse_counter(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, transition.done)
            return redirect("coordination:counter", row.pk)
    context = {
        "heading": "Refuser la contre-écriture",
        "sentence": f"{selectors.kind_label(row.action)}, {row.action.team.name}.",
        "consequences": [],
        "form": form,
        "button": transition.label,
        "tone": "main",
        "cancel_url": reverse("coordination:counter", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)
