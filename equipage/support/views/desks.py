"""Contacts and reports as those who keep them right see them: no developer is needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.french import day, moment
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.support import services
from equipage.support.actors import EDITOR_ROLES
from equipage.support.forms import CloseDeskForm, DeskForm, ReasonForm
from equipage.support.lists import DeskListing, ReportListing
from equipage.support.models import Desk, DeskReport
from equipage.support.states import DESK_REPORT

desk_list = access(*EDITOR_ROLES)(listing_view(DeskListing))
report_list = access(*EDITOR_ROLES)(listing_view(ReportListing))


def _desk(request: HttpRequest, desk_id: int) -> Desk:
    rows = Desk.objects.visible_to(request.user).select_related("region", "department", "checked_by", "organisation")
    found: Desk = get_object_or_404(rows, pk=desk_id)
    return found


@access(*EDITOR_ROLES, writes=True)
def new_desk(request: HttpRequest) -> HttpResponse:
    """Add a contact."""
    form = DeskForm(request.POST or None, user=request.user)
    return _form_page(request, form, "support/new_desk.html", {}, "Le contact est ajouté : le public le trouve déjà.")


@access(*EDITOR_ROLES, writes=True)
def desk(request: HttpRequest, desk_id: int) -> HttpResponse:
    """One contact: correct it, confirm it, close it; who may not reads why."""
    row = _desk(request, desk_id)
    decision = can(request.user, "support.edit_desk", row)
    if request.method == "POST" and not decision.allowed:
        raise Http404
    form = DeskForm(request.POST or None, instance=row, user=request.user) if decision.allowed else None
    context = {"row": _desk(request, desk_id), "decision": decision, "facts": _facts(row)}
    context["reports"] = list(
        DeskReport.objects.visible_to(request.user).filter(desk=row, state="open").order_by("created_at", "id")
    )
    return _form_page(request, form, "support/desk.html", context, "Le contact est enregistré.")


def _form_page(request: HttpRequest, form: Any, template: str, context: dict[str, Any], done: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = services.save_desk(
                actor=request.user, desk=form.save(commit=False), checked=form.cleaned_data["checked"]
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, done)
            return redirect("support:desk", row.pk)
    return render(request, template, {**context, "form": form}, status=422 if request.method == "POST" else 200)


def _facts(row: Desk) -> list[tuple[str, str]]:
    checked = f"{day(row.checked_on)}, par {row.checked_by}" if row.checked_by else day(row.checked_on)
    return [
        ("Territoire", row.place_label),
        ("Formes", row.forms_label),
        ("Téléphone", row.phone),
        ("Adresse e-mail", row.email),
        ("Source", row.source),
        ("Vérifié", checked if row.checked_on else "Jamais"),
        ("Fermé depuis", day(row.closed_on) if row.closed_on else ""),
    ]


@access(*EDITOR_ROLES, writes=True)
def confirm_desk(request: HttpRequest, desk_id: int) -> HttpResponse:
    """The contact is right today: one click."""
    row = _desk(request, desk_id)
    if request.method == "POST":
        try:
            services.confirm_desk(actor=request.user, desk=row)
            messages.success(request, f"{row.name} : vérifié aujourd'hui.")
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("support:desk", row.pk)


@access(*EDITOR_ROLES, writes=True)
def close_desk(request: HttpRequest, desk_id: int) -> HttpResponse:
    """The contact no longer serves from a day on; a POST without that form opens it again (`geste=rouvrir`)."""
    row = _desk(request, desk_id)
    if request.method == "POST" and request.POST.get("geste") == "rouvrir":
        return _reopen(request, row)
    form = CloseDeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_desk(actor=request.user, desk=row, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La fermeture est enregistrée : le public ne trouvera plus ce contact.")
            return redirect("support:desk", row.pk)
    context = {
        "heading": f"Fermer le contact « {row.name} »",
        "sentence": "Le public ne le trouvera plus. Il reste dans l'historique et peut être rouvert.",
        "consequences": [],
        "form": form,
        "button": "Fermer le contact",
        "tone": "stop",
        "cancel_url": reverse("support:desk", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _reopen(request: HttpRequest, row: Desk) -> HttpResponse:
    try:
        services.reopen_desk(actor=request.user, desk=row)
        messages.success(request, "Le contact est rouvert : le public le trouve à nouveau.")
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("support:desk", row.pk)


# --- reports ----------------------------------------------------------------------------------------------------------


def _report(request: HttpRequest, report_id: int) -> DeskReport:
    rows = DeskReport.objects.visible_to(request.user).select_related("desk", "decided_by")
    found: DeskReport = get_object_or_404(rows, pk=report_id)
    return found


@access(*EDITOR_ROLES)
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """What somebody says is wrong with a contact, beside what the contact says."""
    row = _report(request, report_id)
    context = {
        "row": row,
        "facts": _facts(row.desk),
        "said": [
            ("Ce qui ne va pas", row.get_reason_display()),
            ("Précision", row.text),
            ("Signalé", moment(row.created_at)),
            ("Adresse e-mail", row.email or "Pas laissée"),
        ],
        "actions": available(DESK_REPORT, row, request.user),
        "moves": f"{reverse('support:report', args=[row.pk])}etapes/",
    }
    return render(request, "support/report.html", context)


@access(*EDITOR_ROLES, writes=True)
def report_move(request: HttpRequest, report_id: int, move: str) -> HttpResponse:
    """Mended, or set aside with a reason."""
    row = _report(request, report_id)
    if move not in DESK_REPORT.transitions:
        raise Http404
    if move == "mend":
        return _mend(request, row)
    if row.state != "open":
        messages.info(request, "Ce signalement est déjà traité.")
        return redirect("support:report", row.pk)
    form = ReasonForm(
        request.POST or None, label="Pourquoi", help_text="Envoyé à la personne, si elle a laissé une adresse."
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.set_report_aside(actor=request.user, report=row, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, DESK_REPORT.transitions["set_aside"].done)
            return redirect("support:reports")
    context = {
        "heading": "Écarter ce signalement",
        "sentence": "Le contact reste comme il est.",
        "consequences": [],
        "form": form,
        "button": "Écarter le signalement",
        "tone": "main",
        "cancel_url": reverse("support:report", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _mend(request: HttpRequest, row: DeskReport) -> HttpResponse:
    if request.method != "POST":
        return redirect("support:report", row.pk)
    try:
        services.mend_report(actor=request.user, report=row)
        messages.success(request, DESK_REPORT.transitions["mend"].done)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("support:report", row.pk)
    return redirect("support:reports")
