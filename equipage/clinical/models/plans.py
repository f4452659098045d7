"""Plans and their frozen versions, their reviews, the notes of meetings, and the actions declared from here."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from equipage.clinical import contents
from equipage.clinical.models.patients import Patient
from equipage.clinical.nomenclatures import Closing
from equipage.clinical.sealing import Sealed
from equipage.clinical.states import PLAN
from equipage.foundation.policies import VisibleQuerySet


class Plan(Sealed):
    """A personal plan (PPS), printed also as PPCS. `referent_id` is the professional easy to reach (référent du PPS).

    Its reference is the identifier common to all its versions.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="plans")
    referent_id = models.PositiveBigIntegerField("référent du plan")
    state = PLAN.state_field()
    review_on = models.DateField("à revoir le", null=True, blank=True)
    created_by = models.PositiveBigIntegerField("créé par")
    created_at = models.DateTimeField("créé le")
    updated_by = models.PositiveBigIntegerField("modifié par")
    updated_at = models.DateTimeField("modifié le")
    validated_at = models.DateTimeField("validé le", null=True, blank=True)
    closed_at = models.DateTimeField("clôturé le", null=True, blank=True)
    closing_reason = models.CharField("motif de clôture", max_length=20, choices=Closing, blank=True)

    class Meta:
        verbose_name = "plan personnalisé"
        verbose_name_plural = "plans personnalisés"
        ordering = ("-created_at", "reference")
        constraints = [*PLAN.constraints("vault_plan")]
        indexes = [models.Index(fields=("state", "review_on"), name="vault_plan_review")]

    def __str__(self) -> str:
        return self.reference

    @property
    def file(self) -> Patient:
        found: Patient = self.patient
        return found

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("clinical:plan", args=[self.pk])

    def lacking(self) -> list[str]:
        """What must still be written before the plan can be validated, in sentences."""
        return contents.lacking(self.content)


class PlanVersion(Sealed):
    """A plan as it was validated, with the identity of that day: written once. `digest` proves its content.

    The digest is SHA-256 of the content, in which a random grain is sealed: it says nothing to whom has no key.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("version")
    digest = models.CharField("empreinte", max_length=64)
    frozen_by = models.PositiveBigIntegerField("validée par")
    frozen_at = models.DateTimeField("validée le")

    class Meta:
        verbose_name = "version d'un plan"
        verbose_name_plural = "versions de plans"
        ordering = ("plan", "number")
        constraints = [models.UniqueConstraint(fields=("plan", "number"), name="vault_version_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"

    @property
    def file(self) -> Patient:
        return self.plan.file


class PlanReview(Sealed):
    """A review that was held (revue): what was found is sealed, the days are not."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reviews")
    due_on = models.DateField("prévue le", null=True, blank=True)
    held_on = models.DateField("faite le")
    held_by = models.PositiveBigIntegerField("faite par")

    class Meta:
        verbose_name = "revue d'un plan"
        verbose_name_plural = "revues de plans"
        ordering = ("plan", "held_on", "reference")

    def __str__(self) -> str:
        return f"{self.plan_id}, {self.held_on}"

    @property
    def file(self) -> Patient:
        return self.plan.file


class Note(Sealed):
    """The minutes with names of a meeting (RCP) about one patient; outside, the meeting has an opaque reference."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="notes")
    held_on = models.DateField("réunion du")
    meeting_reference = models.CharField("référence de la réunion", max_length=40, blank=True)
    created_by = models.PositiveBigIntegerField("écrit par")
    created_at = models.DateTimeField("écrit le")
    updated_by = models.PositiveBigIntegerField("modifié par")
    updated_at = models.DateTimeField("modifié le")

    class Meta:
        verbose_name = "compte rendu nominatif"
        verbose_name_plural = "comptes rendus nominatifs"
        ordering = ("-held_on", "reference")

    def __str__(self) -> str:
        return self.reference

    @property
    def file(self) -> Patient:
        found: Patient = self.patient
        return found


class ActionLink(models.Model):
    """An action declared outside for a plan (PPS, one patient counted). Only the vault knows that they go together."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="actions")
    action_id = models.PositiveBigIntegerField("action", unique=True)
    linked_by = models.PositiveBigIntegerField("déclarée par")
    linked_at = models.DateTimeField("déclarée le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "action déclarée pour un plan"
        verbose_name_plural = "actions déclarées pour des plans"
        ordering = ("plan", "action_id")

    def __str__(self) -> str:
        return f"{self.plan_id}, {self.action_id}"
