"""Who works together: the team, its members from day to day, and the themes it chose."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from equipage.foundation.periods import today
from equipage.foundation.policies import VisibleQuerySet
from equipage.teams.rules import composition_of
from equipage.teams.states import MEMBERSHIP, TEAM
from equipage.territory.names import normalise

# The team's association has a number: RNA or SIRET.
NUMBERED = ~Q(association_rna="", association_siret="")


class Team(models.Model):
    """A team (équipe) of one form of coordinated practice, of one region. Its state moves only by `states.TEAM`."""

    name = models.CharField("nom de l'équipe", max_length=120)
    search = models.CharField(max_length=300, editable=False, db_index=True)
    form = models.CharField("forme", max_length=20, default="esp-clap")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+", verbose_name="région")
    department = models.ForeignKey("territory.Department", models.PROTECT, related_name="+", verbose_name="département")
    commune = models.ForeignKey("territory.Commune", models.PROTECT, related_name="+", verbose_name="commune")
    state = TEAM.state_field()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créée le")
    meeting_requested_at = models.DateTimeField("rencontre demandée le", null=True, blank=True)
    met_on = models.DateField("rencontre du", null=True, blank=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    meeting_place = models.CharField("lieu de la rencontre", max_length=200, blank=True)
    meeting_notes = models.TextField("ce qui a été convenu", blank=True)
    registration_number = models.CharField("numéro d'enregistrement", max_length=30, blank=True)
    recognised_on = models.DateField("reconnue le", null=True, blank=True)
    closed_at = models.DateTimeField("fermée le", null=True, blank=True)
    closing_reason = models.TextField("motif de fermeture", blank=True)
    association_name = models.CharField("nom de l'association", max_length=200, blank=True)
    association_rna = models.CharField("numéro RNA", max_length=10, blank=True)
    association_siret = models.CharField("SIRET de l'association", max_length=14, blank=True)
    association_since = models.DateField("association depuis le", null=True, blank=True)
    association_until = models.DateField("association jusqu'au", null=True, blank=True)
    shown_publicly = models.BooleanField("l'équipe accepte d'être montrée au public", default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "équipe"
        ordering = ("name", "id")
        constraints = [
            *TEAM.constraints("team"),
            models.UniqueConstraint(
                fields=("registration_number",), condition=~Q(registration_number=""), name="team_registration_once"
            ),
            models.CheckConstraint(
                name="team_association_dated",
                condition=~NUMBERED | Q(association_since__isnull=False),
            ),
            models.CheckConstraint(
                name="team_association_period",
                condition=Q(association_until__isnull=True) | Q(association_until__gte=F("association_since")),
            ),
        ]
        indexes = [
            models.Index(fields=("region", "name", "id"), name="team_region_name"),
            models.Index(fields=("region", "state", "name", "id"), name="team_region_state"),
            models.Index(fields=("department", "name", "id"), name="team_department_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search = normalise(f"{self.name} {self.commune.name} {self.registration_number}")
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(*args, **kwargs)

    @property
    def is_association(self) -> bool:
        """Is the team an association loi 1901 today? `association_until` is the first day that it no longer was."""
        return bool(self.association_number) and (self.association_until is None or self.association_until > today())

    @property
    def association_number(self) -> str:
        """The number that names the association: RNA, or the SIRET of one that has no other; "" without any."""
        return self.association_rna or self.association_siret

    @property
    def audit_stream(self) -> str:
        return f"team:{self.pk}"

    @property
    def meeting_requested_if_waiting(self) -> datetime | None:
        """Since when the team waits for the association; nothing once it was met."""
        return self.meeting_requested_at if self.state == "meeting_requested" else None

    def composition_reasons(self) -> tuple[str, ...]:
        """Why the composition is not met today; empty when it is. The rule speaks, in `rules.py` of this package."""
        return tuple(reason.sentence for reason in composition_of(self, today()).reasons)


class MembershipQuerySet(VisibleQuerySet):
    """Members on a day."""

    def in_force(self, on: date | None = None) -> MembershipQuerySet:
        """Memberships (confirmed or uncertain) that hold on that day; today by default."""
        day = on or today()
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
            valid_from__lte=day,
            state__in=("uncertain", "confirmed", "left"),
        )


class Membership(models.Model):
    """A professional in a team, from a day until a day (excluded). Uncertain members (pressentis) never count."""

    class Role(models.TextChoices):
        LEAD = "lead", "Référent ou référente"
        MEMBER = "member", "Membre"

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships", verbose_name="équipe")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="memberships")
    role = models.CharField("place dans l'équipe", max_length=10, choices=Role, default=Role.MEMBER)
    state = MEMBERSHIP.state_field()
    valid_from = models.DateField("depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("confirmé le", null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField("accepté en personne le", null=True, blank=True)
    leaving_reason = models.TextField("motif du départ", blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "membre"
        ordering = ("team", "professional", "valid_from", "id")
        constraints = [
            *MEMBERSHIP.constraints("membership"),
            models.CheckConstraint(
                name="membership_period", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional} dans {self.team}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"


class TeamTheme(models.Model):
    """A theme (thématique) chosen by a team: of the catalogue of its form, or free (code « libre »)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="themes")
    code = models.CharField("thème", max_length=60)
    label = models.CharField("intitulé", max_length=160)
    chosen_at = models.DateTimeField("choisi le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "thème"
        ordering = ("team", "label", "id")
        constraints = [models.UniqueConstraint(fields=("team", "code", "label"), name="team_theme_once")]

    def __str__(self) -> str:
        return self.label
