"""The files of a team, one file, its cards, its journal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.clinical import chain, contents, selectors
from equipage.clinical.contents import IDENTITY, PATIENT_CARDS
from equipage.clinical.forms import CardForm, InformationForm
from equipage.clinical.models import Patient
from equipage.clinical.reading import identity_of, names_of, patient_cards
from equipage.clinical.rules import RETENTION_SOURCE
from equipage.clinical.services import keeping, patients
from equipage.clinical.states import PATIENT, PLAN
from equipage.clinical.views.common import patient_seen, refuse_on, status_of, vault_page
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.teams.actors import is_member
from equipage.teams.models import Team
from equipage.teams.panels import tabs_of

_LAST_LINES = 8


def _team(request: HttpRequest, team_id: int) -> Team:
    """A team of which this person is a confirmed member today, or in which they still keep a file."""
    found: Team = get_object_or_404(Team.objects.select_related("commune"), pk=team_id)
    keeps = Patient.objects.visible_to(request.user).filter(team_id=found.pk).exists()
    if not (is_member(request.user, found) or keeps):
        raise Http404
    return found


@vault_page()
def of_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """The shared files of a team, as initials; « Montrer les noms » shows them, and is written in the journal."""
    team = _team(request, team_id)
    query = request.GET.get("q", "")[:60]
    lines = selectors.files_of(team.pk, request.user, query)
    named = "noms" in request.GET
    if named:
        chain.note_names([line.patient for line in lines if line.identity], request.user)
    context = {
        "team": team,
        "lines": lines,
        "named": named,
        "q": query,
        "may_create": can(request.user, "clinical.create_patient", team).allowed,
        "tabs": tabs_of(team, request.user, request.path),
    }
    return render(request, "clinical/of_team.html", context)


@vault_page(writes=True)
def new_patient(request: HttpRequest, team_id: int) -> HttpResponse:
    """Open a file for a person who was informed and agrees."""
    team = _team(request, team_id)
    if not can(request.user, "clinical.create_patient", team).allowed:
        raise Http404
    form = CardForm(request.POST or None, card=IDENTITY, shown={}, count=0)
    informed = InformationForm(request.POST or None)
    same = None
    if request.method == "POST" and all([form.is_valid(), informed.is_valid()]):
        try:
            patient = patients.create_patient(
                actor=request.user,
                team=team,
                identity=form.given(),
                another="another" in request.POST,
                **informed.cleaned_data,
            )
        except patients.SamePerson as question:
            same = question.existing
        except Refused as refused:
            refuse_on(informed if refused.field in informed.fields else form, refused)
        else:
            messages.success(request, "Le dossier est ouvert. Dites maintenant quels collègues la personne reconnaît.")
            return redirect("clinical:people", patient.pk)
    context = {"form": form, "informed": informed, "team": team, "same": same}
    return render(request, "clinical/new_patient.html", context, status=status_of(request))


@vault_page()
def patient(request: HttpRequest, patient_id: str) -> HttpResponse:
    """One file: who it is, plans, minutes, who read it. One put away shows nothing but how to open it."""
    row = patient_seen(request, patient_id)
    if row.state == "archived":
        return render(request, "clinical/archived.html", {"patient": row, "rule": keeping.retention()})
    chain.note("read.patient", row, request.user)
    content = row.content
    user: Any = request.user
    may_edit = can(user, "clinical.edit_patient", row).allowed
    context = {
        "patient": row,
        "identity": identity_of(content),
        "cards": patient_cards(content),
        "state": PATIENT.states[row.state],
        "plans": [(plan, PLAN.states[plan.state]) for plan in row.plans.order_by("-created_at", "pk")],
        "notes": list(row.notes.order_by("-held_on", "pk")),
        "author": names_of({row.author_id}).get(row.author_id, ""),
        "may_edit": may_edit,
        "may_begin": may_edit and not row.plans.exclude(state="closed").exists(),
        "keeps": can(user, "clinical.keep_patient", row).allowed,
        "may_take_over": can(user, "clinical.take_over_patient", row).allowed,
        "journal": selectors.told(selectors.journal_of(row, user)[:_LAST_LINES]),
        "erase_on": keeping.retention().erase_on(row.last_intervention_on),
        "source": RETENTION_SOURCE,
        "team": Team.objects.filter(pk=row.team_id).first(),
    }
    return render(request, "clinical/patient.html", context)


@vault_page(writes=True)
def card(request: HttpRequest, patient_id: str, card: str) -> HttpResponse:
    """Write one card of a file."""
    row = patient_seen(request, patient_id)
    if card not in PATIENT_CARDS or not can(request.user, "clinical.edit_patient", row).allowed:
        raise Http404
    content = row.content
    wanted = PATIENT_CARDS[card]
    form = CardForm(
        request.POST or None,
        card=wanted,
        shown=content["cards"].get(card, {}),
        count=contents.count_of(content, card),
    )
    theirs: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        try:
            patients.edit_card(
                actor=request.user, patient=row, card=card, given=form.given(), based_on=form.cleaned_data["based_on"]
            )
        except Refused as refused:
            theirs = refuse_on(form, refused)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("clinical:patient", row.pk)
    if request.method == "GET":
        chain.note("read.card", row, request.user, facts={"card": card})
    context = {
        "form": form,
        "heading": wanted.title,
        "lede": wanted.lede,
        "patient": row,
        "plan": None,
        "theirs": wanted.shown(theirs) if theirs else [],
    }
    return render(request, "clinical/card.html", context, status=status_of(request))


@vault_page()
def journal(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Everything that was read and written of a file, and by whom."""
    row = patient_seen(request, patient_id)
    page = Paginator(selectors.journal_of(row, request.user), 50).get_page(request.GET.get("page"))
    chain.note("read.journal", row, request.user)
    context = {"patient": row, "page": page, "lines": selectors.told(page.object_list)}
    return render(request, "clinical/journal.html", context)
