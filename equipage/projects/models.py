"""What they plan: the health project (projet de santé), section by section, and its frozen versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from equipage.foundation.policies import VisibleQuerySet
from equipage.projects.states import PROJECT


class Project(models.Model):
    """The living project of a team. What it must contain comes from the rule packs (annex items 1 to 9)."""

    team = models.OneToOneField("teams.Team", models.PROTECT, related_name="project", verbose_name="équipe")
    state = PROJECT.state_field()
    # Sections that a complement reopens; empty means all of them while drafting.
    reopened_sections = models.JSONField("rubriques rouvertes", default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créé le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "projet de santé"
        verbose_name_plural = "projets de santé"
        ordering = ("team", "id")
        constraints = [*PROJECT.constraints("project")]

    def __str__(self) -> str:
        return f"Projet de santé de {self.team}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"


class Section(models.Model):
    """The present text of one section (rubrique). `version` grows at each save and refuses a save on an old one."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="sections")
    key = models.CharField("rubrique", max_length=40)
    data = models.JSONField("contenu", default=dict)
    version = models.PositiveIntegerField("version", default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField("modifiée le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "rubrique"
        ordering = ("project", "key", "id")
        constraints = [models.UniqueConstraint(fields=("project", "key"), name="section_once")]

    def __str__(self) -> str:
        return f"{self.key} (version {self.version})"


class SectionRevision(models.Model):
    """Every text that a section ever had: who wrote it and when. Append-only."""

    section = models.ForeignKey(Section, models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField("version")
    data = models.JSONField("contenu")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("enregistrée le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "état d'une rubrique"
        ordering = ("section", "version", "id")
        constraints = [models.UniqueConstraint(fields=("section", "version"), name="section_revision_once")]

    def __str__(self) -> str:
        return f"{self.section.key}, version {self.version}"


class ProjectVersion(models.Model):
    """The whole project as it stood at a deposit (version figée): sections, members, themes, hash. Append-only."""

    class Reason(models.TextChoices):
        SUBMISSION = "submission", "Dépôt"
        COMPLEMENT = "complement", "Réponse à un complément"
        AMENDMENT = "amendment", "Évolution du projet"

    project = models.ForeignKey(Project, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("numéro")
    reason = models.CharField("raison", max_length=20, choices=Reason)
    content = models.JSONField("contenu")
    content_hash = models.CharField("empreinte", max_length=64)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField("figée le")
    document = models.ForeignKey("foundation.Document", models.PROTECT, null=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "version du projet"
        verbose_name_plural = "versions du projet"
        ordering = ("project", "number", "id")
        constraints = [models.UniqueConstraint(fields=("project", "number"), name="project_version_once")]

    def __str__(self) -> str:
        return f"{self.project}, version {self.number}"
