"""A person doubts an amount; the association answers by a day, and corrects by a counter-entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.disputes.rules import standing_of
from equipage.disputes.states import DISPUTE, OPEN
from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.policies import VisibleQuerySet


class Reason(models.TextChoices):
    """What seems wrong; the value is the word of the address."""

    DURATION = "duree", "La durée n'est pas la bonne"
    PRESENCE = "presence", "Il manque une présence"
    KIND = "type", "Le type d'action n'est pas le bon"
    UNCLEAR = "calcul", "Je ne comprends pas le montant"
    NOT_RECEIVED = "virement", "Le versement n'est pas arrivé, ou pas sur mon compte"
    OTHER = "autre", "Autre chose"


class Dispute(models.Model):
    """A claim line disputed by the person it pays (contestation): a reason, an answer due by a day, an outcome.

    `adjustment` and `second_adjustment` are the counter-entries written with the answer and with the second look.
    """

    line = models.ForeignKey(
        "compensation.ClaimLine", models.PROTECT, related_name="disputes", verbose_name="ligne contestée"
    )
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="disputes")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="disputes")
    reason = models.CharField("motif", max_length=20, choices=Reason)
    words = models.TextField("précision", blank=True)
    state = DISPUTE.state_field()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("ouverte le")
    answer_due_on = models.DateField("réponse attendue le")
    answer = models.TextField("réponse", blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    adjustment = models.OneToOneField(
        "compensation.ClaimLine", models.PROTECT, null=True, blank=True, related_name="written_by_dispute"
    )
    reopen_words = models.TextField("pourquoi pas d'accord", blank=True)
    reopened_at = models.DateTimeField("à réexaminer depuis le", null=True, blank=True)
    review = models.TextField("réponse après réexamen", blank=True)
    reviewed_at = models.DateTimeField("réexaminée le", null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    second_adjustment = models.OneToOneField(
        "compensation.ClaimLine", models.PROTECT, null=True, blank=True, related_name="written_by_review"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "contestation"
        ordering = ("answer_due_on", "id")
        constraints = [
            *DISPUTE.constraints("dispute"),
            # One at a time; what was answered is looked at again, never asked anew.
            models.UniqueConstraint(fields=("line",), condition=~Q(state="withdrawn"), name="dispute_one_a_line"),
            models.CheckConstraint(name="dispute_other_says", condition=~Q(reason="autre") | ~Q(words="")),
            models.CheckConstraint(
                name="dispute_two_people",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("answered_by")),
            ),
        ]
        indexes = [
            models.Index(fields=("organisation", "state", "answer_due_on"), name="dispute_due"),
            models.Index(fields=("professional", "-opened_at"), name="dispute_person"),
        ]

    def __str__(self) -> str:
        return f"Contestation du {day(self.opened_at.date())}"

    @property
    def audit_stream(self) -> str:
        """The chain of the person's money, that no team-mate reads."""
        return f"claims:{self.professional_id}"

    @property
    def is_open(self) -> bool:
        """Does the association have to answer?"""
        return self.state in OPEN

    def standing(self, on: date | None = None) -> str:
        """ "late", "soon" or "" while an answer is due; "" afterwards."""
        return standing_of(self.answer_due_on, on or today()) if self.is_open else ""

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("disputes:dispute", args=[self.pk])

    @property
    def adjustments(self) -> list[Any]:
        """The counter-entries it led to."""
        return [line for line in (self.adjustment, self.second_adjustment) if line is not None]
