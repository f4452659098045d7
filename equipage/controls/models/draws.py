"""What is drawn and by what rule, for anybody to draw again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.controls.rules import CHOICES, LABELS, Candidate, Rate, Thresholds, seed_of
from equipage.controls.states import PLAN
from equipage.foundation.french import day
from equipage.foundation.periods import Month
from equipage.foundation.policies import VisibleQuerySet


class ControlPlan(models.Model):
    """The rates, thresholds and delays of an association (plan de contrôle), public once adopted by a second person.

    No text sets these figures: `fictitious` says that they are only an example. Delays are in calendar days.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="control_plans")
    label = models.CharField("nom", max_length=120)
    fictitious = models.BooleanField("chiffres fictifs", default=False)
    valid_from = models.DateField("à partir du")
    state = PLAN.state_field()
    new_below = models.PositiveSmallIntegerField("équipe nouvelle sous")
    confirmed_after = models.PositiveSmallIntegerField("équipe confirmée après")
    watched_months = models.PositiveSmallIntegerField("équipe suivie pendant, en mois")
    high_cents = models.BigIntegerField("montant élevé, en centimes", null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField("jours pour répondre")
    extension_days = models.PositiveSmallIntegerField("jours de prolongation")
    reply_days = models.PositiveSmallIntegerField("jours pour discuter un résultat")
    decide_days = models.PositiveSmallIntegerField("jours pour décider")
    remind_days = models.PositiveSmallIntegerField("rappel, en jours avant")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("préparé le")
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="adopté par"
    )
    adopted_at = models.DateTimeField("adopté le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "plan de contrôle"
        verbose_name_plural = "plans de contrôle"
        ordering = ("-valid_from", "-id")
        constraints = [
            *PLAN.constraints("control_plan"),
            models.UniqueConstraint(
                fields=("organisation", "valid_from"),
                condition=Q(state="in_force"),
                name="control_plan_one_a_day",
            ),
            models.CheckConstraint(
                name="control_plan_figures",
                condition=Q(confirmed_after__gte=1, answer_days__gte=1, reply_days__gte=1, decide_days__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def audit_stream(self) -> str:
        return f"controls:{self.organisation_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("controls:plan", args=[self.pk])

    @property
    def revision(self) -> str:
        """What tells one writing of the draft from another."""
        return self.drafted_at.isoformat()

    @property
    def thresholds(self) -> Thresholds:
        """Where its classes begin."""
        return Thresholds(self.new_below, self.confirmed_after, self.watched_months, self.high_cents)

    def rates_by_class(self) -> dict[str, Rate]:
        """The rate of each class."""
        return {row.risk: Rate(row.percent, row.minimum) for row in self.rates.all()}


class ControlRate(models.Model):
    """How much of one risk class is drawn (taux de contrôle)."""

    plan = models.ForeignKey(ControlPlan, models.PROTECT, related_name="rates")
    risk = models.CharField("classe", max_length=20, choices=CHOICES)
    percent = models.PositiveSmallIntegerField("taux, en pour cent")
    minimum = models.PositiveSmallIntegerField("au moins", default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "taux de contrôle"
        verbose_name_plural = "taux de contrôle"
        ordering = ("plan", "risk")
        constraints = [
            models.UniqueConstraint(fields=("plan", "risk"), name="control_rate_once"),
            models.CheckConstraint(name="control_rate_percent", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="control_rate_class", condition=Q(risk__in=sorted(value for value, _ in CHOICES))
            ),
        ]

    def __str__(self) -> str:
        return f"{LABELS[self.risk]} : {self.percent} %"


class Draw(models.Model):
    """One draw of a month (tirage): the salt is written first, what was read and found is written once after it.

    `population` holds each action with its class, `rates` what was applied. A row never changes (a trigger refuses).
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="control_draws")
    plan = models.ForeignKey(ControlPlan, models.PROTECT, related_name="draws")
    month = models.DateField("mois")
    salt = models.CharField("sel public", max_length=64)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("sel écrit le")
    rates = models.JSONField("taux appliqués", null=True, blank=True)
    population = models.JSONField("population", null=True, blank=True)
    population_hash = models.CharField("empreinte de la population", max_length=64, null=True, blank=True)  # noqa: DJ001 (an append-only row goes once from null to a value)
    population_count = models.PositiveIntegerField("actions de la population", null=True, blank=True)
    drawn_count = models.PositiveIntegerField("actions tirées", null=True, blank=True)
    drawn_at = models.DateTimeField("tiré le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "tirage"
        ordering = ("-month", "-id")
        constraints = [
            models.UniqueConstraint(fields=("organisation", "month"), name="control_draw_once"),
            models.CheckConstraint(
                name="control_draw_whole",
                condition=Q(drawn_at__isnull=True, population_hash__isnull=True, drawn_count__isnull=True)
                | Q(drawn_at__isnull=False, population_hash__isnull=False, drawn_count__isnull=False),
            ),
            models.CheckConstraint(name="control_draw_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="control_draw_salt", condition=~Q(salt="")),
        ]

    def __str__(self) -> str:
        return f"Tirage de {Month.of(self.month).label}, sel du {day(self.opened_at)}"

    @property
    def audit_stream(self) -> str:
        return f"controls:{self.organisation_id}"

    @property
    def seed(self) -> str:
        """What the ranking hangs on."""
        return seed_of(self.organisation_id, str(Month.of(self.month)), self.salt)

    def candidates(self) -> list[Candidate]:
        """The population that was read."""
        rows: Any = self.population or []
        return [Candidate(int(action_id), str(risk)) for action_id, risk in rows]

    def applied_rates(self) -> dict[str, Rate]:
        """The rates that were applied."""
        found: Any = self.rates or {}
        return {risk: Rate(int(percent), int(minimum)) for risk, (percent, minimum) in found.items()}
