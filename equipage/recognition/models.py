"""How the State says yes: the file, the complements it asks for, and the decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.policies import VisibleQuerySet
from equipage.recognition.rules import blocking_reasons
from equipage.recognition.states import FILE

OPEN_STATES = ("submitted", "in_review", "complement")


class RecognitionFile(models.Model):
    """The file (dossier) of one deposit: what the agency reads, asks and decides. One open file a team."""

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="recognition_files", verbose_name="équipe")
    number = models.CharField("numéro de dossier", max_length=20, unique=True)
    version = models.ForeignKey("projects.ProjectVersion", models.PROTECT, related_name="recognition_files")
    state = FILE.state_field()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("déposé le")
    waiting_since = models.DateTimeField("attend depuis le")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="suivi par"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_on = models.DateField("jour de la décision", null=True, blank=True)
    decision_reason = models.TextField("motif de la décision", blank=True)
    registration_number = models.CharField("numéro d'enregistrement", max_length=30, blank=True)
    receipt = models.ForeignKey("foundation.Document", models.PROTECT, null=True, blank=True, related_name="+")
    letter = models.ForeignKey("foundation.Document", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier de reconnaissance"
        verbose_name_plural = "dossiers de reconnaissance"
        ordering = ("waiting_since", "id")
        constraints = [
            *FILE.constraints("file"),
            models.UniqueConstraint(fields=("team",), condition=Q(state__in=OPEN_STATES), name="file_one_open_a_team"),
        ]
        indexes = [models.Index(fields=("state", "waiting_since"), name="file_queue")]

    def __str__(self) -> str:
        return f"Dossier {self.number}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"

    def blocking_reasons(self) -> tuple[str, ...]:
        """What the rules forbid in the version read, as French sentences with the way out."""
        return blocking_reasons(self)


class Complement(models.Model):
    """A complement (complément) asked on one section: its own object, not a state, so that each is answered."""

    file = models.ForeignKey(RecognitionFile, models.PROTECT, related_name="complements", verbose_name="dossier")
    section_key = models.CharField("rubrique", max_length=40)
    message = models.TextField("ce qui est demandé")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("demandé le")
    answer = models.TextField("réponse de l'équipe", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "complément"
        ordering = ("file", "asked_at", "id")
        constraints = [
            models.CheckConstraint(
                name="complement_answer_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Complément sur {self.section_key}"
