"""Pages of the questions about hours: the person explains, the association settles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.coordination import selectors, services
from equipage.coordination.forms import ExplanationForm
from equipage.coordination.lists import Overlaps
from equipage.coordination.models import Action, Overlap
from equipage.coordination.states import OVERLAP
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.people.roles import ASSOCIATION_ROLES

overlaps = access(*ASSOCIATION_ROLES, writes=True)(listing_view(Overlaps))


def _seen(request: HttpRequest, overlap_id: int) -> Overlap:
    rows = Overlap.objects.visible_to(request.user).select_related(
        "professional", "first__action__team", "second__action__team", "settled_by"
    )
    found: Overlap = get_object_or_404(rows, pk=overlap_id)
    return found


@access(SIGNED_IN)
def overlap(request: HttpRequest, overlap_id: int) -> HttpResponse:
    """Two actions side by side, and the question."""
    return _page(request, _seen(request, overlap_id), ExplanationForm())


def _page(request: HttpRequest, row: Overlap, form: ExplanationForm, status: int = 200) -> HttpResponse:
    user: Any = request.user
    readable = set(
        Action.objects.visible_to(user)
        .filter(pk__in=[row.first.action_id, row.second.action_id])
        .values_list("pk", flat=True)
    )
    sides = [
        {
            "presence": one,
            "action": one.action,
            "label": selectors.kind_label(one.action),
            "open": one.action_id in readable,
        }
        for one in (row.first, row.second)
    ]
    context = {
        "overlap": row,
        "state": OVERLAP.states[row.state],
        "sides": sides,
        "own": row.professional.user_id == user.pk,
        "form": form,
        "moves": {move.name for move in available(OVERLAP, row, user)},
    }
    return render(request, "coordination/overlap.html", context, status=status)


_VERBS = {"explain": services.explain_overlap, "settle": services.settle_overlap}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, overlap_id: int, move: str) -> HttpResponse:
    """« Les deux ont eu lieu », or the association closes the question."""
    row = _seen(request, overlap_id)
    if move not in _VERBS or request.method != "POST":
        raise Http404
    form = ExplanationForm(request.POST)
    if move == "explain" and not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        if move == "explain":
            services.explain_overlap(row, actor=request.user, answer=form.cleaned_data["answer"])
        else:
            services.settle_overlap(row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, OVERLAP.transitions[move].done)
    return redirect("coordination:overlap", row.pk)
