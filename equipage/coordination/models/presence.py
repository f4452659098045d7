"""Who was at an action: members of the team, and guests who have no account."""

from __future__ import annotations

import uuid
from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.coordination.models.action import Action
from equipage.coordination.rules import Hours, own_hours
from equipage.coordination.states import GUEST, PRESENCE
from equipage.foundation.policies import VisibleQuerySet


class Presence(models.Model):
    """One professional at one action: expected, confirmed, or absent.

    `means` is how it was confirmed. `arrived_at` and `left_at` are given when they differ from those of the action.
    `held_on` repeats the day of the action: the hours of one person are looked for by person and day.
    """

    MEANS = [
        ("", "Pas encore"),
        ("declarer", "A déclaré l'action"),
        ("tap", "D'un geste"),
        ("code", "En lisant le code"),
        ("link", "Par un lien"),
    ]

    action = models.ForeignKey(Action, models.PROTECT, related_name="presences")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="presences")
    held_on = models.DateField("date")
    state = PRESENCE.state_field()
    means = models.CharField("confirmée", max_length=10, choices=MEANS, blank=True)
    arrived_at = models.TimeField("arrivée", null=True, blank=True)
    left_at = models.TimeField("départ", null=True, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    added_at = models.DateTimeField("ajouté le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        ordering = ("action", "professional", "id")
        constraints = [
            *PRESENCE.constraints("presence"),
            models.UniqueConstraint(fields=("action", "professional"), name="presence_once"),
            models.CheckConstraint(
                name="presence_means", condition=Q(means__in=("", "declarer", "tap", "code", "link"))
            ),
            # Half a fact says nothing of a length: both hours, or neither.
            models.CheckConstraint(
                name="presence_hours",
                condition=Q(arrived_at__isnull=True, left_at__isnull=True)
                | Q(arrived_at__isnull=False, left_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=("professional", "state"), name="presence_person_state"),
            models.Index(fields=("professional", "held_on", "id"), name="presence_person_day"),
        ]

    def __str__(self) -> str:
        return f"{self.professional}, {self.get_state_display()}"

    @property
    def team(self) -> object:
        return self.action.team

    @property
    def audit_stream(self) -> str:
        return self.action.audit_stream

    @property
    def hours(self) -> Hours:
        """When this person was there: her own hours, else those of the action."""
        return own_hours(self.action, self.arrived_at, self.left_at)

    @property
    def minutes(self) -> int:
        """How long this person was there, in minutes."""
        return self.hours.minutes

    @property
    def own_times(self) -> tuple[time, time] | None:
        """Arrival and departure, when they differ from those of the action."""
        return (self.arrived_at, self.left_at) if self.arrived_at and self.left_at else None


class Guest(models.Model):
    """Somebody of another house at an action (personne invitée): no account, one link, never paid.

    A guest is no voice of the team: convergence is proved by those who answer for the convention. The address is kept
    until the answer, or until the action is closed.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="guests")
    full_name = models.CharField("nom et prénom", max_length=120)
    role = models.CharField("fonction", max_length=120, blank=True)
    organisation = models.CharField("structure", max_length=160, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    state = GUEST.state_field()
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("ajoutée le")
    link_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "personne invitée"
        verbose_name_plural = "personnes invitées"
        ordering = ("action", "id")
        constraints = [*GUEST.constraints("guest")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def team(self) -> object:
        return self.action.team

    @property
    def audit_stream(self) -> str:
        return self.action.audit_stream
