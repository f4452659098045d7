"""The month before it is prepared: three piles, and the people one looks at before paying them.

A transfer goes to one person, so what is looked at is a person: all their payable lines of the month, the reasons to
look, and what was decided. A floor above adds its own reasons:

    piles.offer_doubt(doubts_of)        # (organisation, lines) -> {line pk: a sentence}

once, from `AppConfig.ready`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q

from equipage.compensation.models import ClaimLine, MonthDecision
from equipage.compensation.owed import Owed, named, owed
from equipage.compensation.rules import Hindrance
from equipage.compensation.selectors import owed_lines
from equipage.foundation.french import euros
from equipage.foundation.periods import Month
from equipage.payments.models import BankDetails, Payment
from equipage.payments.selectors.returns import Again, to_pay_again
from equipage.people.models import Professional

DoubtReader = Callable[[Any, Sequence[Owed]], Mapping[int, str]]

_doubts: list[DoubtReader] = []


def offer_doubt(read: DoubtReader) -> None:
    """Add reasons to look at lines before they are paid; one call for all the lines of a month, a sentence for some."""
    if read not in _doubts:
        _doubts.append(read)


# Why one looks: the words of the filter. Those of REQUIRED may hide a fraud: nobody is paid before a decision.
REASONS = {
    "first_payment": "Premier versement sur ce compte",
    "shared_account": "Compte d'une autre personne",
    "cut": "Réduit par un plafond",
    "unusual": "Montant inhabituel",
    "again": "Virement revenu, à refaire",
    "doubt": "Signalé par ailleurs",
    "changed": "Changé depuis la décision",
}
REQUIRED = ("first_payment", "shared_account")
# A shared account is decided person by person.
ONE_BY_ONE = ("shared_account",)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one looks at a line before paying it (motif); `fact` is what a decision depends on."""

    code: str
    sentence: str
    fact: str = ""


