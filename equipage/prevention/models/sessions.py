"""A session: one coordinated action, and what it belongs to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from equipage.foundation.policies import VisibleQuerySet
from equipage.prevention.models.actions import PreventionAction
from equipage.prevention.models.programmes import Programme
from equipage.prevention.rules import MOST_PEOPLE


class Session(models.Model):
    """One session (séance), declared as one coordinated action: of a prevention action, of a programme, or of neither.

    `support` is an action d'accompagnement: education that belongs to no programme and is not declared to the agency.
    `audience` is the number of people reached.
    """

    class Nature(models.TextChoices):
        PREVENTION = "prevention", "Séance d'une action de prévention"
        PROGRAMME = "programme", "Séance d'un programme d'ETP"
        SUPPORT = "support", "Action d'accompagnement"

    action = models.OneToOneField(
        "coordination.Action", models.PROTECT, related_name="prevention_session", verbose_name="action coordonnée"
    )
    nature = models.CharField("nature", max_length=20, choices=Nature)
    prevention_action = models.ForeignKey(
        PreventionAction, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="fiche action"
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="programme"
    )
    place = models.CharField("lieu", max_length=200)
    audience = models.PositiveIntegerField("personnes touchées")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ("-action__held_on", "-id")
        constraints = [
            models.CheckConstraint(
                name="session_belongs",
                condition=Q(nature="prevention", prevention_action__isnull=False, programme__isnull=True)
                | Q(nature="programme", prevention_action__isnull=True, programme__isnull=False)
                | Q(nature="support", prevention_action__isnull=True, programme__isnull=True),
            ),
            models.CheckConstraint(name="session_audience", condition=Q(audience__gte=1, audience__lte=MOST_PEOPLE)),
        ]

    def __str__(self) -> str:
        return self.get_nature_display()

    @property
    def team(self) -> object:
        return self.action.team

    @property
    def audit_stream(self) -> str:
        return self.action.audit_stream

    @property
    def belongs_to(self) -> str:
        """What it is a session of: « Mois sans tabac », or nothing for an action d'accompagnement."""
        owner = self.prevention_action or self.programme
        return owner.title if owner else ""
