"""The month before it is paid: three piles, and the button that locks it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.compensation.piles import preview
from equipage.compensation.services import month as verbs
from equipage.foundation.access import access
from equipage.foundation.periods import Month
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.funding.desk import association_of, money_tabs
from equipage.people.roles import ASSOCIATION_ROLES

_SHOWN = 200
_WHO = {"agency": "l'ARS", "member": "la personne", "association": "l'association", "team": "l'équipe"}


@access(*ASSOCIATION_ROLES, writes=True)
def prepare(request: HttpRequest) -> HttpResponse:
    """What a month would pay, in three piles; and the button that locks it."""
    organisation = association_of(request)
    problem, status = "", 200
    try:
        month = Month.parse(request.POST.get("mois") or request.GET.get("mois") or str(Month.current()))
    except Refused as refused:
        month, problem, status = Month.current(), refused.sentence, 422
    if request.method == "POST" and not problem:
        try:
            run = verbs.prepare(organisation=organisation, month=month, actor=request.user)
        except Refused as refused:
            problem, status = refused.sentence, 422
        else:
            messages.success(request, f"La campagne de {month.label} est prête : une deuxième personne l'approuve.")
            return redirect("payments:run", run.pk)
    context = {**_preview(organisation, month), "problem": problem, "tabs": money_tabs(reverse("payments:runs"))}
    context["decision"] = can(request.user, "compensation.prepare_run", organisation)
    return render(request, "compensation/prepare.html", context, status=status)


def _preview(organisation: Any, month: Month) -> dict[str, Any]:
    found = preview(organisation, month)
    for line in found.not_ready.lines:
        line.who = _WHO[line.waits_for]
    piles = (
        ("Clair", found.clear, "ok", "Tout est réuni, rien d'inhabituel."),
        ("À regarder", found.to_look_at, "wait", "Payable, avec un point à relire."),
        (
            "Pas encore prêt",
            found.not_ready,
            "quiet",
            "Une condition manque ; chaque personne le voit dans « Mon argent ».",
        ),
    )
    return {
        "month": month,
        "before": month.previous,
        "after": month.next if month < Month.current() else None,
        "preview": found,
        "shown": _SHOWN,
        "piles": [
            {"label": label, "count": pile.count, "cents": pile.total_cents, "tone": tone, "sentence": sentence}
            for label, pile, tone, sentence in piles
        ],
    }
