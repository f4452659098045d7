"""One coordinated action: a meeting, a visit, a plan or a protocol done by several."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.coordination.evidence import missing_evidence
from equipage.coordination.rules import missing_voices
from equipage.coordination.states import ACTION, OPEN
from equipage.foundation.policies import VisibleQuerySet


class Action(models.Model):
    """One coordinated action (action coordonnée): one meeting is one object, whoever declares it first.

    Three facts are kept apart, each with its date and its persons: declared (who opened it), verified (enough voices
    were there), validated (the association agrees). `minutes` is the duration, `patients` a count. `client_key` makes
    the same sending arrive once, `client_revision` the last of its versions. `replaces` is the action that a
    counter-entry reversed.
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="actions", verbose_name="équipe")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+")
    kind = models.CharField("type d'action", max_length=30)
    theme = models.CharField("thème", max_length=160, blank=True)
    title = models.CharField("objet", max_length=160, blank=True)
    held_on = models.DateField("date")
    starts_at = models.TimeField("heure de début", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("durée en minutes")
    patients = models.PositiveSmallIntegerField("nombre de patients", default=0)
    state = ACTION.state_field()
    verified_at = models.DateTimeField("vérifiée le", null=True, blank=True)
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_revision = models.PositiveIntegerField(default=1, editable=False)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("déclarée le")
    validated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    validated_at = models.DateTimeField("validée le", null=True, blank=True)
    return_reason = models.TextField("à corriger", blank=True)
    cancel_reason = models.TextField("motif du retrait", blank=True)
    reverse_reason = models.TextField("motif de la contre-écriture", blank=True)
    project_version = models.ForeignKey("projects.ProjectVersion", models.PROTECT, null=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "action coordonnée"
        verbose_name_plural = "actions coordonnées"
        ordering = ("-held_on", "-id")
        constraints = [
            *ACTION.constraints("action"),
            # A day has 24 hours, and an action that lasted no time did not happen.
            models.CheckConstraint(name="action_minutes", condition=Q(minutes__gte=1, minutes__lte=1440)),
            models.CheckConstraint(name="action_patients", condition=Q(patients__lte=500)),
        ]
        indexes = [
            models.Index(fields=("team", "-held_on", "-id"), name="action_team_day"),
            models.Index(fields=("region", "state", "held_on", "id"), name="action_region_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} du {self.held_on}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("coordination:action", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """May it still be corrected without leaving a counter-entry?"""
        return self.state in OPEN

    def missing_voices(self) -> tuple[str, ...]:
        """Why the action cannot be validated yet, as the rule of its kind says."""
        return missing_voices(self)

    def missing_evidence(self) -> tuple[str, ...]:
        """Which file is missing, when the rule of its kind asks for one; nothing otherwise."""
        return missing_evidence(self)
