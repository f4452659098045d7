"""Transfers that were rejected or came back: their list, one written by hand, one released to be paid again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.french import euros
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import posted
from equipage.payments.forms.answers import ReturnForm
from equipage.payments.lists import ReturnListing
from equipage.payments.models import Payment
from equipage.payments.selectors.returns import comeback_of, is_held, reason_of
from equipage.payments.services import returns as verbs
from equipage.payments.services.ending import is_last_awaited, record_by_hand
from equipage.people.roles import ASSOCIATION_ROLES, Role

HANDS = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER)

return_list = access(*ASSOCIATION_ROLES)(listing_view(ReturnListing, "funding/listing.html"))


def _seen(request: HttpRequest, payment_id: int) -> Any:
    rows = Payment.objects.visible_to(request.user).select_related("run", "professional", "comeback")
    row = get_object_or_404(rows, pk=payment_id)
    if not can(request.user, "payments.record_return", row).allowed:
        raise Http404
    return row


@access(*HANDS, writes=True)
def record(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Write by hand that a transfer was rejected, or that its money came back."""
    row = _seen(request, payment_id)
    if row.run.state not in ("approved", "executed") or comeback_of(row):
        return redirect("payments:payment", row.pk)
    returned = row.run.state == "executed"
    form = ReturnForm(posted(request))
    if request.method == "POST" and form.is_valid():
        kind = "returned" if returned else "rejected"
        try:
            _, ended = record_by_hand(row, kind=kind, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            over = " C'était le dernier virement attendu : la campagne est terminée." if ended else ""
            messages.success(request, f"C'est noté : la somme reste due, la prochaine campagne la refait.{over}")
            return redirect("payments:payment", row.pk)
    context = _record_context(row, form, returned=returned)
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _record_context(row: Any, form: ReturnForm, *, returned: bool) -> dict[str, Any]:
    what = "est revenu" if returned else "a été rejeté par la banque"
    last = "C'est le dernier virement sans réponse : la campagne est terminée, les autres sont versés ou rejetés."
    return {
        "heading": f"Le virement de {euros(row.amount_cents)} {what}",
        "sentence": f"{row.professional.full_name}, référence {row.end_to_end_id}.",
        "consequences": [
            "La somme reste due : ses lignes ne sont plus versées.",
            *(["L'écriture inverse est passée dans le livre."] if returned else []),
            "La personne est prévenue, sauf si le motif demande des égards.",
            *([last] if is_last_awaited(row) else []),
        ],
        "form": form,
        "button": "Noter le retour" if returned else "Noter le rejet",
        "tone": "main",
        "cancel_url": reverse("payments:payment", args=[row.pk]),
    }


@access(*HANDS, writes=True)
def release(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Somebody looked: the next run may pay it again."""
    row = _seen(request, payment_id)
    comeback = comeback_of(row)
    if comeback is None or not is_held(comeback):
        return redirect("payments:payment", row.pk)
    if request.method == "POST":
        verbs.release(comeback, actor=request.user)
        messages.success(request, "C'est noté : la prochaine campagne refait ce virement.")
        return redirect("payments:payment", row.pk)
    context = {
        "heading": f"Refaire le virement de {euros(row.amount_cents)}",
        "sentence": f"{row.professional.full_name}. {reason_of(comeback).sentence}",
        "consequences": [reason_of(comeback).to_do, "La prochaine campagne verse la somme sur le compte confirmé."],
        "form": None,
        "button": "J'ai vérifié : refaire ce virement",
        "tone": "main",
        "cancel_url": reverse("payments:payment", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context)
