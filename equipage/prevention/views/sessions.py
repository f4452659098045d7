"""« Déclarer une séance »: one card, one coordinated action."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.coordination.models import Action
from equipage.coordination.selectors import declarable_teams, kind_label, told_after
from equipage.coordination.services import AlreadyDeclared
from equipage.foundation.access import access
from equipage.foundation.french import day
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.roles import PROFESSIONAL
from equipage.prevention import selectors, services
from equipage.prevention.forms import AttachForm, SessionForm
from equipage.prevention.rules import GATED
from equipage.prevention.views.common import ask, tabs_of, written_or_404


@access(PROFESSIONAL, writes=True)
def declare_session(request: HttpRequest, team_id: int) -> HttpResponse:
    """Declare a session; two questions may be asked before: other days, a look-alike. Nothing typed is lost."""
    team = get_object_or_404(declarable_teams(request.user), pk=team_id)
    form = SessionForm(request.POST or None, team=team, user=request.user, target=request.GET.get("de", ""))
    asked: dict[str, Any] = {"same": None, "same_label": "", "outside": ""}
    if request.method == "POST" and form.is_valid():
        answer = _declare(request, team, form, asked)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "team": team,
        "tabs": tabs_of(request, team),
        "gate": selectors.gate_today(team),
        **asked,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "prevention/session.html", context, status=status)


def _declare(request: HttpRequest, team: Any, form: SessionForm, asked: dict[str, Any]) -> HttpResponse | None:
    """The answer once declared; None when something is asked or refused, said in `asked` or on the form."""
    values = form.cleaned_data
    try:
        session = services.declare_session(
            actor=request.user,
            team=team,
            given=form.given(),
            client_key=values["client_key"],
            another=values["another"],
            outside=values["outside"],
        )
    except services.OutsideDates as question:
        asked["outside"] = question.sentence
    except AlreadyDeclared as question:
        asked["same"], asked["same_label"] = question.existing, kind_label(question.existing)
    except Refused as refused:
        refuse_on(form, refused)
    else:
        said = [tell(session.action, request.user) for tell in told_after]
        messages.success(request, " ".join(part for part in ("La séance est déclarée.", *said) if part))
        return redirect("coordination:action", session.action_id)
    return None


@access(PROFESSIONAL, writes=True)
def attach(request: HttpRequest, action_id: int) -> HttpResponse:
    """Say what an action declared elsewhere is a session of."""
    rows = Action.objects.visible_to(request.user).select_related("team").exclude(state__in=selectors.NOT_HELD)
    row = get_object_or_404(rows.filter(kind__in=GATED, prevention_session__isnull=True), pk=action_id)
    written_or_404(request, row.team)
    form = AttachForm(request.POST or None, action=row)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("place", "audience")}
        owner = {"prevention_action": form.owner["action"], "programme": form.owner["programme"]}
        try:
            services.attach_session(actor=request.user, action=row, **given, **owner)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La séance est rattachée.")
            return redirect("coordination:action", row.pk)
    return ask(
        request,
        form,
        reverse("coordination:action", args=[row.pk]),
        heading="Rattacher cette action",
        sentence=f"{kind_label(row)} du {day(row.held_on)}, {row.team.name}.",
        button="Rattacher",
    )
