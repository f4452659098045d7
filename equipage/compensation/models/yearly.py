"""What a year paid to each person, as it was told to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from equipage.foundation.policies import VisibleQuerySet


class YearStatement(models.Model):
    """The yearly statement (relevé annuel) of one payee: what the bank executed for them in a civil year.

    Written once. When a transfer of that year is recorded after it, a new edition (édition) stands beside; the last
    one counts.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="year_statements")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="year_statements")
    year = models.PositiveSmallIntegerField("année")
    edition = models.PositiveSmallIntegerField("édition", default=1)
    total_cents = models.BigIntegerField("total versé, en centimes")
    issued_at = models.DateTimeField("établi le")
    document = models.ForeignKey(
        "foundation.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="relevé"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé annuel"
        verbose_name_plural = "relevés annuels"
        ordering = ("-year", "organisation", "professional", "-edition", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "professional", "year", "edition"), name="year_statement_once"
            ),
            # Nothing is left only where what a first edition told came back.
            models.CheckConstraint(
                name="year_statement_positive",
                condition=Q(total_cents__gt=0, edition__gt=0) | Q(total_cents=0, edition__gt=1),
            ),
        ]

    def __str__(self) -> str:
        return f"Relevé annuel {self.year}, édition {self.edition}"
