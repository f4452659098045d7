"""The journal of the vault: who read, who wrote, which file. A chain of its own, in the vault's database."""

from __future__ import annotations

from django.db import models

from equipage.foundation.policies import VisibleQuerySet


class JournalHead(models.Model):
    """The end of the chain of one team; locked while a link is added."""

    stream = models.CharField("chaîne", max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField("dernier numéro", default=0)
    hash = models.CharField("dernière empreinte", max_length=64, default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "tête de chaîne du coffre"

    def __str__(self) -> str:
        return f"{self.stream} n° {self.number}"


class JournalEntry(models.Model):
    """One link: who, when, which patient's reference, what. No identity of a patient, no word of a file.

    `patient` is the opaque reference, not a relation: the link outlives the file. Triggers refuse update and delete.
    """

    stream = models.CharField("chaîne", max_length=60)
    number = models.PositiveBigIntegerField("numéro")
    at = models.DateTimeField("date")
    user_id = models.PositiveBigIntegerField("compte", null=True)
    who = models.CharField("qui", max_length=200)
    what = models.CharField("quoi", max_length=60)
    patient = models.CharField("dossier", max_length=14, blank=True)
    about = models.CharField("objet", max_length=80, blank=True)
    facts = models.JSONField("faits", default=dict)
    previous_hash = models.CharField("empreinte précédente", max_length=64, blank=True)
    hash = models.CharField("empreinte", max_length=64)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du journal du coffre"
        verbose_name_plural = "lignes du journal du coffre"
        ordering = ("stream", "number")
        constraints = [models.UniqueConstraint(fields=("stream", "number"), name="vault_journal_number")]
        indexes = [models.Index(fields=("patient", "-id"), name="vault_journal_patient")]

    def __str__(self) -> str:
        return f"{self.stream} n° {self.number} : {self.what}"
