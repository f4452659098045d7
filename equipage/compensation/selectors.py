"""Reading money: what is payable and what is not yet, envelopes, and what each person received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value, When
from django.db.models.functions import TruncMonth

from equipage.agreements.models import Convention
from equipage.compensation.holds import DEATH, held_column, hold_of
from equipage.compensation.models import ClaimLine, MonthDecision
from equipage.compensation.rules import Hindrance, gated_kinds, hindrances, kinds_before_recognition, rate_of
from equipage.compensation.scale_selectors import scale_for
from equipage.compensation.states import COMMITTED, SETTLED
from equipage.coordination.selectors import kind_label
from equipage.foundation.periods import Month, today
from equipage.funding.models import Envelope
from equipage.payments.models import BankDetails
from equipage.people.models import Organisation
from equipage.rules.dated import Reference
from equipage.rules.errors import NoRuleInForce
from equipage.rules.scale import Rate


def line_label(line: Any) -> str:
    """What a line is for: the kind of its action, said to be a correction when it adjusts another line."""
    label = kind_label(line.action)
    return f"Correction, {label}" if line.adjusts_id else label


def with_conditions(lines: QuerySet[ClaimLine]) -> QuerySet[Any]:
    """The lines with the conditions of payment as columns.

    `account_id` is the confirmed account, `covered` whether a convention holds on the day, `recognised` whether the
    team was recognised that day (or since, when the action is to write its project), `gate_open` whether it was an
    association when the kind of action asks for one, `held` what a floor above holds it back for (`holds.py`).
    """
    regions = Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION).values_list("region_id", flat=True)
    ungated = Q()
    for region in sorted(set(regions)):
        ungated &= ~Q(region_id=region, action__kind__in=gated_kinds(region, today()))
    early = early_lines(sorted(set(regions)))
    signed = Convention.objects.filter(
        professional=OuterRef("professional"), team=OuterRef("team"), state__in=("active", "ended")
    )
    covering = signed.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("held_on")), valid_from__lte=OuterRef("held_on")
    )
    # What comes before the recognition (writing the project) is paid once the convention is signed.
    following = signed.filter(valid_from__gt=OuterRef("held_on"))
    account = BankDetails.objects.filter(
        professional=OuterRef("professional"), organisation=OuterRef("organisation"), state="confirmed"
    )
    return lines.annotate(
        covered=Exists(covering) | early & Exists(following),
        account_id=Subquery(account.order_by("-id").values("id")[:1]),
        recognised=Q(team__recognised_on__isnull=False) & (Q(team__recognised_on__lte=F("held_on")) | early),
        gate_open=ungated
        | Q(team__association_since__isnull=False, team__association_since__lte=F("held_on"))
        & (Q(team__association_until__isnull=True) | Q(team__association_until__gt=F("held_on")))
        & ~Q(team__association_rna="", team__association_siret=""),
        held=held_column(),
    )


def with_decisions(lines: QuerySet[Any]) -> QuerySet[Any]:
    """The lines with `aside`: None, or what their person is told of a decision to let them wait ("" without a reason).

    The last decision about a month that holds the line; those of a month whose lines came after do not touch it.
    """
    decided = MonthDecision.objects.filter(
        professional=OuterRef("professional"),
        organisation=OuterRef("organisation"),
        replaced_at__isnull=True,
        month__gte=OuterRef("held_month"),
    )
    told = Case(
        When(kind="wait", told=True, then=F("reason")), When(kind="wait", then=Value("")), output_field=TextField()
    )
    last = decided.order_by("-month", "-id").annotate(said=told).values("said")[:1]
    return lines.annotate(held_month=TruncMonth("held_on")).annotate(aside=Subquery(last))


def early_lines(regions: Iterable[str]) -> Q:
    """The lines of the kinds that come before the recognition of a team, by region."""
    found = Q(pk__in=[])
    for region in regions:
        found |= Q(region_id=region, action__kind__in=kinds_before_recognition(region, today()))
    return found


def owed_lines(organisation: Any, month: Month) -> QuerySet[Any]:
    """Validated lines of actions held up to the end of the month, `with_conditions`; counter-entries are negative.

    A line wholly cut by the ceiling owes nothing and is not here; nor is an instalment before its month.
    """
    owed = ClaimLine.objects.filter(
        Q(due_on__isnull=True) | Q(due_on__lt=month.end),
        organisation=organisation,
        state="validated",
        held_on__lt=month.end,
    ).exclude(amount_cents=0)
    # A month has thousands of lines: their long texts stay in the database.
    return with_conditions(owed).defer("explanation", "sentence").order_by("id")


def payable_lines(organisation: Any, month: Month) -> QuerySet[Any]:
    """The owed lines whose every condition is met."""
    return owed_lines(organisation, month).filter(
        covered=True, account_id__isnull=False, recognised=True, gate_open=True, held=""
    )


def hindrances_of(line: Any) -> tuple[Hindrance, ...]:
    """What keeps a line of `owed_lines` from being paid. A death comes first: the person is asked for no account."""
    held = hold_of(line.held)
    mourned = any(one.code == DEATH for one in held)
    found = hindrances(
        recognised=line.recognised,
        convention_covers=line.covered,
        account_confirmed=mourned or line.account_id is not None,
        gate_open=line.gate_open,
    )
    return held + found if mourned else found + held


@dataclass(frozen=True)
class EnvelopeState:
    """The envelope of a team for a year, in cents: allotted, committed (validated to paid), paid, to validate."""

    year: int
    amount_cents: int
    committed_cents: int
    paid_cents: int
    estimated_cents: int

    @property
    def left_cents(self) -> int:
        return max(0, self.amount_cents - self.committed_cents)

    @property
    def committed_percent(self) -> int:
        return 100 * self.committed_cents // self.amount_cents if self.amount_cents else 0


def envelope_state(team: Any, year: int, *, default_cents: int = 0) -> EnvelopeState:
    """Read the envelope of a team; `default_cents` (from the rule) stands where no row was made yet."""
    row = Envelope.objects.filter(team=team, year=year).first()
    sums = ClaimLine.objects.filter(team=team, year=year).aggregate(
        committed=Sum("amount_cents", filter=Q(state__in=COMMITTED)),
        paid=Sum("amount_cents", filter=Q(state__in=SETTLED)),
        estimated=Sum("amount_cents", filter=Q(state="estimated")),
    )
    return EnvelopeState(
        year,
        row.amount_cents if row else default_cents,
        int(sums["committed"] or 0),
        int(sums["paid"] or 0),
        int(sums["estimated"] or 0),
    )


@dataclass(frozen=True, slots=True)
class PublicScale:
    """What anybody may read of a scale (barème): its name, its period, who fixed it, its rates; `valid_to` excluded."""

    label: str
    fictitious: bool
    valid_from: date
    valid_to: date | None
    reference: Reference
    rates: tuple[Rate, ...]
    cap_person_year_cents: int | None = None


def public_scale(region_code: str, day: date) -> PublicScale | None:
    """The scale that the association of a region applies on a day, None without one; no account needed, two queries."""
    association = Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION, region_id=region_code).order_by("id")
    try:
        scale = scale_for(association.values("pk")[:1], day)
    except NoRuleInForce:
        return None
    rates = tuple(rate_of(row, scale) for row in scale.rates.all())
    return PublicScale(
        scale.label,
        scale.fictitious,
        scale.valid_from,
        scale.valid_to,
        Reference(scale.reference),
        rates,
        scale.cap_person_year_cents,
    )
