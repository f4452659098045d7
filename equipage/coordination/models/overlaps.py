"""The same person at two actions at the same moment: a question put to that person, never a block."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from equipage.coordination.models.presence import Presence
from equipage.coordination.states import OVERLAP
from equipage.foundation.policies import VisibleQuerySet


class Overlap(models.Model):
    """Two presences of one person whose hours meet (chevauchement), in one team or across teams.

    `certainty` says whether the hours are known on both sides. The row goes when a correction parts the two.
    """

    CERTAINTY = [("hours", "Mêmes heures"), ("maybe", "Même jour, mêmes durées")]

    first = models.ForeignKey(Presence, models.PROTECT, related_name="+")
    second = models.ForeignKey(Presence, models.PROTECT, related_name="+")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="overlaps")
    held_on = models.DateField("date")
    certainty = models.CharField("certitude", max_length=5, choices=CERTAINTY)
    state = OVERLAP.state_field()
    noticed_at = models.DateTimeField("remarqué le")
    answer = models.TextField("explication", blank=True)
    answered_at = models.DateTimeField("expliqué le", null=True, blank=True)
    settled_at = models.DateTimeField("classé le", null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "chevauchement"
        ordering = ("-held_on", "-id")
        constraints = [
            *OVERLAP.constraints("overlap"),
            models.UniqueConstraint(fields=("first", "second"), name="overlap_once"),
            models.CheckConstraint(name="overlap_ordered", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="overlap_certainty", condition=Q(certainty__in=("hours", "maybe"))),
        ]
        indexes = [models.Index(fields=("state", "-held_on", "-id"), name="overlap_state_day")]

    def __str__(self) -> str:
        return f"{self.professional}, {self.held_on}"

    @property
    def teams(self) -> tuple[object, object]:
        return self.first.action.team, self.second.action.team

    @property
    def audit_stream(self) -> str:
        return f"person:{self.professional_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("coordination:overlap", args=[self.pk])