@dataclass
class Person:
    """What one person would receive for a month: their payable lines together, why one looks, what was decided.

    `again` are their transfers that came back and are paid again; `known` is the person when there is nothing else.
    """

    professional_id: int
    lines: list[Owed] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    known: Any = None
    reasons: list[Reason] = field(default_factory=list)
    decision: MonthDecision | None = None
    seen_hash: str = ""

    @property
    def professional(self) -> Any:
        return self.lines[0].professional if self.lines else self.known

    @property
    def account_id(self) -> int:
        """The account that the transfer goes to."""
        return int((self.lines[0] if self.lines else self.again[0]).account_id or 0)

    @property
    def total_cents(self) -> int:
        return sum(line.amount_cents for line in self.lines) + sum(one.amount_cents for one in self.again)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, each once; a decision on something else than what stands is one more."""
        return tuple(dict.fromkeys([*(reason.code for reason in self.reasons), *(["changed"] if self.changed else [])]))

    @property
    def sentences(self) -> list[str]:
        """What one reads, each once."""
        said = ["Ce qui est dû a changé depuis la décision."] if self.changed else []
        return list(dict.fromkeys([*said, *(reason.sentence for reason in self.reasons)]))

    @property
    def changed(self) -> bool:
        """Was something else decided upon?"""
        return self.decision is not None and self.decision.seen_hash != self.seen_hash

    @property
    def state(self) -> str:
        """« pay » and « wait » were decided; « open » waits for a decision; « default » is paid unless told otherwise.

        Whoever was put aside stays so until somebody looks again.
        """
        if self.decision is not None and not self.changed:
            return self.decision.kind
        aside = self.decision is not None and self.decision.kind == MonthDecision.Kind.WAIT
        return "open" if aside or set(REQUIRED) & set(self.codes) else "default"

    @property
    def is_paid(self) -> bool:
        return self.state in ("pay", "default")

    @property
    def is_clear(self) -> bool:
        """Nothing to look at, and nothing was decided."""
        return not self.reasons and self.decision is None


@dataclass
class Pile:
    """A pile of lines (pile): how many, for how much, and the lines one looks at."""

    count: int = 0
    total_cents: int = 0
    lines: list[Owed] = field(default_factory=list)

    def add(self, line: Owed) -> None:
        self.count += 1
        self.total_cents += line.amount_cents
        self.lines.append(line)


@dataclass
class Preview:
    """The month before it is prepared: clear, to look at (still payable), not ready (with who must act).

    `people` are those to look at, `clear_people` the others who would be paid; both by name.
    """

    month: Month
    clear: Pile = field(default_factory=Pile)
    to_look_at: Pile = field(default_factory=Pile)
    not_ready: Pile = field(default_factory=Pile)
    people: list[Person] = field(default_factory=list)
    clear_people: list[Person] = field(default_factory=list)

    @property
    def payable_cents(self) -> int:
        return self.clear.total_cents + self.to_look_at.total_cents

    @property
    def run_cents(self) -> int:
        """What a run prepared now would pay."""
        return self.clear.total_cents + sum(person.total_cents for person in self.people if person.is_paid)

    @property
    def again(self) -> list[Again]:
        """The transfers that came back and would be paid again."""
        return [one for person in self.people for one in person.again]

    @property
    def again_cents(self) -> int:
        return sum(one.amount_cents for one in self.again)

    def in_state(self, state: str) -> list[Person]:
        return [person for person in self.people if person.state == state]


def preview(organisation: Any, month: Month) -> Preview:
    """Sort what is owed at the end of a month into its three piles; each line carries its `remarks`."""
    piles = Preview(month)
    lines = owed(owed_lines(organisation, month))
    named(lines)
    ready = [line for line in lines if not line.hindrances]
    again = to_pay_again(organisation, month)
    indebted = debts(ready, again)
    for line in lines:
        blocking = line.hindrances
        if not blocking and line.professional_id in indebted:
            blocking = (OWED_BACK,) if indebted[line.professional_id] else (EVEN,)
        if blocking:
            line.remarks = [hindrance.sentence for hindrance in blocking]
            line.waits_for = blocking[0].waits_for
            piles.not_ready.add(line)
    for person in people_in(organisation, month, ready, again):
        pile = piles.clear if person.is_clear else piles.to_look_at
        for line in person.lines:
            pile.add(line)
        pile.total_cents += sum(one.amount_cents for one in person.again)
        (piles.clear_people if person.is_clear else piles.people).append(person)
    for people in (piles.people, piles.clear_people):
        people.sort(key=lambda one: (one.professional.last_name, one.professional.first_name, one.professional_id))
    return piles


def people_in(organisation: Any, month: Month, lines: Sequence[Owed], again: Sequence[Again] = ()) -> list[Person]:
    """The people whom payable lines of a month would pay, with reasons and decisions; who owes as much is left out.

    `again` are the transfers that came back and may be paid again.

    Six queries and those of the floors above, whatever the number of lines. Each line gets its `remarks`.
    """
    indebted = in_debt(lines, again)
    paying = [line for line in lines if line.professional_id not in indebted]
    returned = [one for one in again if one.professional_id not in indebted]
    if not paying and not returned:
        return []
    usual = _usual(organisation)
    doubts = [read(organisation, paying) for read in _doubts]
    decided = {row.professional_id: row for row in decisions_in(organisation, month)}
    people: dict[int, Person] = {}
    for line in paying:
        person = people.setdefault(line.professional_id, Person(line.professional_id))
        reasons = _oddities(line, usual)
        reasons += [Reason("doubt", said[line.pk], said[line.pk]) for said in doubts if line.pk in said]
        if reasons:
            line.remarks = [reason.sentence for reason in reasons]
        person.lines.append(line)
        person.reasons += reasons
    for one in returned:
        person = people.setdefault(one.professional_id, Person(one.professional_id))
        person.again.append(one)
        person.reasons += _about_again(one, usual)
    alone = Professional.objects.in_bulk([key for key, person in people.items() if not person.lines])
    for person in people.values():
        person.known = alone.get(person.professional_id)
        person.decision = decided.get(person.professional_id)
        person.seen_hash = _hash_of(person)
    return list(people.values())


def lines_to_pay(people: Iterable[Person]) -> list[Owed]:
    """The lines that a run takes, in the order of their keys."""
    return sorted((line for person in people if person.is_paid for line in person.lines), key=lambda line: line.pk)


def decisions_in(organisation: Any, month: Month) -> Any:
    """The decisions that stand for a month: « pay » is spent once in a run, and back when that run is cancelled."""
    rows = MonthDecision.objects.filter(organisation=organisation, month=month.start, replaced_at__isnull=True)
    done = Payment.objects.filter(
        professional=OuterRef("professional"),
        run__organisation=OuterRef("organisation"),
        run__month=OuterRef("month"),
        run__prepared_at__gte=OuterRef("decided_at"),
    ).exclude(run__state="cancelled")
    return rows.exclude(Q(kind="pay") & Exists(done)).select_related("decided_by").order_by("pk")


def _hash_of(person: Person) -> str:
    """SHA-256 of what one looks at: the lines, their amounts, the account, and the facts behind the reasons."""
    seen = {
        "again": sorted((one.return_id, one.amount_cents, one.account_id) for one in person.again),
        "lines": sorted((line.pk, line.amount_cents, line.account_id) for line in person.lines),
        "reasons": sorted({(reason.code, reason.fact) for reason in person.reasons}),
    }
    return hashlib.sha256(json.dumps(seen, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


OWED_BACK = Hindrance(
    "owed_back",
    "Une contre-écriture reprend plus que ce qui est dû : rien n'est viré, le reste est retenu sur les mois suivants.",
    "association",
)
EVEN = Hindrance(
    "even",
    "Une contre-écriture reprend exactement ce qui est dû : rien n'est à virer, et il n'y a rien à faire.",
    "association",
)


def in_debt(lines: Iterable[Any], again: Iterable[Again] = ()) -> set[int]:
    """The professionals for whom all comes to nothing or less: no transfer is made, and their lines wait together.

    `again` is what came back and is owed again.
    """
    return set(debts(lines, again))


def debts(lines: Iterable[Any], again: Iterable[Again] = ()) -> dict[int, int]:
    """What all comes to, in cents, nothing or less, for those of `in_debt`."""
    totals: dict[int, int] = {}
    for line in (*lines, *again):
        totals[line.professional_id] = totals.get(line.professional_id, 0) + line.amount_cents
    return {professional_id: total for professional_id, total in totals.items() if total <= 0}


@dataclass(frozen=True)
class _Usual:
    """What payments of this association look like: accounts already paid, accounts shared, usual amount by kind."""

    accounts: set[int]
    shared_accounts: set[int]
    amounts: dict[str, int]


_ENOUGH_TO_COMPARE = 10


def _usual(organisation: Any) -> _Usual:
    paid = Payment.objects.filter(
        run__organisation=organisation, run__state__in=("approved", "executed"), comeback__isnull=True
    )
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


def _oddities(line: Owed, usual: _Usual) -> list[Reason]:
    """What a careful person looks at before paying a line.

    The usual amount moves with every transfer: what counts for a decision is the line that stands out, not the mean.
    """
    found = []
    if line.cut_cents:
        found.append(Reason("cut", "Réduite par un plafond ou par l'enveloppe de l'équipe.", f"{line.pk}"))
    found += _about_account(line.account_id or 0, usual)
    mean = usual.amounts.get(line.kind)
    if mean is not None and line.amount_cents > 2 * mean:
        sentence = f"Plus du double de ce qui est versé d'habitude pour ce type d'action ({euros(round(mean))})."
        found.append(Reason("unusual", sentence, f"{line.pk}"))
    return found


def _about_again(one: Again, usual: _Usual) -> list[Reason]:
    """A transfer that came back is looked at before it leaves again, and so is the account it goes to."""
    sentence = f"Virement {one.end_to_end_id} revenu : ses {euros(one.amount_cents)} sont versés à nouveau."
    return [Reason("again", sentence, f"{one.return_id}"), *_about_account(one.account_id, usual)]


def _about_account(account_id: int, usual: _Usual) -> list[Reason]:
    found = []
    if account_id not in usual.accounts:
        found.append(Reason("first_payment", "Premier versement sur ce compte."))
    if account_id in usual.shared_accounts:
        found.append(Reason("shared_account", "Ce compte est aussi celui d'une autre personne."))
    return found
