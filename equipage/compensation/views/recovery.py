"""Money that comes back: a repayment read on the bank statement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.compensation.forms.recovery import RepaymentForm
from equipage.compensation.models import ClaimLine
from equipage.compensation.services.recovery import awaits_repayment, record_repayment
from equipage.foundation.access import access
from equipage.foundation.french import euros
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import posted
from equipage.people.roles import ASSOCIATION_ROLES


@access(*ASSOCIATION_ROLES, writes=True)
def repayment(request: HttpRequest, line_id: int) -> HttpResponse:
    """Record that a person gave back by their own transfer what a line takes back."""
    rows = ClaimLine.objects.visible_to(request.user).select_related("professional", "organisation")
    row: Any = get_object_or_404(rows, pk=line_id)
    if not can(request.user, "compensation.record_repayment", row).allowed:
        raise Http404
    back = reverse("compensation:line", args=[row.pk])
    if not awaits_repayment(row):
        messages.info(request, "Cette ligne n'attend pas de remboursement.")
        return redirect(back)
    form = RepaymentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            record_repayment(row, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le remboursement est enregistré. Rien ne sera retenu pour cette ligne.")
            return redirect(back)
    context = {**_told(row), "form": form, "cancel_url": back}
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _told(row: Any) -> dict[str, Any]:
    return {
        "heading": f"{row.professional.full_name} a remboursé {euros(-row.amount_cents)}",
        "sentence": "Enregistrez-le quand le relevé de la banque le montre.",
        "consequences": ["L'écriture de banque est passée.", "Rien ne sera retenu sur ses prochains virements."],
        "button": "Enregistrer le remboursement",
        "tone": "main",
    }
