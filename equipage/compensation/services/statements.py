"""The statement (relevé) of each payee: every cent of a transfer, with its sentence."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from equipage.compensation.models import ClaimLine
from equipage.foundation import audit
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.services import Draft, issue_many
from equipage.foundation.french import day, euros
from equipage.foundation.periods import Month, today
from equipage.payments.models import Payment, PaymentRun
from equipage.payments.selectors.returns import paid_again_in
from equipage.teams.rules import form_of

KIND = "payments.statement"
_PAYEES = 200


def issue_statements(run: PaymentRun, *, actor: Any) -> int:
    """Write the frozen data of one statement a payee; their PDF is set by a job. Runs inside the approval.

    Some payees at a time: a run may hold a million lines, and a query no more than some hundred teams. How many.
    """
    again: dict[int, list[int]] = defaultdict(list)
    for old, payer in paid_again_in(run).items():
        again[payer].append(old)
    keys = list(run.payments.order_by("id").values_list("id", flat=True))
    for start in range(0, len(keys), _PAYEES):
        _issue(run, {key: [key, *again[key]] for key in keys[start : start + _PAYEES]}, actor)
    issued = Document.objects.filter(kind=KIND, about=_about()).order_by("-id")
    Payment.objects.filter(run=run).update(statement_id=Subquery(issued.values("id")[:1]))
    return len(keys)


def _issue(run: PaymentRun, reasons: dict[int, list[int]], actor: Any) -> None:
    """The statements of some transfers; `reasons` are those whose lines each one pays, itself and what came back."""
    payer = {key: own for own, keys in reasons.items() for key in keys}
    lines: dict[int, list[Any]] = defaultdict(list)
    rows = ClaimLine.objects.filter(payment__in=list(payer)).select_related("action")
    rows = rows.prefetch_related("team", "rate__scale").defer("explanation").order_by("held_on", "id")
    for line in rows:
        lines[payer[line.payment_id or 0]].append(line)
    payments = (
        Payment.objects.filter(pk__in=list(reasons)).select_related("professional", "bank_details").order_by("id")
    )
    issue_many((statement_draft(run, payment, lines[payment.pk]) for payment in payments), actor=actor)


def _about() -> Any:
    """`audit.about(payment)` said by the database: one UPDATE, instead of one case for each payment."""
    name = Value(f"{Payment._meta.label_lower}:")
    return Concat(name, Cast(OuterRef("pk"), CharField()), output_field=CharField())


def _label(line: Any) -> str:
    label = form_of(line.team, line.held_on).action(line.action.kind).short_label
    return f"Correction, {label}" if line.adjusts_id else label


def _sentence(line: Any, payment: Payment) -> str:
    if line.payment_id in (None, payment.pk):
        return str(line.sentence)
    return f"{line.sentence} Un premier virement n'était pas arrivé ; il est refait."


def statement_draft(run: PaymentRun, payment: Payment, lines: list[Any], *, dated: date | None = None) -> Draft:
    """The frozen data of one statement; `dated` is today when None."""
    month = Month.of(run.month)
    fictitious = any(line.rate.scale.fictitious for line in lines)
    person = payment.professional
    data = {
        "association": run.organisation.name,
        "payee": person.formal_name,
        "profession": person.profession_label,
        "rpps": person.rpps,
        "month": month.label,
        "reference": payment.end_to_end_id,
        "account": payment.bank_details.iban_masked,
        "total": euros(payment.amount_cents),
        "lines": [
            {
                "day": day(line.held_on),
                "label": _label(line),
                "team": line.team.name,
                "amount": euros(line.amount_cents),
                "sentence": _sentence(line, payment),
            }
            for line in lines
        ],
    }
    return Draft(
        KIND,
        "compensation/statement",
        f"Relevé d'indemnisation de {month.label}",
        data,
        audit.about(payment),
        payment.end_to_end_id,
        run.organisation.region_id,
        dated or today(),
        "fr",
        fictitious,
    )
