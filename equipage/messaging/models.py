"""What was said to whom: notices, and the copies of mails that a demonstration shows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.policies import PublicQuerySet, VisibleQuerySet


class NoticeQuerySet(VisibleQuerySet):
    """Notices, newest first wherever they are read."""

    def unread(self) -> NoticeQuerySet:
        """Those the person has not marked as read."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One message to one person (avis): a row first, then an e-mail after the transaction that wrote it.

    `key` says what it is about ("recognition.decided:12:45"); the same key is never written twice.
    `link` is a path of this site, never an address elsewhere.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name="destinataire"
    )
    kind = models.CharField("nature", max_length=60)
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    link = models.CharField("page", max_length=300, blank=True)
    urgent = models.BooleanField("une action est attendue", default=False)
    key = models.CharField("clé", max_length=200, unique=True)
    created_at = models.DateTimeField("écrit le", auto_now_add=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    read_at = models.DateTimeField("lu le", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais d'envoi", default=0)
    error = models.CharField("dernière erreur d'envoi", max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_of_person"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.subject


class MailboxMessage(models.Model):
    """The copy of a mail that left, kept in demonstration mode only: one row for each recipient."""

    recipient = models.EmailField("destinataire")
    sender = models.CharField("expéditeur", max_length=320)
    subject = models.CharField("objet", max_length=998)
    text = models.TextField("version texte")
    html = models.TextField("version HTML", blank=True)
    sent_at = models.DateTimeField("envoyé le", auto_now_add=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "message de démonstration"
        verbose_name_plural = "messages de démonstration"
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["recipient", "-sent_at", "-id"], name="mailbox_of_address")]

    def __str__(self) -> str:
        return f"{self.recipient} : {self.subject}"
