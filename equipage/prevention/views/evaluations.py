"""Noting that an evaluation was done."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import day
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.prevention import services
from equipage.prevention.forms import EvaluationForm
from equipage.prevention.models import Evaluation
from equipage.prevention.views.common import ask


@access(SIGNED_IN, writes=True)
def evaluation(request: HttpRequest, evaluation_id: int) -> HttpResponse:
    """A day and a short result."""
    rows = Evaluation.objects.visible_to(request.user).select_related("programme__team")
    row = get_object_or_404(rows, pk=evaluation_id)
    if not can(request.user, "prevention.declare_programme", row.programme).allowed:
        raise Http404
    if row.done_on is not None:
        messages.info(request, "Cette évaluation est déjà notée.")
        return redirect("prevention:programme", row.programme_id)
    form = EvaluationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.do_evaluation(actor=request.user, evaluation=row, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "L'évaluation est notée.")
            return redirect("prevention:programme", row.programme_id)
    return ask(
        request,
        form,
        reverse("prevention:programme", args=[row.programme_id]),
        heading=row.get_kind_display(),
        sentence=f"Programme « {row.programme.title} », évaluation attendue pour le {day(row.due_on)}.",
        button="Noter l’évaluation",
    )
