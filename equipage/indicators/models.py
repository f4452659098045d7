"""The tables of the account: what each region did and paid in a year, and what of it everybody may read."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from equipage.foundation.policies import PublicQuerySet, VisibleQuerySet
from equipage.indicators.masking import THRESHOLD

FLOWS = [("done", "Ce qui a été fait"), ("paid", "Ce qui a été payé"), ("checked", "Ce qui a été contrôlé")]
DIMENSIONS = [
    ("year", "Année"),
    ("month", "Mois"),
    ("kind", "Type d'action"),
    ("department", "Département"),
    ("theme", "Thème"),
    ("outcome", "Résultat du contrôle"),
]


class YearAccount(models.Model):
    """The account (compte) of a region for a civil year. Once `complete`, nothing of it is counted again.

    `recognised` teams and `median_days` from an action to its payment are said when the year is complete, and when
    they concern enough teams; so is what the controls took back (`taken_cents`).
    """

    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("année")
    computed_at = models.DateTimeField("calculé le")
    complete = models.BooleanField("année complète", default=False)
    recognised = models.PositiveIntegerField("équipes reconnues", null=True, blank=True)
    median_days = models.IntegerField("jours de l'action au versement, médiane", null=True, blank=True)

    taken_cents = models.BigIntegerField("repris après contrôle, en centimes", null=True, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "compte public"
        verbose_name_plural = "comptes publics"
        ordering = ("region", "-year")
        constraints = [
            models.UniqueConstraint(fields=("region", "year"), name="year_account_once"),
            models.CheckConstraint(
                name="account_recognised", condition=Q(recognised__isnull=True) | Q(recognised__gte=THRESHOLD)
            ),
            models.CheckConstraint(
                name="account_said_when_complete",
                condition=Q(complete=True)
                | Q(recognised__isnull=True, median_days__isnull=True, taken_cents__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Compte {self.year} de {self.region_id}"


class AccountCell(models.Model):
    """One sum of an account as it is, small or not: for the association and the agency of the region.

    `items` are actions (done) or claim lines (paid); `key` is a month « 2026-04 », a code of the rules or of INSEE, or
    the year. The medians are those of one team among those that have something, from six teams on.
    """

    account = models.ForeignKey(YearAccount, models.PROTECT, related_name="cells")
    flow = models.CharField("nature", max_length=10, choices=FLOWS)
    dimension = models.CharField("ventilation", max_length=10, choices=DIMENSIONS)
    key = models.CharField("code", max_length=60)
    teams = models.PositiveIntegerField("équipes")
    people = models.PositiveIntegerField("personnes")
    items = models.PositiveIntegerField("actions ou lignes")
    minutes = models.PositiveBigIntegerField("minutes", default=0)
    amount_cents = models.BigIntegerField("montant, en centimes", default=0)
    median_items = models.PositiveIntegerField("médiane d'une équipe", null=True, blank=True)
    median_minutes = models.PositiveIntegerField("médiane des minutes d'une équipe", null=True, blank=True)
    median_cents = models.BigIntegerField("médiane d'une équipe, en centimes", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "somme d'un compte"
        verbose_name_plural = "sommes d'un compte"
        ordering = ("account", "flow", "dimension", "key")
        constraints = [
            models.UniqueConstraint(fields=("account", "flow", "dimension", "key"), name="account_cell_once"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.dimension} {self.key}"


class AccountFigure(models.Model):
    """One line of an account that everybody may read, written once and never again.

    A `masked` line says nothing but its name: its facts are in the line whose key is « groupes ». A month that waited
    for the following ones is the `first_month` of their line, whose key is the last month.
    """

    account = models.ForeignKey(YearAccount, models.PROTECT, related_name="figures")
    flow = models.CharField("nature", max_length=10, choices=FLOWS)
    dimension = models.CharField("ventilation", max_length=10, choices=DIMENSIONS)
    key = models.CharField("code", max_length=60)
    masked = models.BooleanField("masquée", default=False)
    small = models.BooleanField("moins de six équipes ou personnes", default=False)
    first_month = models.PositiveSmallIntegerField("premier mois", null=True, blank=True)
    teams = models.PositiveIntegerField("équipes", null=True, blank=True)
    people = models.PositiveIntegerField("personnes", null=True, blank=True)
    items = models.PositiveIntegerField("actions ou lignes", null=True, blank=True)
    minutes = models.PositiveBigIntegerField("minutes", null=True, blank=True)
    amount_cents = models.BigIntegerField("montant, en centimes", null=True, blank=True)
    published_at = models.DateTimeField("paru le")

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = "chiffre public"
        verbose_name_plural = "chiffres publics"
        ordering = ("account", "flow", "dimension", "key")
        constraints = [
            models.UniqueConstraint(fields=("account", "flow", "dimension", "key"), name="account_figure_once"),
            models.CheckConstraint(
                name="account_figure_masked",
                condition=Q(masked=False, small=False)
                | Q(
                    masked=True,
                    teams__isnull=True,
                    people__isnull=True,
                    items__isnull=True,
                    minutes__isnull=True,
                    amount_cents__isnull=True,
                ),
            ),
            # Whatever a program may compute, the table holds no figure of fewer than six teams or six people.
            models.CheckConstraint(
                name="account_figure_large",
                condition=Q(masked=True)
                | Q(
                    teams__isnull=False,
                    people__isnull=False,
                    items__isnull=False,
                    teams__gte=THRESHOLD,
                    people__gte=THRESHOLD,
                    items__gte=F("teams"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.dimension} {self.key}"
