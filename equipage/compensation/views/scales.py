"""Scales (barèmes): listed, drafted with their rates, adopted by a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.compensation.forms.scales import (
    AdoptForm,
    RateFormSet,
    ScaleForm,
    initial_rates,
    initial_scale,
    last_day_of,
    rule_choices,
    typed,
)
from equipage.compensation.forms.simulation import SimulationForm, imagined
from equipage.compensation.lists import ScaleListing
from equipage.compensation.models import Scale
from equipage.compensation.previewed import headline_of
from equipage.compensation.replaying import Rates, rates_of, reference_of
from equipage.compensation.scale_selectors import overlay_of, replacements_of
from equipage.compensation.scale_words import days_of, told_of_adoption
from equipage.compensation.services import scales as verbs
from equipage.compensation.services.previews import is_fresh, last_computed
from equipage.compensation.states import SCALE
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, moves, open_move, posted
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.rules.errors import BadInput

scale_list = access(*ASSOCIATION_ROLES)(listing_view(ScaleListing, "compensation/scales.html"))


@access(SIGNED_IN)
def scale(request: HttpRequest, scale_id: int) -> HttpResponse:
    """One scale and its rates. An adopted one is public to those it pays."""
    row = get_object_or_404(
        Scale.objects.visible_to(request.user).select_related("organisation", "drafted_by"), pk=scale_id
    )
    kinds, groups = (dict(pairs) for pairs in rule_choices(row.organisation.region_id))
    rates = [
        {
            "rate": rate,
            "kind": kinds.get(rate.action_code, rate.action_code),
            "group": groups.get(rate.profession_group, ""),
        }
        for rate in row.rates.all()
    ]
    staff = can(request.user, "compensation.draft_scale", row.organisation).allowed
    context = {
        "scale": row,
        "last_day": last_day_of(row),
        "rates": rates,
        "tabs": money_tabs(reverse("compensation:scales")) if request.user.holds(*ASSOCIATION_ROLES) else [],  # type: ignore[union-attr]
        "actions": moves(SCALE, row, request.user, asks=("adopt",)),
        "base": reverse("compensation:scale", args=[row.pk]),
        "replacements": _replacements(row),
        "may_preview": _may_preview(request.user, row),
        "may_edit": staff and row.state == "draft",
    }
    return render(request, "compensation/scale.html", context)


def _may_preview(user: Any, row: Scale) -> bool:
    """A draft, or a scale whose preview was looked at before it was adopted."""
    known = row.state == "draft" or row.previews.exists()
    return known and can(user, "compensation.preview_scale", row.organisation).allowed


def _replacements(row: Scale) -> list[dict[str, Any]]:
    if row.state != "in_force":
        return []
    return [{"scale": one.scale, "told": days_of(one)} for one in replacements_of(row)]


@access(*ASSOCIATION_ROLES, writes=True)
def new_scale(request: HttpRequest) -> HttpResponse:
    """A new draft, from the scale in force when there is one."""
    organisation = association_of(request)
    if not can(request.user, "compensation.draft_scale", organisation).allowed:
        raise Http404
    model = Scale.objects.filter(organisation=organisation, state="in_force").order_by("-valid_from").first()
    return _edit(request, organisation, None, model, _simulated(request, organisation))


@access(*ASSOCIATION_ROLES, writes=True)
def edit_scale(request: HttpRequest, scale_id: int) -> HttpResponse:
    """Change a draft."""
    row = get_object_or_404(Scale.objects.visible_to(request.user).select_related("organisation"), pk=scale_id)
    if not can(request.user, "compensation.draft_scale", row.organisation).allowed:
        raise Http404
    return _edit(request, row.organisation, row, row)


def _simulated(request: HttpRequest, organisation: Any) -> Rates | None:
    """The rates of a simulation that the address gives, to be drafted."""
    form = SimulationForm(request.GET, choices=rule_choices(organisation.region_id))
    scale = reference_of(organisation)
    if not request.GET or scale is None or not form.is_valid():
        return None
    try:
        return imagined(rates_of(scale), form.asked())
    except BadInput:
        return None


def _edit(
    request: HttpRequest, organisation: Any, row: Scale | None, model: Scale | None, simulated: Rates | None = None
) -> HttpResponse:
    choices = rule_choices(organisation.region_id)
    rows = initial_rates(simulated.rates if simulated else model.rates.all() if model else None, choices[0])
    new = {"valid_from": today(), "cap_person_year": typed(simulated.cap_person_year_cents) if simulated else ""}
    form = ScaleForm(posted(request), initial=initial_scale(row) if row else new)
    rates = RateFormSet(posted(request), initial=rows, prefix="tarif", form_kwargs={"choices": choices})
    if request.method == "POST" and form.is_valid() and rates.is_valid():
        try:
            saved = _save(request.user, organisation, row, form, rates)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le brouillon est enregistré. Une deuxième personne l'adopte.")
            return redirect("compensation:scale", saved.pk)
    status = 422 if request.method == "POST" else 200
    copied = model if row is None and simulated is None else None
    context = {"form": form, "rates": rates, "scale": row, "copied": copied, "simulated": simulated}
    return render(request, "compensation/scale_form.html", context, status=status)


def _save(actor: Any, organisation: Any, row: Scale | None, form: ScaleForm, rates: Any) -> Scale:
    if row is None:
        return verbs.draft_scale(actor=actor, organisation=organisation, facts=form.facts(), rates=rates.facts())
    return verbs.edit_scale(row, actor=actor, facts=form.facts(), rates=rates.facts())


@access(*ASSOCIATION_ROLES, writes=True)
def scale_move(request: HttpRequest, scale_id: int, move: str) -> HttpResponse:
    """Adopt (after a page that says what it is laid over) or abandon."""
    row = get_object_or_404(Scale.objects.visible_to(request.user).select_related("organisation"), pk=scale_id)
    found = open_move(SCALE, row, request.user, move)
    if found is None:
        messages.info(request, f"Ce barème est maintenant « {SCALE.states[row.state].label} ».")
        return redirect("compensation:scale", row.pk)
    if move == "adopt":
        return _adopt(request, row, found)
    if request.method == "POST":
        try:
            verbs.abandon(row, actor=request.user)
            messages.success(request, "Le brouillon est abandonné.")
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("compensation:scale", row.pk)


def _adopt(request: HttpRequest, row: Scale, found: Any) -> HttpResponse:
    back = reverse("compensation:scale", args=[row.pk])
    if not found.allowed:
        messages.error(request, " ".join(found.reasons))
        return redirect(back)
    done = last_computed(row)
    seen = is_fresh(row, done)
    form = None if seen else AdoptForm(posted(request))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            verbs.adopt(row, actor=request.user, unseen=bool(form and form.cleaned_data["unseen"]))
        except Refused as refused:
            if form is None:
                messages.error(request, refused.sentence)
                return redirect(back)
            refuse_on(form, refused)
        else:
            messages.success(request, SCALE.transitions["adopt"].done)
            return redirect(back)
    context = {
        "scale": row,
        "consequences": told_of_adoption(overlay_of(row)),
        "effect": headline_of(done.figures, row.organisation.region_id) if seen and done else "",
        "form": form,
        "cancel_url": back,
    }
    return render(request, "compensation/adopt.html", context, status=422 if request.method == "POST" else 200)
