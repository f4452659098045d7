"""What may be spent: who gives what for which actions, the envelope of each team, every cent committed on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from equipage.foundation.policies import VisibleQuerySet
from equipage.funding.states import REALLOTMENT


class Fund(models.Model):
    """What a funder gives an association for a civil year (crédit), and what it may pay for (fléchage).

    An empty earmark means no condition. `committed_cents` is the sum of its commitments; the database keeps it within
    the amount, so that two validations at the edge never exceed it.
    """

    class Funder(models.TextChoices):
        FIR = "fir", "Fonds d'intervention régional (FIR)"
        THEMATIC = "thematic", "Crédit thématique de l'agence"
        LOCAL = "local", "Collectivité locale"
        INSURANCE = "insurance", "Assurance maladie"
        OTHER = "other", "Autre financeur"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="funds")
    year = models.PositiveSmallIntegerField("année")
    funder = models.CharField("financeur", max_length=12, choices=Funder.choices)
    label = models.CharField("intitulé", max_length=120)
    reference = models.CharField("texte de référence", max_length=300, blank=True)
    amount_cents = models.BigIntegerField("montant, en centimes")
    committed_cents = models.BigIntegerField("engagé, en centimes", default=0, editable=False)
    fictitious = models.BooleanField("montant fictif", default=False)
    kinds = models.JSONField("types d'action", default=list, blank=True)
    themes = models.JSONField("thèmes", default=list, blank=True)
    departments = models.JSONField("départements", default=list, blank=True)
    rank = models.PositiveSmallIntegerField("ordre", default=1)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "crédit"
        ordering = ("organisation", "year", "rank", "id")
        constraints = [
            models.UniqueConstraint(fields=("organisation", "year", "label"), name="fund_once"),
            models.CheckConstraint(
                name="fund_never_exceeded",
                condition=Q(committed_cents__gte=0, committed_cents__lte=F("amount_cents")),
            ),
            models.CheckConstraint(
                name="fund_funder_known", condition=Q(funder__in=["fir", "thematic", "local", "insurance", "other"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.year})"

    @property
    def left_cents(self) -> int:
        """What may still be committed, in cents."""
        return self.amount_cents - self.committed_cents

    @property
    def earmarked(self) -> bool:
        """Does this credit pay for some actions only?"""
        return bool(self.kinds or self.themes or self.departments)


class YearPlan(models.Model):
    """What each team is allotted to begin a year with (dotation de départ), below the ceiling of the rule."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="year_plans")
    year = models.PositiveSmallIntegerField("année")
    team_cents = models.BigIntegerField("dotation de chaque équipe, en centimes")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "dotation de l'année"
        verbose_name_plural = "dotations de l'année"
        ordering = ("organisation", "year", "id")
        constraints = [
            models.UniqueConstraint(fields=("organisation", "year"), name="year_plan_once"),
            models.CheckConstraint(name="year_plan_positive", condition=Q(team_cents__gte=0)),
        ]

    def __str__(self) -> str:
        return f"Dotation de départ {self.year}"


class Envelope(models.Model):
    """The envelope (enveloppe) of a team for a civil year. Its row is locked whenever an amount is committed on it.

    `ceiling_cents` is the limit of the rule, `amount_cents` what is allotted to the team (never above the limit),
    `committed_cents` the sum of its commitments (never above what is allotted).
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="envelopes")
    year = models.PositiveSmallIntegerField("année")
    amount_cents = models.BigIntegerField("montant, en centimes")
    ceiling_cents = models.BigIntegerField("plafond de la règle, en centimes")
    committed_cents = models.BigIntegerField("engagé, en centimes", default=0, editable=False)
    rule_id = models.CharField("règle", max_length=120)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "enveloppe"
        ordering = ("team", "year", "id")
        constraints = [
            models.UniqueConstraint(fields=("team", "year"), name="envelope_once"),
            models.CheckConstraint(
                name="envelope_within_the_rule", condition=Q(amount_cents__gte=0, amount_cents__lte=F("ceiling_cents"))
            ),
            models.CheckConstraint(
                name="envelope_never_exceeded",
                condition=Q(committed_cents__gte=0, committed_cents__lte=F("amount_cents")),
            ),
        ]

    def __str__(self) -> str:
        return f"Enveloppe {self.year} de {self.team}"

    @property
    def left_cents(self) -> int:
        """What may still be committed, in cents."""
        return self.amount_cents - self.committed_cents


class Commitment(models.Model):
    """Cents taken from an envelope and a credit, or given back (engagement, dégagement). Only ever added."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="commitments")
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="commitments")
    amount_cents = models.BigIntegerField("montant, en centimes")
    dated = models.DateField("date de ce qui est payé")
    cause = models.CharField("cause", max_length=80, unique=True)
    recorded_at = models.DateTimeField("enregistré le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "engagement"
        ordering = ("envelope", "id")
        constraints = [models.CheckConstraint(name="commitment_of_something", condition=~Q(amount_cents=0))]

    def __str__(self) -> str:
        return f"{self.amount_cents} centimes, {self.cause}"


class Reallotment(models.Model):
    """What a team will not spend, given to one that would (réaffectation): one person proposes, another decides."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="reallotments")
    year = models.PositiveSmallIntegerField("année")
    giver = models.ForeignKey("teams.Team", models.PROTECT, related_name="+", verbose_name="équipe qui cède")
    taker = models.ForeignKey("teams.Team", models.PROTECT, related_name="+", verbose_name="équipe qui reçoit")
    amount_cents = models.BigIntegerField("montant, en centimes")
    reason = models.TextField("motif")
    state = REALLOTMENT.state_field()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("proposée le")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    refusal_reason = models.TextField("motif du refus", blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "réaffectation"
        ordering = ("-proposed_at", "-id")
        constraints = [
            *REALLOTMENT.constraints("reallotment"),
            models.CheckConstraint(name="reallotment_positive", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(name="reallotment_two_teams", condition=~Q(giver=F("taker"))),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} centimes de {self.giver} à {self.taker}"
