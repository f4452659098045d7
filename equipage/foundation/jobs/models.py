"""What the workers tell each other: who is alive, and which slot of a schedule was taken."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from equipage.foundation.policies import EVERYTHING, NOTHING, VisibleQuerySet, visibility

PLATFORM_ADMIN = "platform_admin"


class WorkerLease(models.Model):
    """A worker (ouvrier) that is, or was, alive. Past its lease without a beat, its running jobs are taken back."""

    worker_id = models.CharField("ouvrier", max_length=64, primary_key=True)
    host = models.CharField("machine", max_length=255)
    pid = models.PositiveIntegerField("processus")
    started_at = models.DateTimeField("démarré le")
    beat_at = models.DateTimeField("vu vivant le", db_index=True)
    lease_seconds = models.PositiveIntegerField("bail en secondes")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "ouvrier"
        ordering = ["-beat_at", "worker_id"]

    def __str__(self) -> str:
        return f"{self.host} ({self.pid})"


class ScheduledSlot(models.Model):
    """One slot (créneau) of a schedule, taken once whatever the number of nodes."""

    name = models.CharField("travail", max_length=200)
    slot = models.DateTimeField("créneau")
    taken_at = models.DateTimeField("pris le", auto_now_add=True)
    enqueued = models.BooleanField("mis en file")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "créneau planifié"
        ordering = ["name", "-slot"]
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="scheduled_slot_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot:%Y-%m-%d %H:%M}"


@visibility("foundation.WorkerLease")
@visibility("foundation.ScheduledSlot")
def _for_the_platform(user: Any) -> Q:
    """The machinery is seen by platform administrators only."""
    return EVERYTHING if PLATFORM_ADMIN in user.role_kinds else NOTHING
