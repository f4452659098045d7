"""The minutes with names of a meeting about one patient. Outside, the meeting has a reference and a count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.clinical.chain import note
from equipage.clinical.contents import NOTE
from equipage.clinical.models import Note, Patient
from equipage.clinical.router import VAULT
from equipage.clinical.rules import check_past
from equipage.clinical.sealing import SEALED, canonical
from equipage.clinical.services.common import Changed, answers, intervened, locked
from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused

_REFERENCE = re.compile(r"[0-9A-Z-]{0,40}")


def _checked(held_on: date, reference: str) -> str:
    check_past(held_on, today(), field="held_on", what="La réunion")
    compact = reference.strip().upper()
    if not _REFERENCE.fullmatch(compact) or (compact and not any(sign.isdigit() for sign in compact)):
        raise Refused(
            typographic(
                "La référence d'une réunion est faite de chiffres, de lettres et de tirets, sans nom : laissez la case "
                "vide si vous ne l'avez pas."
            ),
            field="meeting_reference",
        )
    return compact


@transaction.atomic(using=VAULT)
def write_note(
    *, actor: Any, patient: Patient, held_on: date, meeting_reference: str, given: Mapping[str, Any]
) -> Note:
    """Write the minutes of a meeting about this patient. Raises Refused."""
    reference, data = _checked(held_on, meeting_reference), answers(NOTE, given)
    row = locked(patient, actor)
    now = timezone.now()
    made = Note(
        patient=row,
        held_on=held_on,
        meeting_reference=reference,
        created_by=actor.pk,
        created_at=now,
        updated_by=actor.pk,
        updated_at=now,
    )
    made.seal(data)
    made.save(force_insert=True)
    intervened(row)
    note("note.create", row, actor, about=made)
    return made


@transaction.atomic(using=VAULT)
def edit_note(
    *, actor: Any, minutes: Note, held_on: date, meeting_reference: str, given: Mapping[str, Any], based_on: int
) -> Note:
    """Correct the minutes. Raises Refused, Changed."""
    reference, data = _checked(held_on, meeting_reference), answers(NOTE, given)
    patient = locked(minutes.patient, actor)
    row: Note = Note.objects.select_for_update(of=("self",)).get(pk=minutes.pk)
    row.patient = patient
    before = row.content
    if canonical(before) == canonical(data) and (row.held_on, row.meeting_reference) == (held_on, reference):
        return row
    if row.revision != based_on:
        raise Changed(before, row.revision)
    row.held_on, row.meeting_reference = held_on, reference
    row.updated_by, row.updated_at = actor.pk, timezone.now()
    row.seal(data)
    row.save(update_fields=[*SEALED, "held_on", "meeting_reference", "updated_by", "updated_at"])
    intervened(patient)
    note("note.edit", patient, actor, about=row, facts={"revision": row.revision})
    return row
