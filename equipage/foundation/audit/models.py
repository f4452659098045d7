"""The audit chain (journal de preuve): one row per decision, signature, payment or reading of personal data."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from equipage.foundation.policies import VisibleQuerySet


class AuditHead(models.Model):
    """The end of one chain; its row is locked while a link is added, so that links never fork."""

    stream = models.CharField("chaîne", max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField("dernier numéro", default=0)
    hash = models.CharField("dernière empreinte", max_length=64, default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "tête de chaîne"

    def __str__(self) -> str:
        return f"{self.stream} n° {self.number}"


class AuditEntry(models.Model):
    """One link: who did what on what, when and why, before and after, and the hash of the link before.

    `stream` is "team:12" for what concerns one team, else "platform". Update and delete are refused by triggers.
    """

    stream = models.CharField("chaîne", max_length=60)
    number = models.PositiveBigIntegerField("numéro")
    at = models.DateTimeField("date")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="auteur"
    )
    actor_label = models.CharField("auteur, en toutes lettres", max_length=200)
    action = models.CharField("action", max_length=100)
    about = models.CharField("objet", max_length=80)
    comment = models.TextField("motif", blank=True)
    before = models.JSONField("avant", default=dict)
    after = models.JSONField("après", default=dict)
    context = models.JSONField("contexte", default=dict)
    previous_hash = models.CharField("empreinte précédente", max_length=64, blank=True)
    hash = models.CharField("empreinte", max_length=64)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "lignes du journal"
        ordering = ("stream", "number")
        constraints = [
            models.UniqueConstraint(fields=("stream", "number"), name="audit_stream_number"),
        ]
        indexes = [
            models.Index(fields=("about", "id"), name="audit_about"),
            models.Index(fields=("at",), name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} n° {self.number} : {self.action}"
