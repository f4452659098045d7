"""The scale (barème) that an association enters: rates by kind of action, in force over a period."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from equipage.compensation.states import SCALE
from equipage.foundation.french import paris_day
from equipage.foundation.policies import VisibleQuerySet


class Scale(models.Model):
    """A set of rates with its period. The real one is not public: a demo scale says `fictitious`.

    Once adopted it never changes. Periods may overlap: the last adopted applies to the days it covers.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="scales")
    code = models.CharField("code", max_length=40)
    label = models.CharField("intitulé", max_length=160)
    reference = models.CharField("texte de référence", max_length=300)
    fictitious = models.BooleanField("barème fictif", default=False)
    valid_from = models.DateField("en vigueur le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)
    cap_person_year_cents = models.BigIntegerField("plafond annuel par personne, toutes actions", null=True, blank=True)
    state = SCALE.state_field()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("saisi le")
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    adopted_at = models.DateTimeField("adopté le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "barème"
        ordering = ("-valid_from", "-id")
        constraints = [
            *SCALE.constraints("scale"),
            models.UniqueConstraint(fields=("organisation", "code"), name="scale_code_once"),
            models.CheckConstraint(
                name="scale_period", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="scale_cap_positive",
                condition=Q(cap_person_year_cents__isnull=True) | Q(cap_person_year_cents__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def adopted_on(self) -> date | None:
        """The day in Paris from which it is known, None for a draft."""
        return paris_day(self.adopted_at) if self.state == "in_force" and self.adopted_at else None


class ScaleRate(models.Model):
    """One rate (tarif): an amount in euros for a unit of a kind of action, for everybody or for one profession."""

    class Unit(models.TextChoices):
        HOUR = "hour", "heure"
        STARTED_HALF_HOUR = "started_half_hour", "demi-heure commencée"
        MEETING = "meeting", "réunion"
        DOCUMENT = "document", "document"
        PATIENT = "patient", "patient"
        SESSION = "session", "séance"

    class Rounding(models.TextChoices):
        CENT = "cent", "au centime"
        EURO = "euro", "à l'euro"
        EURO_DOWN = "euro_down", "à l'euro inférieur"

    class SharedBy(models.TextChoices):
        EQUAL = "equal", "à parts égales"
        TIME = "time", "selon le temps passé"
        POINTS = "points", "selon les points"
        FIXED = "fixed", "à parts fixes"

    scale = models.ForeignKey(Scale, models.PROTECT, related_name="rates")
    action_code = models.CharField("type d'action", max_length=30)
    profession_group = models.CharField("profession", max_length=10, blank=True)
    unit = models.CharField("unité", max_length=20, choices=Unit)
    amount = models.DecimalField("montant par unité, en euros", max_digits=8, decimal_places=2)
    min_quantity = models.DecimalField("quantité minimale", max_digits=6, decimal_places=2, null=True, blank=True)
    max_quantity = models.DecimalField("quantité maximale", max_digits=6, decimal_places=2, null=True, blank=True)
    cap_person_year_cents = models.BigIntegerField("plafond annuel par personne", null=True, blank=True)
    cap_action_cents = models.BigIntegerField("plafond par action", null=True, blank=True)
    cap_team_year_cents = models.BigIntegerField("plafond annuel par équipe", null=True, blank=True)
    min_participants = models.PositiveSmallIntegerField("nombre minimal de présents", null=True, blank=True)
    rounding = models.CharField("arrondi", max_length=10, choices=Rounding, default="cent")
    # "" pays each person; else the amount is a lump sum of the team (forfait), shared by this key.
    shared_by = models.CharField("partagé", max_length=6, choices=SharedBy, blank=True, default="")
    points = models.PositiveSmallIntegerField("points", null=True, blank=True)
    percent = models.DecimalField("part fixe, en %", max_digits=5, decimal_places=2, null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "tarif"
        ordering = ("scale", "action_code", "profession_group", "id")
        constraints = [
            models.UniqueConstraint(fields=("scale", "action_code", "profession_group"), name="rate_once"),
            models.CheckConstraint(name="rate_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="rate_quantities",
                condition=Q(min_quantity__isnull=True)
                | Q(max_quantity__isnull=True)
                | Q(max_quantity__gte=F("min_quantity")),
            ),
            models.CheckConstraint(
                name="rate_shared_by_known", condition=Q(shared_by__in=["", "equal", "time", "points", "fixed"])
            ),
            models.CheckConstraint(
                name="rate_points_when_shared_so",
                condition=Q(shared_by="points", points__isnull=False, points__gte=1)
                | ~Q(shared_by="points") & Q(points__isnull=True),
            ),
            models.CheckConstraint(
                name="rate_percent_when_shared_so",
                condition=Q(shared_by="fixed", percent__isnull=False, percent__gt=0, percent__lte=100)
                | ~Q(shared_by="fixed") & Q(percent__isnull=True),
            ),
            *(
                models.CheckConstraint(
                    name=f"rate_{name}_positive",
                    condition=Q((f"{name}_cents__isnull", True)) | Q((f"{name}_cents__gte", 0)),
                )
                for name in ("cap_person_year", "cap_action", "cap_team_year")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_code} : {self.amount} € par {self.get_unit_display()}"
