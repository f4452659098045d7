"""Reading money: what is payable and what is not yet, envelopes, and what each person received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from equipage.agreements.models import Convention
from equipage.compensation.holds import held_column, hold_of
from equipage.compensation.models import ClaimLine, Scale
from equipage.compensation.rules import Hindrance, gated_kinds, hindrances, kinds_before_recognition, rate_of
from equipage.compensation.states import COMMITTED, SETTLED
from equipage.coordination.selectors import kind_label
from equipage.foundation.french import euros
from equipage.foundation.periods import Month, today
from equipage.funding.models import Envelope
from equipage.payments.models import BankDetails, Payment
from equipage.people.models import Organisation
from equipage.rules.dated import Reference
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


@dataclass
class Pile:
    """A pile of lines (pile): how many, for how much, and the lines one looks at."""

    count: int = 0
    total_cents: int = 0
    lines: list[Any] = field(default_factory=list)

    def add(self, line: Any) -> None:
        self.count += 1
        self.total_cents += line.amount_cents
        self.lines.append(line)


@dataclass
class Preview:
    """The month before it is prepared: clear, to look at (still payable), not ready (with who must act)."""

    month: Month
    clear: Pile = field(default_factory=Pile)
    to_look_at: Pile = field(default_factory=Pile)
    not_ready: Pile = field(default_factory=Pile)

    @property
    def payable_cents(self) -> int:
        return self.clear.total_cents + self.to_look_at.total_cents


def preview(organisation: Any, month: Month) -> Preview:
    """Sort what is owed at the end of a month into its three piles; each line carries its `remarks`."""
    piles = Preview(month)
    lines = list(owed_lines(organisation, month).select_related("professional", "team", "action"))
    usual = _usual(organisation)
    hindered = {line.pk: hindrances_of(line) for line in lines}
    indebted = in_debt(line for line in lines if not hindered[line.pk])
    for line in lines:
        blocking = hindered[line.pk] or ((OWED_BACK,) if line.professional_id in indebted else ())
        if blocking:
            line.remarks = [hindrance.sentence for hindrance in blocking]
            line.waits_for = blocking[0].waits_for
            piles.not_ready.add(line)
            continue
        line.remarks = _oddities(line, usual)
        (piles.to_look_at if line.remarks else piles.clear).add(line)
    return piles


OWED_BACK = Hindrance(
    "owed_back",
    "Une contre-écriture reprend plus que ce qui est dû : rien n'est viré, le reste est retenu sur les mois suivants.",
    "association",
)


def in_debt(lines: Iterable[Any]) -> set[int]:
    """The professionals whose lines come to nothing or less: no transfer is made, and their lines wait together."""
    totals: dict[int, int] = {}
    for line in lines:
        totals[line.professional_id] = totals.get(line.professional_id, 0) + line.amount_cents
    return {professional_id for professional_id, total in totals.items() if total <= 0}


def hindrances_of(line: Any) -> tuple[Hindrance, ...]:
    """What keeps a line of `owed_lines` from being paid."""
    return hindrances(
        recognised=line.recognised,
        convention_covers=line.covered,
        account_confirmed=line.account_id is not None,
        gate_open=line.gate_open,
    ) + hold_of(line.held)


@dataclass(frozen=True)
class _Usual:
    """What payments of this association look like: accounts already paid, accounts shared, usual amount by kind."""

    accounts: set[int]
    shared_accounts: set[int]
    amounts: dict[str, int]


_ENOUGH_TO_COMPARE = 10


def _usual(organisation: Any) -> _Usual:
    paid = Payment.objects.filter(run__organisation=organisation, run__state__in=("approved", "executed"))
    confirmed = BankDetails.objects.filter(organisation=organisation, state="confirmed").order_by()
    several = confirmed.values("iban_search").annotate(people=Count("professional", distinct=True)).filter(people__gt=1)
    kinds = (
        ClaimLine.objects.filter(organisation=organisation, state="paid", amount_cents__gt=0)
        .order_by()
        .values_list("action__kind")
        .annotate(mean=Avg("amount_cents"), many=Count("id"))
    )
    return _Usual(
        set(paid.order_by().values_list("bank_details_id", flat=True).distinct()),
        set(confirmed.filter(iban_search__in=several.values("iban_search")).values_list("id", flat=True)),
        {kind: int(mean) for kind, mean, many in kinds if many >= _ENOUGH_TO_COMPARE},
    )


def _oddities(line: Any, usual: _Usual) -> list[str]:
    """What a careful person looks at before paying; none of it blocks."""
    found = []
    if line.cut_cents:
        found.append("Réduite par un plafond ou par l'enveloppe de l'équipe.")
    if line.account_id not in usual.accounts:
        found.append("Premier versement sur ce compte.")
    if line.account_id in usual.shared_accounts:
        found.append("Ce compte est aussi celui d'une autre personne.")
    mean = usual.amounts.get(line.action.kind)
    if mean is not None and line.amount_cents > 2 * mean:
        found.append(f"Plus du double de ce qui est versé d'habitude pour ce type d'action ({euros(round(mean))}).")
    return found


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


def public_scale(region_code: str, day: date) -> PublicScale | None:
    """The scale that the association of a region applies on a day, None without one; no account needed, two queries."""
    association = Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION, region_id=region_code).order_by("id")
    scale = (
        Scale.objects.filter(organisation__in=association.values("pk")[:1], state="in_force", valid_from__lte=day)
        .exclude(valid_to__lte=day)
        .order_by("-valid_from", "-id")
        .first()
    )
    if scale is None:
        return None
    rates = tuple(rate_of(row, scale) for row in scale.rates.all())
    return PublicScale(
        scale.label, scale.fictitious, scale.valid_from, scale.valid_to, Reference(scale.reference), rates
    )
