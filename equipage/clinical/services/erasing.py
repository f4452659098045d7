"""Giving a person the whole of their file; erasing it, the key first, with a proof that names nobody."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.db import transaction

from equipage.clinical.chain import note
from equipage.clinical.models import (
    ActionLink,
    DataKey,
    JournalEntry,
    Note,
    Patient,
    Plan,
    PlanReview,
    PlanVersion,
    Recognition,
)
from equipage.clinical.printing import plan_pdf
from equipage.clinical.router import VAULT
from equipage.clinical.services.common import locked
from equipage.foundation.audit import plain
from equipage.foundation.refusals import Refused


@transaction.atomic(using=VAULT)
def erase(*, actor: Any, patient: Patient, typed: str) -> dict[str, int]:
    """Erase a file at once, with everything in it. `typed` is its reference, copied by hand. Raises Refused."""
    if typed.strip().upper() != patient.pk:
        raise Refused(f"Recopiez la référence du dossier, {patient.pk}, pour confirmer.", field="typed")
    row = locked(patient, actor, "clinical.keep_patient")
    return erase_rows(row, actor=actor, reason="person")


def erase_rows(patient: Patient, *, actor: Any, reason: str) -> dict[str, int]:
    """The key, then what it opened. In the caller's transaction; one line stays: reference, counts, reason."""
    DataKey.objects.filter(patient=patient).delete()
    counts = {
        "versions": PlanVersion.objects.filter(plan__patient=patient).delete()[0],
        "reviews": PlanReview.objects.filter(plan__patient=patient).delete()[0],
        "actions": ActionLink.objects.filter(plan__patient=patient).delete()[0],
        "plans": Plan.objects.filter(patient=patient).delete()[0],
        "notes": Note.objects.filter(patient=patient).delete()[0],
        "recognitions": Recognition.objects.filter(patient=patient).delete()[0],
    }
    note("patient.erase", patient, actor, facts={"reason": reason, **counts})
    Patient.objects.filter(pk=patient.pk).delete()
    return counts


def export_file(*, actor: Any, patient: Patient) -> bytes:
    """The whole file as a ZIP for the person: one JSON and the PDF of each plan. Nothing is kept. Raises Refused."""
    with transaction.atomic(using=VAULT):
        row = locked(patient, actor, "clinical.keep_patient")
        note("patient.export", row, actor)
    plans = list(row.plans.order_by("created_at", "pk"))
    for plan in plans:
        plan.patient = row
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dossier.json", json.dumps(_whole(row, plans), ensure_ascii=False, indent=2))
        for plan in plans:
            archive.writestr(f"plan-{plan.pk}.pdf", plan_pdf(plan, "pps"))
    return packed.getvalue()


def _whole(patient: Patient, plans: list[Plan]) -> dict[str, Any]:
    """Everything that is kept about a patient, opened."""
    notes = list(patient.notes.order_by("held_on", "pk"))
    for row in notes:
        row.patient = patient
    return {
        "reference": patient.pk,
        "fictif": patient.fictitious,
        "etat": patient.state,
        "contenu": patient.content,
        "accords": [_row(row) for row in patient.recognitions.order_by("professional_id")],
        "plans": [_plan(plan) for plan in plans],
        "comptes_rendus": [{**_row(row), "contenu": row.content} for row in notes],
        "journal": [_row(line) for line in JournalEntry.objects.filter(patient=patient.pk).order_by("id")],
    }


def _plan(plan: Plan) -> dict[str, Any]:
    versions, reviews = list(plan.versions.order_by("number")), list(plan.reviews.order_by("held_on", "pk"))
    under: list[Any] = [*versions, *reviews]
    for row in under:
        row.plan = plan
    return {
        **_row(plan),
        "contenu": plan.content,
        "versions": [{**_row(row), "contenu": row.content} for row in versions],
        "revues": [{**_row(row), "contenu": row.content} for row in reviews],
    }


def _row(row: Any) -> dict[str, Any]:
    """The columns in clear."""
    return {
        field.attname: plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name != "sealed"
    }
