"""What is frozen, compared, printed, declared; and the minutes with names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.clinical import chain, selectors
from equipage.clinical.contents import NOTE
from equipage.clinical.forms import DeclareForm, NoteForm
from equipage.clinical.models import Plan, PlanVersion
from equipage.clinical.printing import MODELS, plan_pdf, version_pdf
from equipage.clinical.reading import differences, identity_of, patient_cards, plan_cards, problems
from equipage.clinical.services import notes
from equipage.clinical.services.declaring import declare_plan
from equipage.clinical.services.patients import recognised_members
from equipage.clinical.services.plans import digest_of
from equipage.clinical.views.common import note_seen, patient_seen, plan_seen, refuse_on, status_of, vault_page
from equipage.coordination.services import AlreadyDeclared
from equipage.foundation.crypto import Unreadable
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused


def _version(plan: Plan, number: int) -> PlanVersion:
    """A frozen version whose content is still what was frozen. Raises Http404, Unreadable."""
    found = selectors.version_of(plan, number)
    if found is None:
        raise Http404
    if digest_of(found.content) != found.digest:
        raise Unreadable(f"{found.bound_to} : la version n’est plus celle qui a été figée.")
    return found


@vault_page()
def version(request: HttpRequest, plan_id: str, number: int) -> HttpResponse:
    """A plan as it was validated."""
    row = plan_seen(request, plan_id)
    frozen = _version(row, number)
    chain.note("read.version", row.patient, request.user, about=frozen)
    content = frozen.content
    context = {
        "plan": row,
        "patient": row.patient,
        "version": frozen,
        "identity": identity_of(content["patient"]),
        "cards": [*patient_cards(content["patient"]), *plan_cards(content["plan"])],
        "problems": problems(content["plan"]),
        "earlier": number - 1,
    }
    return render(request, "clinical/version.html", context)


@vault_page()
def compare(request: HttpRequest, plan_id: str, number: int, other: int) -> HttpResponse:
    """Two versions of a plan, side by side: only what changed."""
    row = plan_seen(request, plan_id)
    before, after = _version(row, min(number, other)), _version(row, max(number, other))
    chain.note("read.compare", row.patient, request.user, about=after, facts={"with": before.number})
    context = {
        "plan": row,
        "patient": row.patient,
        "before": before,
        "after": after,
        "lines": differences(before.content, after.content),
    }
    return render(request, "clinical/compare.html", context)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@vault_page()
def print_plan(request: HttpRequest, plan_id: str, model: str) -> HttpResponse:
    """The plan as it stands, as PPS or as PPCS. Made now, kept nowhere."""
    row = plan_seen(request, plan_id)
    if model not in MODELS:
        raise Http404
    chain.note("read.print", row.patient, request.user, about=row, facts={"model": model})
    return _pdf(plan_pdf(row, model), f"{model}-{row.pk}.pdf")


@vault_page()
def print_version(request: HttpRequest, plan_id: str, number: int, model: str) -> HttpResponse:
    """A frozen version on paper."""
    row = plan_seen(request, plan_id)
    if model not in MODELS:
        raise Http404
    frozen = _version(row, number)
    chain.note("read.print", row.patient, request.user, about=frozen, facts={"model": model})
    return _pdf(version_pdf(frozen, model), f"{model}-{row.pk}-v{number}.pdf")


@vault_page(writes=True)
def declare(request: HttpRequest, plan_id: str) -> HttpResponse:
    """Declare a validated plan as an action of the team: one patient counted, no name."""
    row = plan_seen(request, plan_id)
    if not can(request.user, "clinical.edit_patient", row.patient).allowed or not row.versions.exists():
        raise Http404
    inside = recognised_members(row.patient)
    people = [(m.professional_id, m.name) for m in selectors.members_of(row.patient) if m.professional_id in inside]
    user: Any = request.user
    form = DeclareForm(request.POST or None, people=people, own=user.professional_or_none.pk)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            link = declare_plan(
                actor=user,
                plan=row,
                held_on=given["held_on"],
                minutes=given["minutes"],
                present=tuple(given["present"]),
                another=given["another"],
            )
        except AlreadyDeclared:
            form.add_error("another", "Une action semblable est déjà déclarée ce jour-là. Est-ce bien une autre ?")
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "C’est déclaré : un patient compté, aucun nom.")
            return redirect("coordination:action", link.action_id)
    context = {
        "heading": "Déclarer ce plan à l’équipe",
        "sentence": "L'action compte un patient. Elle ne dit ni qui, ni quel plan.",
        "consequences": [],
        "form": form,
        "button": "Déclarer",
        "tone": "main",
        "cancel_url": reverse("clinical:plan", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=status_of(request))


@vault_page(writes=True)
def new_note(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Write the minutes of a meeting about this patient."""
    row = patient_seen(request, patient_id)
    if not can(request.user, "clinical.edit_patient", row).allowed:
        raise Http404
    form = NoteForm(request.POST or None, shown={}, count=0)
    if request.method == "POST" and form.is_valid():
        try:
            made = notes.write_note(
                actor=request.user,
                patient=row,
                held_on=form.cleaned_data["held_on"],
                meeting_reference=form.cleaned_data["meeting_reference"],
                given=form.given(),
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le compte rendu est gardé dans le dossier.")
            return redirect("clinical:note", made.pk)
    context = {
        "form": form,
        "heading": "Compte rendu nominatif",
        "lede": "",
        "patient": row,
        "plan": None,
        "theirs": [],
    }
    return render(request, "clinical/card.html", context, status=status_of(request))


@vault_page(writes=True)
def note(request: HttpRequest, note_id: str) -> HttpResponse:
    """The minutes of a meeting: read, and corrected below by those who may."""
    row = note_seen(request, note_id)
    may_edit = can(request.user, "clinical.edit_patient", row.patient).allowed
    if request.method == "POST" and not may_edit:
        raise Http404
    content = row.content
    shown = {**content, "held_on": row.held_on.isoformat(), "meeting_reference": row.meeting_reference}
    form = NoteForm(request.POST or None, shown=shown, count=row.revision)
    theirs: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        try:
            notes.edit_note(
                actor=request.user,
                minutes=row,
                held_on=form.cleaned_data["held_on"],
                meeting_reference=form.cleaned_data["meeting_reference"],
                given=form.given(),
                based_on=form.cleaned_data["based_on"],
            )
        except Refused as refused:
            theirs = refuse_on(form, refused)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("clinical:note", row.pk)
    if request.method == "GET":
        chain.note("read.note", row.patient, request.user, about=row)
    context = {
        "note": row,
        "patient": row.patient,
        "pairs": [pair for pair in NOTE.shown(content) if pair[1]],
        "form": form if may_edit else None,
        "theirs": NOTE.shown(theirs) if theirs else [],
    }
    return render(request, "clinical/note.html", context, status=status_of(request))
