"""A mistake found after the lock: nothing is rewritten, a counter-entry stands beside it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.coordination.models.action import Action
from equipage.coordination.states import COUNTER
from equipage.foundation.policies import VisibleQuerySet


class CounterEntry(models.Model):
    """A validated action said to be wrong (contre-écriture): asked by the team, decided by the association.

    `facts` is what should have been declared, None when the action did not take place. Once accepted, the action is
    reversed and stays readable; `replacement` is the action declared in its place.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="counter_entries")
    facts = models.JSONField("ce qui aurait dû être déclaré", null=True, blank=True)
    reason = models.TextField("ce qui n'allait pas")
    state = COUNTER.state_field()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("demandée le")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    answer = models.TextField("réponse", blank=True)
    replacement = models.OneToOneField(Action, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "contre-écriture"
        verbose_name_plural = "contre-écritures"
        ordering = ("-asked_at", "-id")
        constraints = [
            *COUNTER.constraints("counter"),
            models.UniqueConstraint(fields=("action",), condition=Q(state="asked"), name="counter_one_open"),
            models.UniqueConstraint(fields=("action",), condition=Q(state="accepted"), name="counter_one_accepted"),
        ]

    def __str__(self) -> str:
        return f"Contre-écriture de {self.action}"

    @property
    def team(self) -> object:
        return self.action.team

    @property
    def audit_stream(self) -> str:
        return self.action.audit_stream

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("coordination:counter", args=[self.pk])
