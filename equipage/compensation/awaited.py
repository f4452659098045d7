"""The money of one professional: what arrived, what is coming and who must act, what is still an estimate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Min, Prefetch, Q, QuerySet, Sum

from equipage.compensation.models import ClaimLine
from equipage.compensation.selectors import hindrances_of, line_label, with_conditions, with_decisions
from equipage.compensation.states import COMING, SETTLED
from equipage.coordination.models import Presence
from equipage.foundation.french import MONTHS, counted, day, euros
from equipage.foundation.periods import today
from equipage.payments.models import Payment, PaymentReturn
from equipage.payments.selectors.returns import (
    accounts_of,
    comeback_of,
    is_held,
    is_tactful,
    obstacle_to,
    offset_of,
    offset_words,
    reason_of,
)
from equipage.payments.selectors.runs import received

WHO = {
    "agency": "la main est à l'ARS",
    "association": "la main est à l'association",
    "member": "la main est à vous",
    "team": "la main est à l'équipe",
}


@dataclass(frozen=True)
class Received:
    """One line of the account: the payment and how it is told."""

    payment: Any
    sentence: str


@dataclass(frozen=True)
class MonthOfMoney:
    """A month and what arrived in it."""

    label: str
    total_cents: int
    items: list[Received]


@dataclass(frozen=True)
class Awaited:
    """A line that is not paid yet: why, and who has the ball."""

    line: Any
    label: str
    reason: str
    who: str


@dataclass(frozen=True)
class Totals:
    """The civil year of one person in cents: paid, validated and coming, still estimated."""

    year: int
    paid_cents: int
    coming_cents: int
    estimated_cents: int


@dataclass(frozen=True)
class CameBack:
    """A transfer that did not arrive: what happened, why, what happens next; whether the person must act."""

    payment: Any
    sentence: str
    reason: str
    next_step: str
    theirs: bool


@dataclass
class Waiting:
    """What did not arrive, what the bank is executing, what is owed and coming, apart from what is only estimated."""

    came_back: list[CameBack] = field(default_factory=list)
    on_the_way: list[Received] = field(default_factory=list)
    coming: list[Awaited] = field(default_factory=list)
    estimated: list[Awaited] = field(default_factory=list)


def totals_of(professional: Any, year: int) -> Totals:
    """One query over the lines of the year of action."""
    sums = ClaimLine.objects.filter(professional=professional, year=year).aggregate(
        paid=Sum("amount_cents", filter=Q(state__in=SETTLED)),
        coming=Sum("amount_cents", filter=Q(state__in=COMING)),
        estimated=Sum("amount_cents", filter=Q(state="estimated")),
    )
    return Totals(year, int(sums["paid"] or 0), int(sums["coming"] or 0), int(sums["estimated"] or 0))


def payments_of(professional: Any) -> QuerySet[Payment]:
    """The payments of a person that stand, each with its first day of action and its number of lines.

    Its own lines while the bank executes it; what it really paid, once it has.
    """
    return (
        received(professional)
        .filter(comeback__isnull=True)
        .annotate(first_day=Min("lines__held_on"), line_count=Count("lines"))
    )


def arrived(professional: Any) -> QuerySet[Payment]:
    """Those that the bank executed and whose money stayed, the last first."""
    return (
        received(professional)
        .filter(run__state="executed", comeback__isnull=True)
        .annotate(first_day=Min("settled_lines__held_on"), line_count=Count("settled_lines"))
        .order_by("-run__executed_on", "-id")
    )


def came_back(professional: Any) -> list[CameBack]:
    """What did not arrive and is not paid again yet; two queries."""
    rows = PaymentReturn.objects.filter(payment__professional=professional).exclude(
        # Paid again by a transfer that stayed; one that came back too tells its own story.
        reissued_by__run__state="executed"
    )
    waiting = list(
        rows.select_related("payment__run__organisation", "payment__bank_details", "reissued_by__run")
        .defer("payment__run__bank_file", "reissued_by__run__bank_file")
        .order_by("pk")
    )
    accounts: dict[int, Any] = {}
    offsets: dict[int, int | None] = {}
    for organisation in {row.payment.run.organisation for row in waiting}:
        accounts[organisation.pk] = accounts_of(organisation, [professional.pk]).get(professional.pk)
        offsets[organisation.pk] = offset_of(organisation, {professional.pk}).get(professional.pk)
    places = [(row, row.payment.run.organisation_id) for row in waiting]
    return [_came_back(row, accounts[place], offsets[place]) for row, place in places]


def _came_back(comeback: PaymentReturn, account: Any, offset: int | None) -> CameBack:
    payment, reason = comeback.payment, reason_of(comeback)
    happened = "rejetés par la banque" if comeback.kind == PaymentReturn.Kind.REJECTED else "revenus à l'association"
    # Nothing will be transferred: no other account is asked for. Unless somebody must look at this one first.
    offset = None if is_held(comeback) else offset
    obstacle = obstacle_to(comeback, account) if offset is None else ""
    theirs = not comeback.reissued_by_id and obstacle == "account" and reason.who == "person"
    if is_tactful(comeback):
        why, next_step, theirs = "", "L'association s'en occupe.", False
    elif comeback.reissued_by_id:
        why, next_step = reason.sentence, "Un nouveau virement est en préparation ou en cours."
    elif theirs:
        why = reason.sentence
        next_step = "Donnez les coordonnées d'un autre compte : une fois confirmées, le virement est refait."
    elif obstacle:
        why, next_step = reason.sentence, "L'association voit avec la banque, puis le virement est refait."
    elif offset is not None:
        why, next_step = reason.sentence, offset_words(offset)
    else:
        why, next_step = reason.sentence, "Le virement est refait avec la prochaine campagne."
    sentence = f"{euros(payment.amount_cents)} {happened} le {day(comeback.happened_on)}"
    return CameBack(payment, sentence, why, next_step, theirs)


def by_month(payments: Iterable[Any]) -> list[MonthOfMoney]:
    """Payments already ordered, grouped by the month they arrived."""
    found = []
    for (year, month), group in groupby(payments, key=lambda payment: _month_of(payment.run)):
        items = [Received(payment, told(payment)) for payment in group]
        total = sum(item.payment.amount_cents for item in items)
        found.append(MonthOfMoney(f"{MONTHS[month - 1]} {year}", total, items))
    return found


def _month_of(run: Any) -> tuple[int, int]:
    when: date = run.executed_on
    return when.year, when.month


def told(payment: Any) -> str:
    """« 187,50 € versés le 12 novembre 2026, 27 jours après la première action »."""
    amount, run = euros(payment.amount_cents), payment.run
    comeback = comeback_of(payment)
    if comeback is not None:
        rejected = comeback.kind == PaymentReturn.Kind.REJECTED
        happened = "rejetés par la banque" if rejected else "revenus à l'association"
        return f"{amount} {happened} le {day(comeback.happened_on)}"
    if run.executed_on is None:
        return f"{amount} en cours de virement, demandé à la banque pour le {day(run.requested_on)}"
    delay = (run.executed_on - payment.first_day).days
    after = f"{counted(delay, 'jour', 'jours')} après la première action" if delay else "le jour même de l'action"
    return f"{amount} versés le {day(run.executed_on)}, {after}"


def awaited_by(professional: Any) -> Waiting:
    """Every line not paid yet, the oldest action first, with what it waits for."""
    lines = (
        with_decisions(
            with_conditions(
                ClaimLine.objects.filter(
                    professional=professional, state__in=("estimated", "validated", "locked")
                ).exclude(payment__run__state="approved")
            )
        )
        .select_related("team", "action__team", "payment__run", "professional")
        .defer("payment__run__bank_file")
        .prefetch_related(Prefetch("action__presences", Presence.objects.order_by("id")))
        .order_by("held_on", "id")
    )
    approved = payments_of(professional).filter(run__state="approved")
    found = Waiting(came_back(professional), [Received(payment, told(payment)) for payment in approved])
    for line in lines:
        reason, who = standing(line)
        made = Awaited(line, line_label(line), reason, WHO[who])
        (found.estimated if line.state == "estimated" else found.coming).append(made)
    return found


def standing(line: Any) -> tuple[str, str]:
    """Why a line of `with_conditions` and `with_decisions` is not paid yet, and who must act."""
    if line.state == "estimated":
        return _standing_of_action(line.action)
    if line.amount_cents < 0 and line.state == "validated":
        when = f" à partir du {day(line.due_on)}" if line.due_on else ""
        return f"Cette somme est à rendre : elle est retenue sur vos prochains virements{when}.", "association"
    if line.state == "locked":
        if line.payment.run.state == "approved":
            return "Le virement est approuvé : la banque l'exécute.", "association"
        return "La campagne du mois est préparée : la trésorière ou le trésorier l'approuve.", "association"
    if line.state == "returned":
        return "Le virement n'est pas arrivé : ce qui est dû le reste ; « Mon argent » dit la suite.", "association"
    if line.amount_cents == 0:
        return "L'enveloppe de l'équipe est atteinte : rien ne sera versé pour cette ligne.", "association"
    blocking = hindrances_of(line)
    if blocking:
        return blocking[0].sentence, blocking[0].waits_for
    if line.aside is not None:
        told = f" : « {line.aside} »" if line.aside else ""
        return f"L'association l'a mise de côté pour la vérifier{told} ; elle reste due.", "association"
    return "Tout est en ordre : elle sera dans la prochaine campagne de paiement.", "association"


def _standing_of_action(action: Any) -> tuple[str, str]:
    if action.state == "returned":
        return "L'association demande une correction.", "team"
    expected = sum(1 for presence in action.presences.all() if presence.state == "expected")
    if expected:
        return f"{counted(expected, 'personne doit', 'personnes doivent')} encore confirmer leur présence.", "team"
    return "L'association valide l'action.", "association"


def last_received(user: Any) -> Any:
    """For the home page: the last payment told, what is coming this year; None when there is nothing at all."""
    professional = user.professional_or_none
    if professional is None:
        return None
    last = arrived(professional).first()
    totals = totals_of(professional, today().year)
    if last is None and not (totals.coming_cents or totals.estimated_cents):
        return None
    return {"last": Received(last, told(last)) if last else None, "totals": totals}
