"""The month (campagne du mois): what is payable is locked into one payment a person.

Thousands of lines move together: their state changes by one set-based UPDATE that names the state they must come from,
and one audit link for the run carries the count, the total and the hash of the whole content. The database constraints
hold line by line all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from equipage.compensation.models import ClaimLine
from equipage.compensation.selectors import in_debt, payable_lines
from equipage.foundation.periods import Month, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.payments.models import Payment, PaymentRun
from equipage.payments.selectors.returns import Again, to_pay_again
from equipage.payments.services.runs import Payee, open_run

_BATCH = 5000


@transaction.atomic
def prepare(*, organisation: Any, month: Month, actor: Any) -> PaymentRun:
    """Lock every payable line up to the end of `month` into one payment a person. Raises Refused."""
    decision = can(actor, "compensation.prepare_run", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if month.start > today():
        raise Refused(
            f"{month.label.capitalize()} n'a pas commencé : préparez un mois commencé ou passé.", field="month"
        )
    # The organisation's row serialises two preparations; the lines are then held in one order.
    type(organisation).objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    payable = list(payable_lines(organisation, month).select_for_update(of=("self",)))
    returned = to_pay_again(organisation, month)
    indebted = in_debt(payable, returned)
    lines = [line for line in payable if line.professional_id not in indebted]
    again = [one for one in returned if one.professional_id not in indebted]
    if not lines and not again:
        raise Refused(
            f"Rien n'est à payer pour {month.label} : aucune ligne validée ne remplit toutes les conditions.",
            field="month",
        )
    run = open_run(
        organisation=organisation,
        month=month,
        payees=_payees(lines, again),
        content_hash=content_hash(lines, [Payment(pk=one.payment_id, amount_cents=one.amount_cents) for one in again]),
        actor=actor,
    )
    _lock(run, lines)
    return run


def _payees(lines: list[Any], again: list[Again]) -> list[Payee]:
    """One a person: what is newly payable, and what came back."""
    by_person, returned = _group(lines), _group(again)
    return [
        Payee(
            person,
            (*by_person.get(person, ()), *returned.get(person, ()))[0].account_id,
            sum(row.amount_cents for row in (*by_person.get(person, ()), *returned.get(person, ()))),
            len(by_person.get(person, ())),
            tuple(one.return_id for one in returned.get(person, ())),
        )
        for person in sorted({*by_person, *returned})
    ]


def _group(lines: Iterable[Any]) -> dict[int, list[Any]]:
    by_person: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        by_person[line.professional_id].append(line)
    return dict(sorted(by_person.items()))


def _lock(run: PaymentRun, lines: list[Any]) -> None:
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
