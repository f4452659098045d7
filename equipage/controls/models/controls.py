"""One action under control, and what its team says."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.controls.models.draws import Draw
from equipage.controls.rules import CHOICES, CORRECTED, NOT_IN_ORDER, standing_of
from equipage.controls.states import CONTROL, OPEN
from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.policies import VisibleQuerySet


class Control(models.Model):
    """The control of one validated action (contrôle): the team shows that it took place, and is heard.

    `due_on` is the day by which whoever has the ball acts. `outcome`, `reasons`, `correction` and `instalments` are
    what was announced; they only become money with the final decision, which notes `taken_cents`: how much less is
    owed for the action than before it.
    """

    OUTCOMES = [(CORRECTED, "L'action a eu lieu, autrement"), (NOT_IN_ORDER, "Rien ne montre qu'elle a eu lieu")]

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="controls")
    action = models.ForeignKey("coordination.Action", models.PROTECT, related_name="controls")
    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="controls")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="controls")
    risk = models.CharField("classe de risque", max_length=20, choices=CHOICES)
    risk_sentence = models.TextField("pourquoi cette classe")
    state = CONTROL.state_field()
    asked_at = models.DateTimeField("demandé le")
    due_on = models.DateField("attendu le")
    extended_at = models.DateTimeField("prolongé le", null=True, blank=True)
    outcome = models.CharField("résultat annoncé", max_length=20, choices=OUTCOMES, blank=True)
    reasons = models.TextField("raisons", blank=True)
    correction = models.JSONField("ce qui serait corrigé", default=dict, blank=True)
    instalments = models.PositiveSmallIntegerField("reprise en plusieurs fois", default=1)
    announced_at = models.DateTimeField("annoncé le", null=True, blank=True)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annoncé par"
    )
    replied_at = models.DateTimeField("observations reçues le", null=True, blank=True)
    decision = models.TextField("décision", blank=True)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidé par"
    )
    taken_cents = models.BigIntegerField("ôté de ce qui était dû, en centimes", null=True, blank=True)
    cancel_reason = models.TextField("motif d'annulation", blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "contrôle"
        ordering = ("due_on", "id")
        constraints = [
            *CONTROL.constraints("control"),
            models.UniqueConstraint(fields=("action",), condition=~Q(state="cancelled"), name="control_once_an_action"),
            models.CheckConstraint(name="control_instalments", condition=Q(instalments__gte=1, instalments__lte=12)),
        ]
        indexes = [
            models.Index(fields=("organisation", "state", "due_on"), name="control_due"),
            models.Index(fields=("team", "-decided_at"), name="control_history"),
        ]

    def __str__(self) -> str:
        return f"Contrôle de l'action du {day(self.action.held_on)}"

    @property
    def audit_stream(self) -> str:
        """That of the team: whoever is controlled reads every step."""
        return f"team:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("controls:control", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Is somebody awaited?"""
        return self.state in OPEN

    def standing(self, on: date | None = None) -> str:
        """ "late", "soon" or "" while somebody is awaited; "" afterwards."""
        return standing_of(self.due_on, on or today(), self.draw.plan.remind_days) if self.is_open else ""


class ControlAnswer(models.Model):
    """What the team says (réponse), with a file or not. Never changes."""

    control = models.ForeignKey(Control, models.PROTECT, related_name="answers")
    words = models.TextField("réponse", blank=True)
    attachment = models.OneToOneField(
        "foundation.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pièce"
    )
    on_announcement = models.BooleanField("après l'annonce du résultat", default=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField("écrite le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse à un contrôle"
        verbose_name_plural = "réponses aux contrôles"
        ordering = ("written_at", "id")
        constraints = [
            models.CheckConstraint(name="control_answer_says", condition=~Q(words="") | Q(attachment__isnull=False))
        ]

    def __str__(self) -> str:
        return f"Réponse du {day(self.written_at)}"
