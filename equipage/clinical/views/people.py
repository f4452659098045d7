"""Information and agreements; and the acts of who keeps the file: pass it on, export, erase, open an archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.clinical import chain, selectors
from equipage.clinical.forms import ChoiceForm, EraseForm, HandOverForm, ReasonForm
from equipage.clinical.models import Patient
from equipage.clinical.nomenclatures import Reopening
from equipage.clinical.reading import identity_of
from equipage.clinical.services import erasing, patients, recognition
from equipage.clinical.states import PATIENT, RECOGNITION
from equipage.clinical.views.common import patient_seen, refuse_on, status_of, vault_page
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused


@vault_page()
def people(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Who the person recognises, who they object to, when and how they were informed, who wrote it down."""
    row = patient_seen(request, patient_id)
    if row.state == "archived":
        return redirect("clinical:patient", row.pk)
    chain.note("read.people", row, request.user)
    context = {
        "patient": row,
        "identity": identity_of(row.content),
        "lines": selectors.members_of(row),
        "may_edit": can(request.user, "clinical.edit_patient", row).allowed,
        "keeps": can(request.user, "clinical.keep_patient", row).allowed,
    }
    return render(request, "clinical/people.html", context)


@vault_page(writes=True)
def recognise(request: HttpRequest, patient_id: str, professional_id: int) -> HttpResponse:
    """Record what the person says of one member. It holds at once."""
    row = patient_seen(request, patient_id)
    line = next((one for one in selectors.members_of(row) if one.professional_id == professional_id), None)
    if line is None or not can(request.user, "clinical.edit_patient", row).allowed:
        raise Http404
    form = ChoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recognition.record_choice(
                actor=request.user, patient=row, professional=professional_id, **form.cleaned_data
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            move = form.cleaned_data["choice"]
            done = RECOGNITION.transitions[move].done if move in RECOGNITION.transitions else "C’est noté."
            messages.success(request, done)
            gone = not Patient.objects.visible_to(request.user).filter(pk=row.pk).exists()
            return redirect("clinical:of_team", row.team_id) if gone else redirect("clinical:people", row.pk)
    return render(
        request, "clinical/recognise.html", {"patient": row, "line": line, "form": form}, status=status_of(request)
    )


def _kept(request: HttpRequest, patient_id: str, *states: str) -> Patient:
    """The file, for who keeps it, in one of these states; else 404."""
    row = patient_seen(request, patient_id)
    if row.state not in states or not can(request.user, "clinical.keep_patient", row).allowed:
        raise Http404
    return row


def _ask(
    request: HttpRequest,
    row: Patient,
    form: Any,
    act: Callable[[Any], Any],
    words: dict[str, Any],
    back: str = "",
) -> HttpResponse:
    """Ask once more, then act; `words`: heading, sentence, consequences, button, tone, done."""
    here = reverse("clinical:patient", args=[row.pk])
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            act(form)
        except Refused as refused:
            if form is None:
                messages.error(request, refused.sentence)
                return redirect(here)
            refuse_on(form, refused)
        else:
            messages.success(request, words["done"])
            return redirect(back or here)
    context = {"consequences": [], "tone": "main", **words, "form": form, "cancel_url": here}
    return render(request, "web/confirm.html", context, status=status_of(request))


@vault_page(writes=True)
def withdraw_all(request: HttpRequest, patient_id: str) -> HttpResponse:
    """The person takes back every agreement."""
    row = _kept(request, patient_id, "open")
    words = {
        "heading": "La personne retire tout ?",
        "sentence": f"Dossier {row.pk}.",
        "consequences": [
            "Aucun membre de l'équipe ne voit plus le dossier, dès cet instant.",
            "Vous le gardez, en lecture, le temps de conservation prévu ; vous pouvez l'exporter ou l'effacer.",
        ],
        "button": "Fermer le dossier",
        "tone": "stop",
        "done": PATIENT.transitions["withdraw_all"].done,
    }
    return _ask(request, row, None, lambda form: recognition.withdraw_all(actor=request.user, patient=row), words)


@vault_page(writes=True)
def share_again(request: HttpRequest, patient_id: str) -> HttpResponse:
    """The person agrees anew."""
    row = _kept(request, patient_id, "withdrawn")
    words = {
        "heading": "La personne accepte de nouveau ?",
        "sentence": "Personne n'est reconnu par ce seul geste : vous direz ensuite de qui elle parle.",
        "button": "Rouvrir le dossier",
        "done": PATIENT.transitions["share_again"].done,
    }
    return _ask(request, row, None, lambda form: recognition.share_again(actor=request.user, patient=row), words)


@vault_page(writes=True)
def reopen(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Open a file put away."""
    row = _kept(request, patient_id, "archived")
    words = {
        "heading": "Rouvrir l’archive",
        "sentence": "Le motif est écrit dans le journal du dossier.",
        "consequences": ["Sans nouvelle intervention, le dossier est remis sous scellé cette nuit."],
        "button": "Rouvrir",
        "done": "L’archive est ouverte.",
    }
    form = ReasonForm(request.POST or None, of=Reopening)
    return _ask(
        request,
        row,
        form,
        lambda given: recognition.reopen(actor=request.user, patient=row, reason=given.cleaned_data["reason"]),
        words,
    )


@vault_page(writes=True)
def hand_over(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Pass the file to another recognised member."""
    row = _kept(request, patient_id, "open")
    known = patients.recognised_members(row) - {row.author_id}
    choices = [(line.professional_id, line.name) for line in selectors.members_of(row) if line.professional_id in known]
    words = {
        "heading": "Passer le dossier",
        "sentence": "À un membre de l'équipe que la personne reconnaît."
        if choices
        else "Aucun autre membre n'est reconnu.",
        "consequences": ["Cette personne tient le dossier désormais : elle seule l'exporte, le ferme ou l'efface."],
        "button": "Passer le dossier",
        "done": "Le dossier est passé.",
    }

    def act(given: Any) -> None:
        patients.hand_over(actor=request.user, patient=row, professional_id=given.cleaned_data["professional"])

    return _ask(request, row, HandOverForm(request.POST or None, people=choices), act, words)


@vault_page(writes=True)
def take_over(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Take a file whose author has left the team."""
    row = patient_seen(request, patient_id)
    if not can(request.user, "clinical.take_over_patient", row).allowed:
        raise Http404
    words = {
        "heading": "Reprendre ce dossier ?",
        "sentence": "La personne qui le tenait a quitté l'équipe.",
        "consequences": ["Vous le tenez désormais ; la personne qui est partie n'y a plus accès."],
        "button": "Reprendre le dossier",
        "done": "Vous tenez ce dossier.",
    }
    return _ask(request, row, None, lambda form: patients.take_over(actor=request.user, patient=row), words)


@vault_page(writes=True)
def export(request: HttpRequest, patient_id: str) -> HttpResponse:
    """The whole file for the person: one ZIP, made now, kept nowhere."""
    row = _kept(request, patient_id, "open", "withdrawn", "archived")
    if request.method == "POST":
        packed = erasing.export_file(actor=request.user, patient=row)
        response = HttpResponse(packed, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="dossier-{row.pk}.zip"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    context = {
        "heading": "Exporter le dossier",
        "sentence": "Un fichier ZIP pour la personne : ce qui est écrit, les accords, les lectures, les plans en PDF.",
        "consequences": [
            "Le fichier n'est gardé nulle part ici : remettez-le en main propre, ou par messagerie sécurisée."
        ],
        "form": None,
        "button": "Télécharger",
        "tone": "main",
        "cancel_url": reverse("clinical:patient", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context)


@vault_page(writes=True)
def erase(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Erase a file at once."""
    row = _kept(request, patient_id, "open", "withdrawn", "archived")
    words = {
        "heading": "Effacer le dossier ?",
        "sentence": f"Recopiez la référence pour confirmer : {row.pk}.",
        "consequences": [
            "La clé du dossier est détruite, puis tout ce qu'elle ouvrait : fiche, plans, versions, comptes rendus.",
            "Rien ne permet d'y revenir. Une ligne du journal dit que la référence a été effacée, sans identité.",
            "Le dossier que chaque professionnel tient dans son propre logiciel n'est pas touché.",
        ],
        "button": "Effacer pour toujours",
        "tone": "stop",
        "done": "Le dossier est effacé.",
    }

    def act(given: Any) -> None:
        erasing.erase(actor=request.user, patient=row, typed=given.cleaned_data["typed"])

    back = reverse("teams:mine")
    return _ask(request, row, EraseForm(request.POST or None), act, words, back)
