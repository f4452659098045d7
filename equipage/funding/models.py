"""What may be spent: the envelope of each team, what the agency allots to the region."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from equipage.foundation.policies import VisibleQuerySet


class Envelope(models.Model):
    """The envelope (enveloppe) of a team for a civil year. Its row is locked whenever an amount is committed on it."""

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="envelopes")
    year = models.PositiveSmallIntegerField("année")
    amount_cents = models.BigIntegerField("montant, en centimes")
    rule_id = models.CharField("règle", max_length=120)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "enveloppe"
        ordering = ("team", "year", "id")
        constraints = [
            models.UniqueConstraint(fields=("team", "year"), name="envelope_once"),
            models.CheckConstraint(name="envelope_positive", condition=Q(amount_cents__gte=0)),
        ]

    def __str__(self) -> str:
        return f"Enveloppe {self.year} de {self.team}"


class RegionalBudget(models.Model):
    """What the agency allots to the association for the teams of the region, for a civil year."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="budgets")
    year = models.PositiveSmallIntegerField("année")
    amount_cents = models.BigIntegerField("montant, en centimes")
    fictitious = models.BooleanField("montant fictif", default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "budget régional"
        verbose_name_plural = "budgets régionaux"
        ordering = ("organisation", "year", "id")
        constraints = [
            models.UniqueConstraint(fields=("organisation", "year"), name="budget_once"),
            models.CheckConstraint(name="budget_positive", condition=Q(amount_cents__gte=0)),
        ]

    def __str__(self) -> str:
        return f"Budget {self.year}"
