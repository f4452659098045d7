"""What each person is owed for each action."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from equipage.compensation.states import LINE
from equipage.foundation.policies import VisibleQuerySet


class ClaimLine(models.Model):
    """One person, one action, one amount (ligne d'indemnisation), with its frozen rate and its explanation.

    `amount_cents` is what will be paid; `cut_cents` what the ceilings took away; `fund` the credit that pays, known
    from the validation on, None while nobody entered any. Estimated lines follow the action; from the validation on,
    nothing but the state changes. A line that was wrong keeps its amount: adjustment lines (`adjusts`,
    contre-écritures) stand beside it, more owed or less, frozen at once; the sum of a line and of its adjustments is
    never negative. `payment` is the transfer that the line was locked into, for ever; `settled_by` the one that really
    paid it, another one when the first came back. `due_on` is the day before which an instalment of a recovery is not
    kept back.
    """

    presence = models.ForeignKey("coordination.Presence", models.PROTECT, related_name="claim_lines")
    adjusts = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="adjustments")
    action = models.ForeignKey("coordination.Action", models.PROTECT, related_name="claim_lines")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="claim_lines")
    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="claim_lines")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="claim_lines")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+")
    held_on = models.DateField("date de l'action")
    year = models.PositiveSmallIntegerField("année")
    state = LINE.state_field()
    rate = models.ForeignKey("compensation.ScaleRate", models.PROTECT, related_name="+")
    unit = models.CharField("unité", max_length=20)
    rate_amount = models.DecimalField("tarif, en euros", max_digits=8, decimal_places=2)
    quantity = models.DecimalField("quantité", max_digits=8, decimal_places=4)
    amount_cents = models.BigIntegerField("montant, en centimes")
    cut_cents = models.BigIntegerField("retenu par le plafond, en centimes", default=0)
    explanation = models.JSONField("explication")
    sentence = models.TextField("explication, en une phrase")
    due_on = models.DateField("à retenir à partir du", null=True, blank=True)
    frozen_at = models.DateTimeField("figée le", null=True, blank=True)
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="virement"
    )
    settled_by = models.ForeignKey(
        "payments.Payment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="settled_lines",
        verbose_name="virement reçu",
    )
    fund = models.ForeignKey(
        "funding.Fund", models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="crédit"
    )
    paid_at = models.DateTimeField("versée le", null=True, blank=True)
    cancel_reason = models.TextField("motif d'annulation", blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d'indemnisation"
        verbose_name_plural = "lignes d'indemnisation"
        ordering = ("-held_on", "-id")
        constraints = [
            *LINE.constraints("line"),
            models.UniqueConstraint(fields=("presence",), condition=Q(adjusts__isnull=True), name="line_once"),
            # Only an adjustment takes money back, and only what takes back waits for a day.
            models.CheckConstraint(
                name="line_amounts",
                condition=Q(amount_cents__gte=0, cut_cents__gte=0)
                | Q(adjusts__isnull=False, amount_cents__lt=0, cut_cents=0),
            ),
            models.CheckConstraint(
                name="line_due_takes_back",
                condition=Q(due_on__isnull=True) | Q(adjusts__isnull=False, amount_cents__lt=0),
            ),
            models.CheckConstraint(name="line_year", condition=Q(held_on__year=F("year"))),
        ]
        indexes = [
            models.Index(fields=("team", "year", "state"), name="line_team_year"),
            models.Index(fields=("organisation", "state", "held_on"), name="line_payable"),
            models.Index(fields=("professional", "-held_on", "-id"), name="line_person"),
        ]

    def __str__(self) -> str:
        return f"{self.professional}, {self.held_on} : {self.amount_cents} centimes"

    @property
    def audit_stream(self) -> str:
        """A chain of one's own: the journal of a team is read by its members, the money of a person is not."""
        return f"claims:{self.professional_id}"
