"""Where: regions, departments, inter-communal bodies, communes and postal codes of France.

Reference data that everybody may read. `services.load_territory` writes it, from `reference/territory/`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from equipage.foundation.policies import PublicQuerySet


class Region(models.Model):
    """A region (région) or an overseas collectivity; `code` is INSEE's, « 52 » for Pays de la Loire."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=80)
    search_name = models.CharField(max_length=80, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "région"
        ordering = ["search_name", "code"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department (département); the territorial offices of the regional health agency follow it."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments", verbose_name="région")

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Epci(models.Model):
    """An inter-communal body with its own taxes (EPCI à fiscalité propre), known by its SIREN."""

    class Kind(models.TextChoices):
        COMMUNITY_OF_COMMUNES = "CC", "Communauté de communes"
        COMMUNITY_OF_AGGLOMERATION = "CA", "Communauté d’agglomération"
        URBAN_COMMUNITY = "CU", "Communauté urbaine"
        METROPOLIS = "METRO", "Métropole"
        LYON = "MET69", "Métropole de Lyon"

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=200)
    search_name = models.CharField(max_length=200, editable=False)
    kind = models.CharField("nature", max_length=5, choices=Kind)
    vintage = models.PositiveSmallIntegerField("millésime", help_text="Dernier millésime où cet EPCI existe.")

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "intercommunalité"
        ordering = ["search_name", "siren"]
        constraints = [
            models.CheckConstraint(
                name="territory_epci_kind", condition=Q(kind__in=["CC", "CA", "CU", "METRO", "MET69"])
            )
        ]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune, or a code that was one and that health files still carry.

    A former code (ancienne commune: déléguée, associée, fusionnée) and a municipal district (arrondissement of Paris,
    Lyon, Marseille) keep their row and name the current commune as `successor`: nothing else may point at them.
    """

    class Kind(models.TextChoices):
        CURRENT = "current", "Commune"
        FORMER = "former", "Ancienne commune"
        DISTRICT = "district", "Arrondissement municipal"

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=80)
    search_name = models.CharField(max_length=80, editable=False, db_index=True)
    seat_name = models.CharField(
        "nom de l’ancienne commune de même code", max_length=80, blank=True, help_text="« Chemillé » pour 49092."
    )
    seat_search_name = models.CharField(max_length=80, blank=True, editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="communes", verbose_name="département"
    )
    epci = models.ForeignKey(
        Epci, on_delete=models.PROTECT, null=True, blank=True, related_name="communes", verbose_name="intercommunalité"
    )
    population = models.PositiveIntegerField("population municipale", null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CURRENT)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="commune actuelle",
    )
    vintage = models.PositiveSmallIntegerField("millésime")

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ["search_name", "code"]
        constraints = [
            models.CheckConstraint(
                name="territory_commune_kind", condition=Q(kind__in=["current", "former", "district"])
            ),
            models.CheckConstraint(
                name="territory_commune_successor",
                condition=Q(kind="current", successor__isnull=True) | ~Q(kind="current") & Q(successor__isnull=False),
            ),
            models.CheckConstraint(
                name="territory_commune_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("code")),
            ),
        ]
        indexes = [models.Index(fields=["department", "search_name"], name="territory_commune_by_dep")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name with its department, which tells homonyms apart: « Chemillé-en-Anjou (49) »."""
        return f"{self.name} ({self.department_id})"

    @property
    def is_current(self) -> bool:
        """Does this code name a commune today?"""
        return self.kind == self.Kind.CURRENT


class PostalCode(models.Model):
    """A postal code (code postal) of a current commune: many codes for one commune, many communes for one code."""

    code = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="postal_codes")

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "code postal"
        verbose_name_plural = "codes postaux"
        ordering = ["code", "commune_id"]
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="territory_postal_code_once")]

    def __str__(self) -> str:
        return self.code
