"""A protocol outside its team: shown to the region, taken up by others, linked to the time spent on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.policies import VisibleQuerySet
from equipage.protocols.models.writing import Protocol, ProtocolVersion
from equipage.protocols.states import PUBLICATION


class Publication(models.Model):
    """A version shown to the region with the consent of its team (publication); one online at most."""

    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="publications", verbose_name="protocole")
    version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="publications", verbose_name="version")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+", verbose_name="région")
    state = PUBLICATION.state_field()
    consent = models.CharField("accord de l'équipe", max_length=300)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("publiée le")
    ended_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "publication d'un protocole"
        verbose_name_plural = "publications d'un protocole"
        ordering = ("-published_at", "-id")
        constraints = [
            *PUBLICATION.constraints("publication"),
            models.UniqueConstraint(fields=("protocol",), condition=Q(state="online"), name="publication_once"),
        ]
        indexes = [models.Index(fields=("region", "state", "-published_at", "-id"), name="publication_region")]

    def __str__(self) -> str:
        return f"{self.version} ({self.get_state_display()})"

    @property
    def team(self) -> object:
        return self.protocol.team

    @property
    def audit_stream(self) -> str:
        return self.protocol.audit_stream

    @property
    def created_by_id(self) -> int:
        return self.protocol.created_by_id

    @property
    def author_ids(self) -> list[int]:
        """The authors of the published version."""
        return self.version.edition.author_ids


class Adoption(models.Model):
    """A team takes up the protocol of another (reprise): what it copied, and how far it has followed the original.

    `attribution` is the chain of teams, the first one first; it is copied into every version of the adopter.
    """

    protocol = models.OneToOneField(Protocol, models.PROTECT, related_name="adoption", verbose_name="protocole repris")
    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="+", verbose_name="équipe")
    source = models.ForeignKey(Protocol, models.PROTECT, related_name="adoptions", verbose_name="original")
    root = models.ForeignKey(Protocol, models.PROTECT, related_name="+", verbose_name="premier original")
    copied = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+", verbose_name="version copiée")
    followed = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+", verbose_name="version suivie")
    attribution = models.JSONField("attribution", default=list)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField("repris le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "reprise d'un protocole"
        verbose_name_plural = "reprises d'un protocole"
        ordering = ("-adopted_at", "-id")
        constraints = [models.UniqueConstraint(fields=("team", "source"), name="adoption_once")]

    def __str__(self) -> str:
        return f"Reprise du protocole n° {self.source_id}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"


class ProtocolAction(models.Model):
    """An action declared about a protocol (temps passé): written when the two names agree, never by hand."""

    action = models.OneToOneField("coordination.Action", models.PROTECT, related_name="+", verbose_name="action")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="actions", verbose_name="protocole")
    linked_at = models.DateTimeField("lié le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "action sur un protocole"
        verbose_name_plural = "actions sur un protocole"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Action n° {self.action_id}, protocole n° {self.protocol_id}"
