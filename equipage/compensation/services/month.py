"""The month (campagne du mois): what is payable is locked into one payment a person.

Thousands of lines move together: their state changes by one set-based UPDATE that names the state they must come from,
and one audit link for the run carries the count, the total and the hash of the whole content. The database constraints
hold line by line all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from equipage.compensation.models import ClaimLine
from equipage.compensation.owed import Owed, owed
from equipage.compensation.piles import Person, lines_to_pay, people_in
from equipage.compensation.selectors import payable_lines
from equipage.compensation.services.decisions import close_outdated
from equipage.foundation.french import counted, euros
from equipage.foundation.periods import Month, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.payments.models import Payment, PaymentRun
from equipage.payments.selectors.returns import to_pay_again
from equipage.payments.services.runs import Payee, open_run

_BATCH = 5000


@transaction.atomic
def prepare(*, organisation: Any, month: Month, actor: Any) -> PaymentRun:
    """Lock the payable lines up to the end of `month` into one payment a person. Raises Refused.

    Whoever was put aside, or still waits for a decision that is required, is left out: nobody else waits for them.
    """
    decision = can(actor, "compensation.prepare_run", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if month.start > today():
        raise Refused(
            f"{month.label.capitalize()} n'a pas commencé : préparez un mois commencé ou passé.", field="month"
        )
    # The organisation's row serialises two preparations; a line that moves meanwhile is found missing by the lock.
    type(organisation).objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    payable = owed(payable_lines(organisation, month))
    people = people_in(organisation, month, payable, to_pay_again(organisation, month))
    paid = [person for person in people if person.is_paid]
    if not paid:
        raise Refused(_nothing_to_pay(month, people), field="month")
    close_outdated(organisation, month, people)
    lines = lines_to_pay(paid)
    again = [Payment(pk=one.payment_id, amount_cents=one.amount_cents) for person in paid for one in person.again]
    run = open_run(
        organisation=organisation,
        month=month,
        payees=[_payee(person) for person in sorted(paid, key=lambda one: one.professional_id)],
        content_hash=content_hash(lines, again),
        actor=actor,
    )
    _lock(run, lines)
    return run


def _nothing_to_pay(month: Month, people: list[Person]) -> str:
    waiting = [person for person in people if not person.is_paid]
    if not waiting:
        return f"Rien n'est à payer pour {month.label} : aucune ligne validée ne remplit toutes les conditions."
    held = f"{counted(len(waiting), 'personne', 'personnes')}, {euros(sum(person.total_cents for person in waiting))}"
    return f"Rien n'est à payer pour {month.label} avant votre décision sur ce qui est à regarder ({held})."


def _payee(person: Person) -> Payee:
    """One transfer: what is newly payable, and what came back."""
    returned = tuple(one.return_id for one in person.again)
    return Payee(person.professional_id, person.account_id, person.total_cents, len(person.lines), returned)


def _lock(run: PaymentRun, lines: list[Owed]) -> None:
    payment = Payment.objects.filter(run=run, professional=OuterRef("professional"))
    locked = 0
    for start in range(0, len(lines), _BATCH):
        keys = [line.pk for line in lines[start : start + _BATCH]]
        locked += ClaimLine.objects.filter(pk__in=keys, state="validated").update(
            state="locked", payment_id=Subquery(payment.values("pk")[:1])
        )
    if locked != len(lines):
        raise Refused("Des lignes ont changé pendant la préparation : recommencez, rien n'a été écrit.")


def content_hash(lines: Iterable[Any], again: Iterable[Payment] = ()) -> str:
    """SHA-256 of who is paid what for which line, and of the transfers paid again, in a canonical order.

    The same content gives the same hash.
    """
    rows: list[Any] = sorted((line.pk, line.professional_id, line.amount_cents) for line in lines)
    rows += sorted(("virement", payment.pk, payment.amount_cents) for payment in again)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
