"""A meeting before it is held: slots to choose from, who is invited, the series it belongs to."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from equipage.foundation.policies import VisibleQuerySet
from equipage.meetings.states import MEETING

LONGEST_MINUTES = 12 * 60


class Series(models.Model):
    """Meetings that come back (réunions régulières): `rule` is an RRULE of RFC 5545, `until` its last day.

    Each occurrence is a `Meeting` of its own: it is answered, moved, cancelled and held alone. `client_key` makes the
    same sending arrive once.
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="+", verbose_name="équipe")
    organiser = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rule = models.CharField("rythme", max_length=120)
    until = models.DateField("jusqu'au")
    stopped_at = models.DateTimeField("arrêtée le", null=True, blank=True)
    created_at = models.DateTimeField("créée le")
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "série de réunions"
        verbose_name_plural = "séries de réunions"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.rule} jusqu'au {self.until}"

    @property
    def audit_stream(self) -> str:
        """A chain of its own: the association and the agency read the journal of a team, never its meetings."""
        return f"meetings:{self.team_id}"


class Meeting(models.Model):
    """One meeting (réunion): planned, then held; once held it is one coordinated action, declared from its minutes.

    `kind` is the code of an action of the rule pack. `minutes` is the planned length. `sequence` counts what the
    calendars were told (RFC 5545), `uid` names the event for ever. `client_key` makes the same sending arrive once.
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="meetings", verbose_name="équipe")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="meetings")
    kind = models.CharField("type de réunion", max_length=30)
    title = models.CharField("objet", max_length=160, blank=True)
    place = models.CharField("lieu", max_length=200, blank=True)
    video_link = models.URLField("lien de visioconférence", max_length=400, blank=True)
    starts_at = models.DateTimeField("début", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("durée prévue en minutes", default=60)
    state = MEETING.state_field()
    organiser = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créée le")
    held_at = models.DateTimeField("terminée le", null=True, blank=True)
    cancel_reason = models.TextField("motif de l'annulation", blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion"
        verbose_name_plural = "réunions"
        ordering = ("-starts_at", "-id")
        constraints = [
            *MEETING.constraints("meeting"),
            models.CheckConstraint(name="meeting_minutes", condition=Q(minutes__gte=5, minutes__lte=LONGEST_MINUTES)),
        ]
        indexes = [
            models.Index(fields=("team", "state", "starts_at"), name="meeting_team_state"),
            models.Index(fields=("region", "starts_at", "id"), name="meeting_region_day"),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def audit_stream(self) -> str:
        """A chain of its own: the association and the agency read the journal of a team, never its meetings."""
        return f"meetings:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("meetings:meeting", args=[self.pk])

    @property
    def ends_at(self) -> datetime | None:
        """The end that was planned."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def invited(self) -> models.QuerySet[Participant]:
        """Who is invited today: those taken off the list stay as rows until their calendar knows."""
        return self.participants.filter(removed_at__isnull=True)


class Participant(models.Model):
    """A member invited to a meeting; `answer` is what she said of coming once the date is fixed.

    `removed_at`: no longer invited; the row stays, because a calendar that knew the meeting must be told. Read
    `Meeting.invited` for those who are. `sent_sequence` and `sent_status` are the last thing mailed to that calendar.
    """

    ANSWERS = [("", "Sans réponse"), ("yes", "Vient"), ("no", "Ne vient pas")]
    SENT = [("", "Rien"), ("confirmed", "Invitation"), ("cancelled", "Annulation")]

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="participants")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="+")
    answer = models.CharField("réponse", max_length=3, choices=ANSWERS, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    # What the calendar of this person knows: -1 before any invitation.
    sent_sequence = models.IntegerField(default=-1)
    sent_status = models.CharField(max_length=9, choices=SENT, blank=True)
    removed_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "personne invitée"
        verbose_name_plural = "personnes invitées"
        ordering = ("meeting", "id")
        constraints = [
            models.UniqueConstraint(fields=("meeting", "professional"), name="participant_once"),
            models.CheckConstraint(name="participant_answer", condition=Q(answer__in=("", "yes", "no"))),
            models.CheckConstraint(
                name="participant_sent",
                condition=Q(sent_status="", sent_sequence=-1)
                | Q(sent_status__in=("confirmed", "cancelled"), sent_sequence__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional}, {self.get_answer_display()}"


class Slot(models.Model):
    """One moment proposed by the poll (créneau)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField("début")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ("meeting", "starts_at", "id")
        constraints = [models.UniqueConstraint(fields=("meeting", "starts_at"), name="slot_once")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class SlotAnswer(models.Model):
    """What one invited person says of one slot: yes, if need be, no."""

    CHOICES = [("yes", "Oui"), ("maybe", "Si besoin"), ("no", "Non")]

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="answers")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="slot_answers")
    choice = models.CharField("réponse", max_length=5, choices=CHOICES)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse au créneau"
        verbose_name_plural = "réponses aux créneaux"
        ordering = ("slot", "participant", "id")
        constraints = [
            models.UniqueConstraint(fields=("slot", "participant"), name="slot_answer_once"),
            models.CheckConstraint(name="slot_answer_choice", condition=Q(choice__in=("yes", "maybe", "no"))),
        ]

    def __str__(self) -> str:
        return self.get_choice_display()


class CalendarFeed(models.Model):
    """The personal calendar address of one account (abonnement). A new `nonce`, or no row, ends the old address.

    The address holds a keyed hash of the nonce, so that whoever reads this table learns no address.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField("créé le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "abonnement au calendrier"
        verbose_name_plural = "abonnements au calendrier"
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.user)
