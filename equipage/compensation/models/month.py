"""What a person decided about a month before it is locked, and whom they told of what is missing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.policies import VisibleQuerySet


class MonthDecision(models.Model):
    """Somebody looked at what a person would receive for a month, and decided (décision): pay, or wait.

    `seen_hash` is the SHA-256 of the lines and reasons they looked at: on anything else the decision does not count.
    Rows are written once; `replaced_at` closes the one that another follows or that was undone, so that the page of a
    run still says what held on the day it was prepared. `told`: the person reads the reason.
    """

    class Kind(models.TextChoices):
        PAY = "pay", "Payer"
        WAIT = "wait", "Attendre"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    month = models.DateField("mois (premier jour)")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="month_decisions")
    kind = models.CharField("décision", max_length=10, choices=Kind)
    reason = models.TextField("motif", blank=True)
    told = models.BooleanField("motif dit à la personne", default=False)
    seen_hash = models.CharField("empreinte de ce qui a été regardé", max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("décidé le")
    replaced_at = models.DateTimeField("remplacée le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "décision du mois"
        verbose_name_plural = "décisions du mois"
        ordering = ("-month", "professional", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "month", "professional"),
                condition=Q(replaced_at__isnull=True),
                name="month_decision_current_once",
            ),
            models.CheckConstraint(name="month_decision_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="month_decision_kind", condition=Q(kind__in=("pay", "wait"))),
            models.CheckConstraint(
                name="month_decision_wait_has_reason", condition=Q(kind="pay", told=False) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=("professional", "organisation", "month"), name="month_decision_person")]

    def __str__(self) -> str:
        return f"{self.professional}, {self.month} : {self.kind}"

    @property
    def audit_stream(self) -> str:
        """The chain of the person's money, that no team-mate reads."""
        return f"claims:{self.professional_id}"


class HindranceNotice(models.Model):
    """A reminder (rappel) to somebody who must act before lines are paid: who was told, when. Written once."""

    class WaitsFor(models.TextChoices):
        MEMBER = "member", "la personne"
        TEAM = "team", "l'équipe"
        AGENCY = "agency", "l'ARS"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    waits_for = models.CharField("qui doit agir", max_length=10, choices=WaitsFor)
    month = models.DateField("mois (premier jour)")
    lines_count = models.PositiveIntegerField("lignes")
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_at = models.DateTimeField("prévenu le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "rappel"
        verbose_name_plural = "rappels"
        ordering = ("-told_at", "-id")
        constraints = [
            models.CheckConstraint(name="hindrance_notice_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="hindrance_notice_lines", condition=Q(lines_count__gt=0)),
            models.CheckConstraint(
                name="hindrance_notice_waits_for", condition=Q(waits_for__in=("member", "team", "agency"))
            ),
        ]
        indexes = [models.Index(fields=("organisation", "waits_for", "told_at"), name="hindrance_notice_recent")]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.told_at}"
