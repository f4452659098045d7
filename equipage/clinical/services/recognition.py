"""What the patient says of each member, and of the whole: recognised, objection, agreement withdrawn, at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from equipage.clinical.chain import note
from equipage.clinical.models import Patient, Recognition
from equipage.clinical.nomenclatures import Form, Reopening
from equipage.clinical.router import VAULT
from equipage.clinical.rules import check_past
from equipage.clinical.services.common import intervened, locked
from equipage.clinical.states import PATIENT, RECOGNITION, professional_id
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.teams.models import Membership

# What may be recorded: the word of the form, and the state it leads to.
CHOICES = {
    "inform": "informed",
    "recognise": "recognised",
    "object": "objected",
    "withdraw": "withdrawn",
}


@transaction.atomic(using=VAULT)
def record_choice(
    *, actor: Any, patient: Patient, professional: int, choice: str, informed_on: date, form: str
) -> Recognition:
    """Record what the patient says of one member; an objection or a withdrawal holds from this instant.

    Raises Refused: not a member of the team, a day to come, the person who keeps the file.
    """
    check_past(informed_on, today(), field="informed_on", what="Le jour de l'information")
    if choice not in CHOICES:
        raise Refused("Choisissez ce que la personne a dit.", field="choice")
    if form not in Form.values:
        raise Refused("Dites sous quelle forme.", field="form")
    row = locked(patient, actor)
    ends = choice in ("object", "withdraw")
    if ends and professional == row.author_id:
        raise Refused(
            "Cette personne tient le dossier : passez-le d'abord à un autre membre reconnu, ou enregistrez que la "
            "personne retire tout.",
            field="choice",
        )
    known = row.recognitions.filter(professional_id=professional).first()
    if not ends and not _is_member(row, professional):
        raise Refused("Cette personne n'est pas membre confirmé de l'équipe aujourd'hui.", field="choice")
    recorder = professional_id(actor)
    assert recorder is not None  # the policy asked
    facts = {"informed_on": informed_on, "form": form, "recorded_by": recorder}
    if known is None:
        if choice == "withdraw":
            raise Refused("Rien n'avait été accordé à ce membre : notez une opposition.", field="choice")
        known = Recognition.objects.create(patient=row, professional_id=professional, **facts)
        note("clinical.recognition.inform", row, actor, about=known, facts={"professional": professional})
    intervened(row)
    if choice == "inform" or known.state == CHOICES[choice]:
        return known
    found: Recognition = run(RECOGNITION, known, choice, actor=actor, data=facts)
    return found


def _is_member(patient: Patient, professional: int) -> bool:
    members = Membership.objects.in_force().filter(team_id=patient.team_id, state__in=("confirmed", "left"))
    return members.filter(professional_id=professional).exists()


@transaction.atomic(using=VAULT)
def withdraw_all(*, actor: Any, patient: Patient) -> Patient:
    """The patient takes back every agreement: the file closes to all but who keeps it, from this instant."""
    row = locked(patient, actor, "clinical.keep_patient")
    for known in row.recognitions.filter(state="recognised").exclude(professional_id=row.author_id).order_by("pk"):
        run(RECOGNITION, known, "withdraw", actor=actor)
    found: Patient = run(PATIENT, row, "withdraw_all", actor=actor)
    return found


@transaction.atomic(using=VAULT)
def share_again(*, actor: Any, patient: Patient) -> Patient:
    """The patient agrees anew. Nobody is recognised by that alone: each member is asked about again."""
    locked(patient, actor, "clinical.keep_patient")
    found: Patient = run(PATIENT, patient, "share_again", actor=actor)
    return found


@transaction.atomic(using=VAULT)
def reopen(*, actor: Any, patient: Patient, reason: str) -> Patient:
    """Open a file put away, for a reason of the list; the night puts it back unless care goes on. Raises Refused."""
    if reason not in Reopening.values:
        raise Refused("Dites pourquoi l'archive est rouverte.", field="reason")
    row = locked(patient, actor, "clinical.keep_patient")
    move = "reopen_for_keeper" if row.withdrawn_at else "reopen"
    found: Patient = run(PATIENT, row, move, actor=actor)
    note("clinical.patient.reason", found, actor, facts={"reason": reason})
    return found
