"""A meeting while it is held and after: agenda, boxes, who was there, minutes in versions, tasks that follow."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from equipage.foundation.policies import VisibleQuerySet
from equipage.meetings.models.planning import Meeting
from equipage.meetings.states import TASK

# What most decisions are: of the meetings of a team of the Mayenne, 43 % ended in the first, 48 % in the second.
# The last is for topics of practice.
OUTCOMES = {
    "prescription": "Prescription",
    "referral": "Orientation, adressage",
    "protocol": "Protocole à écrire",
}


class Minutes(models.Model):
    """The minutes of one meeting (compte rendu): begun when the room opens, closed with the meeting.

    `setting` shapes the page and the paper. `patients` is the count that was declared: the situations that were
    discussed, corrected by hand; empty until the meeting is closed. `action` is the one coordinated action that the
    meeting is, declared from here or linked to what somebody had declared before.
    """

    class Setting(models.TextChoices):
        TEAM = "team", "Entre professionnels"
        PATIENT = "patient", "Avec le patient"
        HOME = "home", "Visite commune à domicile"

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="record", verbose_name="réunion")
    setting = models.CharField("forme de la réunion", max_length=10, choices=Setting, default=Setting.TEAM)
    place = models.CharField("lieu", max_length=200, blank=True)
    started_at = models.DateTimeField("commencée à", null=True, blank=True)
    ended_at = models.DateTimeField("terminée à", null=True, blank=True)
    patients = models.PositiveSmallIntegerField("patients comptés", null=True, blank=True)
    action = models.OneToOneField(
        "coordination.Action", models.PROTECT, null=True, blank=True, related_name="record", verbose_name="action"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("ouvert le")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("clos le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "compte rendu"
        verbose_name_plural = "comptes rendus"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="minutes_end_after_start",
                condition=Q(ended_at__isnull=True) | Q(started_at__isnull=False, ended_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="minutes_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    ended_at__isnull=False,
                    patients__isnull=False,
                    action__isnull=False,
                ),
            ),
            models.CheckConstraint(name="minutes_setting", condition=Q(setting__in=("team", "patient", "home"))),
            models.CheckConstraint(name="minutes_patients", condition=Q(patients__isnull=True) | Q(patients__lte=500)),
        ]

    def __str__(self) -> str:
        return f"Compte rendu, {self.meeting}"

    @property
    def team(self) -> object:
        return self.meeting.team

    @property
    def audit_stream(self) -> str:
        return self.meeting.audit_stream


class Attendee(models.Model):
    """One person as the room knows them: here, or excused. Proof of presence is another matter: `Presence`."""

    class Standing(models.TextChoices):
        HERE = "here", "Présent"
        EXCUSED = "excused", "Excusé"

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="attendees", verbose_name="compte rendu")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="+")
    standing = models.CharField("présence", max_length=10, choices=Standing)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "personne de la réunion"
        verbose_name_plural = "personnes de la réunion"
        ordering = ("minutes", "professional", "id")
        constraints = [
            models.UniqueConstraint(fields=("minutes", "professional"), name="attendee_once"),
            models.CheckConstraint(name="attendee_standing", condition=Q(standing__in=("here", "excused"))),
        ]


class Item(models.Model):
    """One point of the agenda (point à l'ordre du jour): a situation without a name, or a topic of practice.

    The three boxes are `account` (the situation), `decision` and `todo` (who does what by when: a list of
    {"what", "who": id of a professional or None, "due": ISO day or ""}), which becomes tasks when the meeting ends.
    `version` grows at each save and refuses a save on an old one. `carried_from` is the same point last time.
    """

    class Kind(models.TextChoices):
        SITUATION = "situation", "Une situation"
        TOPIC = "topic", "Un sujet de pratique"

    class Informed(models.TextChoices):
        NO = "", "Pas encore"
        TOLD = "told", "Patient informé"
        AGREED = "agreed", "Patient d'accord"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name="réunion")
    kind = models.CharField("nature", max_length=10, choices=Kind)
    code = models.CharField("code", max_length=40)
    question = models.CharField("question", max_length=300, blank=True)
    planned_minutes = models.PositiveSmallIntegerField("minutes prévues", null=True, blank=True)
    position = models.PositiveSmallIntegerField("rang")
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to", verbose_name="reprend"
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("ajouté le")
    account = models.TextField("la situation", blank=True)
    decision = models.TextField("la décision", blank=True)
    outcomes = models.JSONField("suites", default=list, blank=True)
    other_outcome = models.CharField("autre suite", max_length=80, blank=True)
    informed = models.CharField("information du patient", max_length=10, choices=Informed, blank=True)
    patient_present = models.BooleanField("patient présent", default=False)
    review_on = models.DateField("à revoir le", null=True, blank=True)
    todo = models.JSONField("qui fait quoi", default=list, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField("modifié le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "point à l'ordre du jour"
        verbose_name_plural = "points à l'ordre du jour"
        ordering = ("meeting", "position", "id")
        constraints = [
            models.CheckConstraint(name="item_kind", condition=Q(kind__in=("situation", "topic"))),
            models.CheckConstraint(name="item_informed", condition=Q(informed__in=("", "told", "agreed"))),
            models.CheckConstraint(name="item_has_code", condition=~Q(code="")),
            # What is left over goes to one meeting at a time: two people who take it up get it once.
            models.UniqueConstraint(fields=("meeting", "carried_from"), name="item_carried_once"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def team(self) -> object:
        return self.meeting.team

    @property
    def audit_stream(self) -> str:
        return self.meeting.audit_stream

    @property
    def is_situation(self) -> bool:
        return self.kind == self.Kind.SITUATION

    @property
    def outcome_labels(self) -> list[str]:
        """The outcomes as people read them, the free one last."""
        found = [OUTCOMES[code] for code in self.outcomes if code in OUTCOMES]
        return [*found, self.other_outcome.strip()] if self.other_outcome.strip() else found

    @property
    def discussed(self) -> bool:
        """Was something written in one of its boxes? Only these are counted; the others are proposed next time."""
        return bool(
            self.account.strip() or self.decision.strip() or self.outcomes or self.other_outcome.strip() or self.todo
        )


class MinutesVersion(models.Model):
    """The minutes as they stood once: the first when the meeting ended, one more for each correction. Append-only."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="versions", verbose_name="compte rendu")
    number = models.PositiveIntegerField("numéro")
    content = models.JSONField("contenu")
    content_hash = models.CharField("empreinte", max_length=64)
    reason = models.CharField("ce qui est corrigé", max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("écrite le")
    document = models.ForeignKey("foundation.Document", models.PROTECT, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "version du compte rendu"
        verbose_name_plural = "versions du compte rendu"
        ordering = ("minutes", "-number", "id")
        constraints = [models.UniqueConstraint(fields=("minutes", "number"), name="minutes_version_once")]

    def __str__(self) -> str:
        return f"{self.minutes}, version {self.number}"


class Task(models.Model):
    """What somebody does by a day (tâche). Without a name of a patient, like everything here.

    `handed_from` is who had it before leaving the team.
    """

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="tasks", verbose_name="équipe")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="point")
    what = models.CharField("ce qu'il faut faire", max_length=200)
    assignee = models.ForeignKey("people.Professional", models.PROTECT, related_name="tasks", verbose_name="qui")
    due_on = models.DateField("pour le", null=True, blank=True)
    state = TASK.state_field()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créée le")
    done_at = models.DateTimeField("faite le", null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    handed_from = models.ForeignKey("people.Professional", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "tâche"
        verbose_name_plural = "tâches"
        ordering = (F("due_on").asc(nulls_last=True), "id")
        constraints = [
            *TASK.constraints("task"),
            models.CheckConstraint(name="task_says_what", condition=~Q(what="")),
        ]
        indexes = [
            models.Index(fields=("team", "state", "due_on", "id"), name="task_team_state"),
            models.Index(fields=("assignee", "state", "due_on", "id"), name="task_assignee_state"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def audit_stream(self) -> str:
        """That of the meetings: the association and the agency do not read it."""
        return f"meetings:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return f"{reverse('meetings:task', args=[self.pk])}etapes/"
