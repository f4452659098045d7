"""A prevention action, planned then told. The public is described and counted, never named."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from equipage.foundation.french import typographic
from equipage.foundation.listing import normalised, search_field
from equipage.foundation.periods import Period
from equipage.foundation.policies import VisibleQuerySet
from equipage.prevention.rules import compared
from equipage.prevention.states import PREVENTION_ACTION


class PreventionAction(models.Model):
    """A prevention action (fiche action): for whom, when, with which partners, to what end, and what came of it.

    `first_on` and `last_on` are both included. `partners` names organisations, one a line. `audience` describes the
    public aimed at; the people reached are counted session by session.
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="prevention_actions", verbose_name="équipe")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+", verbose_name="région")
    title = models.CharField("titre", max_length=160)
    theme = models.CharField("thème", max_length=160, blank=True)
    audience = models.CharField("public visé", max_length=300)
    place = models.CharField("lieu", max_length=200, blank=True)
    first_on = models.DateField("du")
    last_on = models.DateField("au")
    partners = models.TextField("partenaires", blank=True)
    objectives = models.TextField("objectifs")
    responsible = models.ForeignKey(
        "people.Professional", models.PROTECT, related_name="+", verbose_name="membre responsable"
    )
    state = PREVENTION_ACTION.state_field()
    finished_on = models.DateField("résultats du", null=True, blank=True)
    outcome = models.TextField("ce que l'action a donné", blank=True)
    cancel_reason = models.TextField("motif de l'abandon", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créée le")
    updated_at = models.DateTimeField("modifiée le")
    search = search_field()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "action de prévention"
        verbose_name_plural = "actions de prévention"
        ordering = ("-first_on", "-id")
        constraints = [
            *PREVENTION_ACTION.constraints("prevention_action"),
            models.CheckConstraint(name="prevention_action_days", condition=Q(last_on__gte=F("first_on"))),
            # What came of it is told once it has begun.
            models.CheckConstraint(
                name="prevention_action_told_after",
                condition=Q(finished_on__isnull=True) | Q(finished_on__gte=F("first_on")),
            ),
        ]
        indexes = [
            models.Index(fields=("team", "-first_on", "-id"), name="prevention_team_day"),
            models.Index(fields=("region", "state", "-first_on", "-id"), name="prevention_region_state"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.search = normalised(self.title, self.theme, self.audience, self.place)
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("prevention:action", args=[self.pk])

    @property
    def period(self) -> Period:
        """Its days, as a period."""
        return Period.through(self.first_on, self.last_on)

    @property
    def when(self) -> str:
        """« du 3 au 28 novembre 2026 », « le 3 novembre 2026 »."""
        return str(self.period)

    @property
    def partner_names(self) -> list[str]:
        """The partners, one by one."""
        return [line.strip() for line in self.partners.splitlines() if line.strip()]

    def is_over(self, on: date) -> bool:
        """Has its last day passed?"""
        return self.last_on < on


class Indicator(models.Model):
    """What is counted (indicateur): the value expected when the action is planned, and the value achieved."""

    action = models.ForeignKey(PreventionAction, models.PROTECT, related_name="indicators", verbose_name="action")
    name = models.CharField("indicateur", max_length=160)
    unit = models.CharField("unité", max_length=40, blank=True)
    expected = models.DecimalField("valeur attendue", max_digits=10, decimal_places=2)
    achieved = models.DecimalField("valeur obtenue", max_digits=10, decimal_places=2, null=True, blank=True)
    comment = models.CharField("commentaire", max_length=200, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "indicateur"
        ordering = ("action", "id")
        constraints = [
            models.CheckConstraint(name="indicator_expected_counts", condition=Q(expected__gte=0)),
            models.CheckConstraint(
                name="indicator_achieved_counts", condition=Q(achieved__isnull=True) | Q(achieved__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        """« 12 personnes de plus que prévu. »"""
        return typographic(compared(self.expected, self.achieved, self.unit))
