"""Preparing the yearly declaration of fees (DAS2): whom the association paid in a year, how much, what is missing.

Cash basis: the day the bank executed the transfer. Whether these sums are fees, for each status, is the accountant's
answer; everybody is listed, and those above the threshold are flagged (sources differ on who must be declared).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from equipage.foundation.periods import today
from equipage.payments.models import Payment, PaymentRun
from equipage.people.models import Practice, Professional
from equipage.rules.dated import CONFIDENCE_LABELS, Confidence, Reference

STREET = "numéro, type et nom de la voie"


@dataclass(frozen=True)
class Threshold:
    """From a civil year on: nobody paid this much or less in a year, taxes included, has to be declared. Cents."""

    since: int
    cents: int
    reference: Reference
    confidence: Confidence

    @property
    def source(self) -> str:
        """Where it is written, and how sure that is."""
        return f"{self.reference.sentence()} ({CONFIDENCE_LABELS[self.confidence]})"


_BOFIP = Reference("BOFiP du 12 février 2025, cité par legifiscal.fr et edifiscale.com", article="déclaration DAS2")
# The one place to change when a finance act moves the threshold; the newest first.
THRESHOLDS = (
    Threshold(2024, 240_000, _BOFIP, "secondary"),
    Threshold(0, 120_000, _BOFIP, "secondary"),
)


def threshold_of(year: int) -> Threshold:
    """The threshold for what was paid in a civil year."""
    return next(threshold for threshold in THRESHOLDS if year >= threshold.since)


def last_full_year() -> int:
    """The year to declare: the last one that is over in Paris."""
    return today().year - 1


def executed_in(organisation: Any, year: int) -> QuerySet[Payment]:
    """The transfers that the bank executed in a civil year for an association, and whose money stayed.

    What came back, whenever it did, is no money received in that year: its new transfer counts in its own year.
    """
    return sent_in(organisation, year).filter(comeback__isnull=True)


def sent_in(organisation: Any, year: int) -> QuerySet[Payment]:
    """The transfers of the runs executed in a civil year, those that came back too."""
    return Payment.objects.filter(run__organisation=organisation, run__state="executed", run__executed_on__year=year)


def years_paid(organisation: Any) -> list[int]:
    """The civil years in which the bank executed something, the last first."""
    days = PaymentRun.objects.filter(organisation=organisation, state="executed", executed_on__isnull=False)
    return sorted({found.year for found in days.order_by().dates("executed_on", "year")}, reverse=True)


def payees_of(organisation: Any, year: int) -> QuerySet[Professional]:
    """Everybody paid in the year, each with `paid_cents`, `transfers`, `holder`, `commune_name`, `commune_code`."""
    own = executed_in(organisation, year).filter(professional=OuterRef("pk")).order_by()
    per_person = own.values("professional")
    practice = (
        Practice.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=f"{year}-12-31"),
            professional=OuterRef("pk"),
            commune__isnull=False,
            valid_from__lte=f"{year}-12-31",
        )
        .order_by("-valid_from", "-id")
        .annotate(name=F("commune__name"), code=F("commune_id"))
    )
    return Professional.objects.filter(
        pk__in=executed_in(organisation, year).order_by().values("professional")
    ).annotate(
        paid_cents=Subquery(per_person.annotate(total=Sum("amount_cents")).values("total")),
        transfers=Subquery(per_person.annotate(count=Count("id")).values("count")),
        holder=Subquery(own.order_by("-id").values("bank_details__holder")[:1]),
        commune_name=Coalesce(Subquery(practice.values("name")[:1]), Value("")),
        commune_code=Coalesce(Subquery(practice.values("code")[:1]), Value("")),
    )


def missing_of(payee: Any) -> str:
    """What the declaration asks and the platform does not hold, for one of `payees_of`."""
    lacking = [] if payee.siret else ["SIRET, s'il existe"]
    if not payee.commune_name:
        lacking.append("commune")
    if payee.last_name.casefold() not in payee.holder.casefold():
        lacking.append(f"raison sociale : le compte est à « {payee.holder} »")
    return ", ".join([*lacking, STREET])


@dataclass(frozen=True)
class Summary:
    """The list in five numbers; amounts in cents."""

    payees: int
    paid_cents: int
    above: int
    without_siret: int
    without_commune: int


def summary_of(organisation: Any, year: int) -> Summary:
    """How many people, how much, how many above the threshold, how many with something to ask; one query."""
    found = payees_of(organisation, year).aggregate(
        payees=Count("pk"),
        total=Sum("paid_cents", default=0),
        above=Count("pk", filter=Q(paid_cents__gt=threshold_of(year).cents)),
        without_siret=Count("pk", filter=Q(siret="")),
        without_commune=Count("pk", filter=Q(commune_name="")),
    )
    return Summary(
        found["payees"], int(found["total"]), found["above"], found["without_siret"], found["without_commune"]
    )
