"""Therapeutic education programmes (éducation thérapeutique du patient): their declaration, changes and evaluations."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.foundation.listing import normalised, search_field
from equipage.foundation.periods import add_months, today
from equipage.foundation.policies import VisibleQuerySet
from equipage.prevention.rules import Step, complete_since
from equipage.prevention.states import PROGRAMME


class Programme(models.Model):
    """An education programme (programme d'ETP) of a team, and where its declaration to the agency stands.

    `declared_on`: first sending, from which evaluations are counted. `sent_on`: the sending that counts now (the last
    complement). `silent_on`: the first day on which silence makes it complete. Its history is in `DeclarationStep`.
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="programmes", verbose_name="équipe")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+", verbose_name="région")
    title = models.CharField("titre", max_length=160)
    theme = models.CharField("maladie ou thème", max_length=160)
    population = models.TextField("patients concernés", blank=True)
    aims = models.TextField("objectifs", blank=True)
    course = models.TextField("déroulé", blank=True)
    organisation = models.TextField("organisation", blank=True)
    funding = models.TextField("sources de financement prévues", blank=True)
    coordinator = models.ForeignKey(
        "people.Professional", models.PROTECT, related_name="+", verbose_name="personne qui coordonne"
    )
    training_declared = models.BooleanField("formation de 40 heures déclarée", default=False)
    honour_at = models.DateTimeField("attestation sur l'honneur du", null=True, blank=True)
    honour_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="attestée par"
    )
    state = PROGRAMME.state_field()
    declared_on = models.DateField("déclaré le", null=True, blank=True)
    sent_on = models.DateField("envoyé le", null=True, blank=True)
    silent_on = models.DateField("complet par silence le", null=True, blank=True)
    number = models.CharField("numéro de déclaration", max_length=60, blank=True)
    acknowledged_on = models.DateField("accusé de réception du", null=True, blank=True)
    asked_on = models.DateField("complément demandé le", null=True, blank=True)
    asked_text = models.TextField("ce que demande l'ARS", blank=True)
    refused_on = models.DateField("refusé le", null=True, blank=True)
    refusal_reason = models.TextField("motif du refus", blank=True)
    stopped_on = models.DateField("arrêté le", null=True, blank=True)
    stop_reason = models.TextField("motif de l'arrêt", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créé le")
    updated_at = models.DateTimeField("modifié le")
    search = search_field()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "programme d'éducation thérapeutique"
        verbose_name_plural = "programmes d'éducation thérapeutique"
        ordering = ("title", "id")
        constraints = [
            *PROGRAMME.constraints("programme"),
            models.CheckConstraint(
                name="programme_honour_whole",
                condition=Q(honour_at__isnull=True, honour_by__isnull=True)
                | Q(honour_at__isnull=False, honour_by__isnull=False),
            ),
            models.CheckConstraint(
                name="programme_silence_counted",
                condition=Q(sent_on__isnull=True, silent_on__isnull=True) | Q(silent_on__gt=models.F("sent_on")),
            ),
        ]
        indexes = [
            models.Index(fields=("team", "title", "id"), name="programme_team_title"),
            models.Index(fields=("region", "state", "title", "id"), name="programme_region_state"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.search = normalised(self.title, self.theme)
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("prevention:programme", args=[self.pk])

    @property
    def is_declared(self) -> bool:
        """Was the file sent, so that changes are notified and evaluations are due?"""
        return self.state in ("sent", "complement", "complete")

    @property
    def silence_has_passed(self) -> bool:
        """Is it complete by the agency's silence, and nobody has noted it yet?"""
        return self.state == "sent" and self.silent_on is not None and self.silent_on <= today()

    def complete_since(self, on: date) -> date | None:
        """Since when its declaration is complete on that day; None when it is not. Reads the steps."""
        steps = self.steps.order_by("on", "id").values_list("kind", "on")
        return complete_since([Step(kind, when) for kind, when in steps], on)


class ProgrammeMember(models.Model):
    """Somebody who runs the programme (intervenant), besides the coordinator."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="members", verbose_name="programme")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "intervenant d'un programme"
        verbose_name_plural = "intervenants d'un programme"
        ordering = ("programme", "professional", "id")
        constraints = [models.UniqueConstraint(fields=("programme", "professional"), name="programme_member_once")]


class DeclarationStep(models.Model):
    """One thing that happened to the declaration, on its day; completeness on any day is computed from these."""

    class Kind(models.TextChoices):
        SENT = "sent", "Déclaration envoyée à l'ARS"
        ASKED = "asked", "Complément demandé par l'ARS"
        COMPLETED = "completed", "Complément envoyé"
        ACKNOWLEDGED = "acknowledged", "Accusé de réception de l'ARS"
        REFUSED = "refused", "Refus de l'ARS"
        STOPPED = "stopped", "Programme arrêté"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="steps", verbose_name="programme")
    kind = models.CharField("étape", max_length=20, choices=Kind)
    on = models.DateField("le")
    text = models.TextField("précision", blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("noté le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "étape d'une déclaration"
        verbose_name_plural = "étapes d'une déclaration"
        ordering = ("on", "id")
        constraints = [models.UniqueConstraint(fields=("programme", "kind", "on"), name="declaration_step_once")]

    @property
    def audit_stream(self) -> str:
        return self.programme.audit_stream


class ProgrammeChange(models.Model):
    """A change that the agency must be told of (changement à notifier): what it was when declared, what it is now.

    One open line for each of coordinator, aims and funding; `notified_on` closes it.
    """

    class Field(models.TextChoices):
        COORDINATOR = "coordinator", "Personne qui coordonne"
        AIMS = "aims", "Objectifs"
        FUNDING = "funding", "Sources de financement"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="changes", verbose_name="programme")
    field = models.CharField("ce qui a changé", max_length=20, choices=Field)
    before = models.TextField("avant", blank=True)
    after = models.TextField("après", blank=True)
    changed_at = models.DateTimeField("changé le")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    notified_on = models.DateField("notifié à l'ARS le", null=True, blank=True)
    notified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "changement à notifier"
        verbose_name_plural = "changements à notifier"
        ordering = ("changed_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("programme", "field"), condition=Q(notified_on__isnull=True), name="programme_change_open_once"
            ),
            models.CheckConstraint(
                name="programme_change_notified_whole",
                condition=Q(notified_on__isnull=True, notified_by__isnull=True)
                | Q(notified_on__isnull=False, notified_by__isnull=False),
            ),
        ]

    @property
    def team(self) -> object:
        return self.programme.team

    @property
    def audit_stream(self) -> str:
        return self.programme.audit_stream


class Evaluation(models.Model):
    """An evaluation of a programme, annual or four-yearly: the day it is due, the day it was done, what it says."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", "Évaluation annuelle"
        FOUR_YEARLY = "four_yearly", "Évaluation quadriennale"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="evaluations", verbose_name="programme")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    rank = models.PositiveSmallIntegerField("rang")
    due_on = models.DateField("à faire pour le", db_index=True)
    done_on = models.DateField("faite le", null=True, blank=True)
    result = models.TextField("résultat", blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "évaluation d'un programme"
        verbose_name_plural = "évaluations d'un programme"
        ordering = ("due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=("programme", "kind", "rank"), name="evaluation_once"),
            models.CheckConstraint(
                name="evaluation_done_whole",
                condition=Q(done_on__isnull=True, result="", done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False) & ~Q(result=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} n° {self.rank}"

    @property
    def team(self) -> object:
        return self.programme.team

    @property
    def audit_stream(self) -> str:
        return self.programme.audit_stream

    @property
    def is_late(self) -> bool:
        """Is it past its day and not done?"""
        return self.done_on is None and self.due_on < today()

    @property
    def may_be_noted(self) -> bool:
        """Is it near enough to be offered: a year before its day, in a programme that goes on?"""
        return self.done_on is None and self.programme.is_declared and self.due_on <= add_months(today(), 12)
