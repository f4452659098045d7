"""Changing keys: data keys wrapped anew by today's key of the ring, or, in depth, every text under a fresh data key."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.clinical import keys
from equipage.clinical.chain import note_keys
from equipage.clinical.contents import IDENTITY
from equipage.clinical.models import DataKey, Note, Patient, Plan, PlanReview, PlanVersion
from equipage.clinical.router import VAULT
from equipage.clinical.sealing import opened, sealed_text
from equipage.clinical.services.patients import identity_hashes
from equipage.foundation.crypto import KeyRing


def rotate(*, deep: bool) -> dict[str, int]:
    """Every data key under the first key of the ring; `deep`: every text under a new data key too.

    Stops safely at any time: one transaction a patient. Raises Unreadable when a key is missing.
    """
    done = {"patients": 0, "texts": 0}
    for pk in list(DataKey.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic(using=VAULT):
            row = DataKey.objects.select_for_update(of=("self",)).select_related("patient").filter(pk=pk).first()
            if row is None or (not deep and keys.wrapped_today(row.wrapped)):
                continue
            done["texts"] += _renewed(row) if deep else _rewrapped(row)
            _find_again(row.patient)
            done["patients"] += 1
    if done["patients"]:
        note_keys({"deep": deep, **done})
    return done


def _rewrapped(row: DataKey) -> int:
    row.wrapped = keys.rewrapped(row.wrapped, row.patient_id)
    row.save(update_fields=["wrapped"])
    return 0


def _renewed(row: DataKey) -> int:
    """A fresh data key, and everything under it."""
    old, secret = keys.unwrap(row.wrapped, row.patient_id), keys.new_secret()
    row.wrapped, row.made_at = keys.wrap(secret, row.patient_id), timezone.now()
    new = keys.unwrap(row.wrapped, row.patient_id)
    row.save(update_fields=["wrapped", "made_at"])
    return sum(_again(rows, old, new) for rows in sealed_rows(row.patient))


def sealed_rows(patient: Patient) -> list[Any]:
    """Every sealed row of a patient, by model."""
    return [
        Patient.objects.filter(pk=patient.pk),
        Plan.objects.filter(patient=patient),
        PlanVersion.objects.filter(plan__patient=patient),
        PlanReview.objects.filter(plan__patient=patient),
        Note.objects.filter(patient=patient),
    ]


def _again(rows: Any, old: KeyRing, new: KeyRing) -> int:
    count = 0
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        count += type(row).objects.filter(pk=row.pk).update(sealed=sealed_text(row, opened(row, old), new))
    return count


def _find_again(patient: Patient) -> None:
    """The search hash of the identity, with today's key."""
    row = Patient.objects.select_related("key").get(pk=patient.pk)
    identity = row.content["cards"][IDENTITY.key]
    Patient.objects.filter(pk=row.pk).update(identity_hash=identity_hashes(row.team_id, identity)[0])
