"""A patient's file, its key, and what the patient says of each member.

Keys of the other database (`team_id`, `author_id`, `professional_id`, `…_by`) are plain numbers: no relation crosses
the wall. A team or a person that is gone leaves numbers to which nobody answers: only the author still sees the rows.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from equipage.clinical.nomenclatures import Form
from equipage.clinical.sealing import Sealed
from equipage.clinical.states import PATIENT, RECOGNITION, professional_id
from equipage.foundation.policies import VisibleQuerySet
from equipage.teams.models import Membership
from equipage.teams.policies import own_team_ids


class Patient(Sealed):
    """A patient in the vault of one team (dossier partagé). `author_id` is the professional who keeps the file.

    `identity_hash` finds the same person again in the same team. `last_intervention_on` starts the clock of retention.
    In a demonstration every file is `fictitious`.
    """

    team_id = models.PositiveBigIntegerField("équipe", db_index=True)
    author_id = models.PositiveBigIntegerField("tenu par", db_index=True)
    state = PATIENT.state_field()
    identity_hash = models.CharField("empreinte de l'identité", max_length=64, db_index=True, editable=False)
    fictitious = models.BooleanField("patient fictif", default=False)
    created_by = models.PositiveBigIntegerField("créé par")
    created_at = models.DateTimeField("créé le")
    last_intervention_on = models.DateField("dernière intervention")
    withdrawn_at = models.DateTimeField("accord retiré le", null=True, blank=True)
    archived_at = models.DateTimeField("archivé le", null=True, blank=True)

    class Meta:
        verbose_name = "dossier partagé"
        verbose_name_plural = "dossiers partagés"
        ordering = ("created_at", "reference")
        constraints = [*PATIENT.constraints("vault_patient")]
        indexes = [models.Index(fields=("state", "last_intervention_on"), name="vault_patient_retention")]

    def __str__(self) -> str:
        return self.reference

    @property
    def file(self) -> Patient:
        return self

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("clinical:patient", args=[self.pk])

    def opens_to(self, user: Any) -> bool:
        """May this person write in it: the author, or a recognised member of the team, while it is open?"""
        person = professional_id(user)
        if person is None or self.state != "open":
            return False
        if person == self.author_id:
            return True
        recognised = self.recognitions.filter(professional_id=person, state="recognised").exists()
        return recognised and own_team_ids(user).filter(team_id=self.team_id).exists()

    def author_is_member(self) -> bool:
        """Is the author still a confirmed member of the team?"""
        members = Membership.objects.in_force().filter(state__in=("confirmed", "left"), team_id=self.team_id)
        return members.filter(professional_id=self.author_id).exists()


class DataKey(models.Model):
    """The data key of one patient, wrapped by the ring of the vault. To delete it is to erase the file."""

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="key")
    wrapped = models.TextField("clé de données chiffrée", editable=False)
    made_at = models.DateTimeField("faite le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "clé d'un dossier"

    def __str__(self) -> str:
        return self.patient_id


class Recognition(models.Model):
    """What a patient says of one member: informed, recognised (L.1110-12, 2°), objection, agreement withdrawn.

    `informed_on` and `form` say when and how the patient was informed; `recorded_by` who wrote it down.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="recognitions")
    professional_id = models.PositiveBigIntegerField("membre")
    state = RECOGNITION.state_field()
    informed_on = models.DateField("informée le")
    form = models.CharField("forme", max_length=20, choices=Form)
    recorded_by = models.PositiveBigIntegerField("noté par")
    recorded_at = models.DateTimeField("noté le", auto_now=True)
    recognised_at = models.DateTimeField("reconnu le", null=True, blank=True)
    ended_at = models.DateTimeField("pris fin le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "reconnaissance"
        ordering = ("patient", "professional_id")
        constraints = [
            *RECOGNITION.constraints("vault_recognition"),
            models.UniqueConstraint(fields=("patient", "professional_id"), name="vault_recognition_once"),
        ]
        indexes = [models.Index(fields=("professional_id", "state"), name="vault_recognition_person")]

    def __str__(self) -> str:
        return f"{self.patient_id}, {self.professional_id}"

    @property
    def file(self) -> Patient:
        """The patient's file."""
        found: Patient = self.patient
        return found
