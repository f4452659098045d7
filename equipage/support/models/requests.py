"""Requests for help, and the thread of what was said."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.listing import normalised, search_field
from equipage.foundation.policies import VisibleQuerySet
from equipage.people import nomenclatures
from equipage.support.models.desks import Desk
from equipage.support.rules import form_label
from equipage.support.states import HELP_REQUEST


class Topic(models.TextChoices):
    """What somebody wants; the value is the word in addresses (`?sujet=rappel`)."""

    CALL = "rappel", "Être rappelé"
    FORMS = "formes", "Comprendre les formes d'exercice coordonné"
    TEAM = "equipe", "Constituer une équipe"
    PROJECT = "projet", "Le projet de santé"
    PAYMENT = "paiement", "Un paiement"
    OTHER = "autre", "Autre chose"


class HelpRequest(models.Model):
    """Somebody asks for help (demande d'aide), with or without an account; a desk has it until it is closed.

    `waiting_since` begins again with each step, `reminded` says how far the wait was carried (see `rules.due_level`).
    `nonce` makes the personal link, which is stored nowhere; `origin` is a keyed trace of the network address, kept a
    day. After `rules.KEEP_MONTHS` the personal columns are emptied and `erased_at` says when.
    """

    name = models.CharField("nom", max_length=200, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    profession_code = models.CharField("profession", max_length=10, blank=True)
    commune = models.ForeignKey("territory.Commune", models.PROTECT, related_name="+", verbose_name="commune")
    department = models.ForeignKey("territory.Department", models.PROTECT, related_name="+", verbose_name="département")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+", verbose_name="région")
    form = models.CharField("forme", max_length=30, blank=True)
    topic = models.CharField("sujet", max_length=20, choices=Topic)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name="guichet"
    )
    nonce = models.CharField("jeton", max_length=24, unique=True, editable=False)
    digest = models.CharField("empreinte", max_length=64, blank=True, editable=False)
    origin = models.CharField("provenance", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("reçue le", auto_now_add=True)
    state = HELP_REQUEST.state_field()
    waiting_since = models.DateTimeField("attend depuis le")
    reminded = models.PositiveSmallIntegerField("relances", default=0)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="suivie par"
    )
    holder_name = models.CharField("suivie par, en toutes lettres", max_length=200, blank=True)
    taken_at = models.DateTimeField("prise en charge le", null=True, blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    erased_at = models.DateTimeField("coordonnées effacées le", null=True, blank=True)
    search = search_field()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d'aide"
        verbose_name_plural = "demandes d'aide"
        ordering = ("waiting_since", "id")
        indexes = [
            models.Index(fields=["state", "waiting_since", "id"], name="help_request_waiting"),
            models.Index(fields=["email", "created_at"], name="help_request_email"),
            models.Index(fields=["origin", "created_at"], name="help_request_origin"),
        ]
        constraints = [
            *HELP_REQUEST.constraints("help_request"),
            # The same form sent twice is one request.
            models.UniqueConstraint(fields=["email", "digest"], condition=~Q(digest=""), name="help_request_once"),
            models.CheckConstraint(
                name="help_request_erased_whole",
                condition=Q(erased_at__isnull=True)
                | Q(name="", email="", phone="", profession_code="", digest="", origin="", search="")
                & Q(asked_by__isnull=True),
            ),
            models.CheckConstraint(
                name="help_request_has_address", condition=Q(erased_at__isnull=False) | ~Q(email="") & ~Q(name="")
            ),
        ]

    def __str__(self) -> str:
        return f"Demande n° {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.search = normalised(self.name, self.email, self.commune.name)
        super().save(*args, **kwargs)

    @property
    def who(self) -> str:
        """Who asked, as staff read it; their name is erased one day."""
        return self.name or "Coordonnées effacées"

    @property
    def profession_label(self) -> str:
        """« Infirmier ou infirmière », or nothing."""
        return nomenclatures.profession(self.profession_code).screen_label if self.profession_code else ""

    @property
    def form_label(self) -> str:
        """« ESP CLAP », or nothing."""
        return form_label(self.form)

    @property
    def desk_label(self) -> str:
        """Who has it, as an organisation."""
        return self.desk.name if self.desk else "l'administration de la plateforme"


class HelpMessage(models.Model):
    """One thing said in the thread of a request; written once, only emptied when the request is erased.

    `author_name` is empty for who asked: their name stands on the request. `desk` is where a request was passed on.
    """

    class Kind(models.TextChoices):
        WORD = "word", "La personne écrit"
        ANSWER = "answer", "Réponse"
        PASSED = "passed", "Confiée à un autre guichet"
        CLOSED = "closed", "Close"

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="messages", verbose_name="demande")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    at = models.DateTimeField("écrit le")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    author_name = models.CharField("signé", max_length=200, blank=True)
    text = models.TextField("texte", blank=True)
    desk = models.ForeignKey(Desk, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="guichet")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "message d'une demande d'aide"
        verbose_name_plural = "messages des demandes d'aide"
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%d/%m/%Y})"
