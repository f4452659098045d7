"""What another scale would change: the preview of a draft, and the simulator over all teams, which writes nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.compensation.forms.scales import rule_choices
from equipage.compensation.forms.simulation import SimulationForm, imagined
from equipage.compensation.jobs import preview_scale
from equipage.compensation.models import Scale, ScalePreview
from equipage.compensation.previewed import as_csv, shown
from equipage.compensation.replaying import compare, figures_of, material_of, rates_of, reference_of
from equipage.compensation.services import previews as verbs
from equipage.foundation.access import access
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.funding.desk import association_of, money_tabs
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.rules.errors import BadInput

EXPORT = "export"


@access(*ASSOCIATION_ROLES, writes=True)
def preview(request: HttpRequest, scale_id: int) -> HttpResponse:
    """« Ce qu'il changerait »: shown as it was last computed, computed again on demand."""
    rows = Scale.objects.visible_to(request.user).select_related("organisation")
    row = get_object_or_404(rows, pk=scale_id)
    if not can(request.user, "compensation.preview_scale", row.organisation).allowed:
        raise Http404
    if request.method == "POST":
        _compute(request, row)
        return redirect("compensation:preview", row.pk)
    last = verbs.last_preview(row)
    done = verbs.last_computed(row)
    context = {
        "scale": row,
        "pending": last if last and last.computed_at is None else None,
        "preview": done,
        "stale": row.state == "draft" and done is not None and not verbs.is_fresh(row, done),
        "shown": shown(done.figures, row.organisation.region_id) if done else None,
    }
    return render(request, "compensation/preview.html", context)


def _compute(request: HttpRequest, row: Scale) -> None:
    try:
        asked: ScalePreview = verbs.ask_preview(row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return
    if asked.total > verbs.AT_ONCE:
        preview_scale.enqueue(asked.pk)
        messages.info(request, "Le calcul est long : il continue sans vous, rechargez cette page pour le suivre.")
    else:
        verbs.compute_preview(asked)


@access(*ASSOCIATION_ROLES)
def simulate(request: HttpRequest) -> HttpResponse:
    """The scale in force with other rates, over all teams; the whole simulation is in the address."""
    organisation = association_of(request)
    choices = rule_choices(organisation.region_id)
    scale = reference_of(organisation)
    form = SimulationForm(request.GET if request.GET else None, choices=choices)
    figures = _figures(organisation, scale, form) if scale and form.is_bound and form.is_valid() else None
    if figures is not None and request.GET.get(EXPORT) == "csv":
        return _csv(as_csv(figures, organisation.region_id))
    here = reverse("compensation:simulate")
    context = {
        "form": form,
        "scale": scale,
        "tabs": money_tabs(reverse("compensation:scales")),
        "shortcuts": [
            {"label": label, "url": f"{here}?type={code}&pourcent=5"} for code, label in _paid(scale, choices)
        ],
        "shown": shown(figures, organisation.region_id) if figures else None,
        "address": form.address() if figures else "",
        "share": request.build_absolute_uri(f"{here}?{form.address()}") if figures else "",
        "may_draft": can(request.user, "compensation.draft_scale", organisation).allowed,
    }
    return render(request, "compensation/simulate.html", context, status=422 if form.errors else 200)


def _paid(scale: Scale | None, choices: Any) -> list[tuple[str, str]]:
    """The kinds of action that the scale in force pays."""
    codes = {rate.action_code for rate in scale.rates.all()} if scale else set()
    return [(code, label) for code, label in choices[0] if code in codes]


def _figures(organisation: Any, scale: Scale, form: SimulationForm) -> dict[str, Any] | None:
    before = rates_of(scale)
    try:
        after = imagined(before, form.asked())
    except BadInput as wrong:
        form.add_error("pourcent", str(wrong))
        return None
    return figures_of(compare(material_of(organisation), before, after))


def _csv(text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="simulation-{today():%Y-%m-%d}.csv"'
    return answer
