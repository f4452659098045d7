"""One transfer: where it went, what it pays, its statement."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.services import pdf_of
from equipage.payments.death_page import beside_person
from equipage.payments.models import Payment
from equipage.payments.panels import home_of_money, reasons_of
from equipage.payments.transfer_page import story_of


def _is_own(user: Any, row: Any) -> bool:
    person = user.professional_or_none
    return person is not None and person.pk == row.professional_id


def _payment_seen(request: HttpRequest, payment_id: int) -> Any:
    rows = Payment.objects.visible_to(request.user).select_related(
        "run__organisation", "professional", "bank_details", "statement", "comeback__reissued_by"
    )
    return get_object_or_404(rows, pk=payment_id)


@access(SIGNED_IN)
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One transfer, with everything it pays."""
    row = _payment_seen(request, payment_id)
    reasons = reasons_of(row, request.user)
    context = {
        "payment": row,
        "own": _is_own(request.user, row),
        "told": " ".join(reason.sentence for reason in reasons if reason.sentence),
        "reasons": reasons,
        "mine_url": home_of_money(),
        **story_of(row, request.user),
        **beside_person(row.professional, row.run.organisation, request.user),
    }
    return render(request, "payments/payment.html", context)


@access(SIGNED_IN)
def statement(request: HttpRequest, payment_id: int) -> HttpResponse:
    """The statement as a PDF, made again from its frozen data when it is not sealed yet."""
    row = _payment_seen(request, payment_id)
    if row.statement is None:
        raise Http404
    answer = HttpResponse(pdf_of(row.statement), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="releve-{row.end_to_end_id}.pdf"'
    return answer
