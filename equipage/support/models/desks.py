"""The contacts, and what people say is wrong with them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.french import typographic
from equipage.foundation.listing import normalised, search_field
from equipage.foundation.periods import today
from equipage.foundation.policies import PublicQuerySet, VisibleQuerySet
from equipage.support.rules import dialled, form_label, is_stale
from equipage.support.states import DESK_REPORT


class DeskQuerySet(PublicQuerySet):
    """Contacts, which everybody may read."""

    def open_on(self, on: date) -> DeskQuerySet:
        """Those that are not closed on that day."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on))


class Desk(models.Model):
    """A contact (guichet): who helps teams of a department, else of a region, else of all France.

    `forms` are the codes of the forms served, every form when empty. A desk whose `organisation` works inside the
    application receives its requests there. `source` says where the contact was read; `checked_on` is the day somebody
    confirmed it. A contact that closes is ended with a date, never deleted; `closed_on` is the first day without it.
    """

    class Kind(models.TextChoices):
        AGENCY = "agency", "Agence régionale de santé"
        DELEGATION = "delegation", "Délégation de l'ARS"
        ASSOCIATION = "association", "Association"
        FEDERATION = "federation", "Fédération"
        UNION = "union", "Union de professionnels de santé"
        OTHER = "other", "Autre organisme"

    key = models.SlugField("clé", max_length=60, unique=True)
    name = models.CharField("nom", max_length=200)
    role = models.CharField("ce que fait ce guichet", max_length=300)
    kind = models.CharField("nature", max_length=20, choices=Kind)
    forms = models.JSONField("formes accompagnées", default=list, blank=True)
    region = models.ForeignKey(
        "territory.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="région"
    )
    department = models.ForeignKey(
        "territory.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="département"
    )
    person_name = models.CharField("personne à demander", max_length=150, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    url = models.URLField("site", blank=True)
    hours = models.CharField("horaires, délai de réponse", max_length=200, blank=True)
    note = models.CharField("précision", max_length=500, blank=True)
    source = models.CharField("source", max_length=300)
    source_day = models.DateField("date de la source", null=True, blank=True)
    checked_on = models.DateField("vérifié le", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vérifié par"
    )
    closed_on = models.DateField("fermé depuis le", null=True, blank=True)
    organisation = models.ForeignKey(
        "people.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="organisation dans Équipage",
    )
    search = search_field()

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = "guichet"
        ordering = ("name", "key")
        constraints = [
            models.CheckConstraint(name="desk_can_be_reached", condition=~Q(phone="") | ~Q(email="") | ~Q(url="")),
            models.CheckConstraint(
                name="desk_department_has_region", condition=Q(department__isnull=True) | Q(region__isnull=False)
            ),
            models.CheckConstraint(
                name="desk_checker_has_day", condition=Q(checked_by__isnull=True) | Q(checked_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search = normalised(self.name, self.role, self.person_name, self.email)
        super().save(*args, **kwargs)

    @property
    def tel(self) -> str:
        """The number as a telephone dials it: « +33249104000 »."""
        return dialled(self.phone)

    @property
    def place_label(self) -> str:
        """Whom it serves: « Maine-et-Loire (49) », « Pays de la Loire », « Toute la France »."""
        return str(self.department or self.region or "Toute la France")

    @property
    def forms_label(self) -> str:
        """« ESP CLAP, MSP », or « Toutes les formes »."""
        return ", ".join(form_label(code) for code in self.forms) or "Toutes les formes"

    @property
    def is_open(self) -> bool:
        """Does it still serve today?"""
        return self.closed_on is None or self.closed_on > today()

    @property
    def stale(self) -> bool:
        """Was it never checked, or too long ago?"""
        return is_stale(self.checked_on, today())

    def serves(self, form: str) -> bool:
        """Does it help with that form? With no form asked, every desk does."""
        return not form or not self.forms or form in self.forms


class DeskReport(models.Model):
    """Somebody says that a contact is wrong (signalement). `origin` is a keyed trace of the network address."""

    class Reason(models.TextChoices):
        PHONE = "phone", "Le téléphone ne répond pas, ou n'est plus le bon"
        EMAIL = "email", "L'adresse e-mail ne marche pas"
        ROLE = "role", "Ce guichet ne fait pas (ou plus) cela"
        CLOSED = "closed", "Ce guichet n'existe plus"
        OTHER = "other", "Autre chose"

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="reports", verbose_name="guichet")
    reason = models.CharField("ce qui ne va pas", max_length=20, choices=Reason)
    text = models.CharField("précision", max_length=1000, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    digest = models.CharField("empreinte", max_length=64, editable=False)
    origin = models.CharField("provenance", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("signalé le", auto_now_add=True)
    state = DESK_REPORT.state_field()
    decided_at = models.DateTimeField("traité le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="traité par"
    )
    decision_reason = models.CharField("motif", max_length=500, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "signalement"
        ordering = ("created_at", "id")
        indexes = [models.Index(fields=["origin", "created_at"], name="desk_report_origin")]
        constraints = [
            *DESK_REPORT.constraints("desk_report"),
            # The same words sent twice are one report.
            models.UniqueConstraint(fields=["desk", "digest"], condition=Q(state="open"), name="desk_report_open_once"),
        ]

    def __str__(self) -> str:
        return typographic(f"{self.desk} : {self.get_reason_display()}")
