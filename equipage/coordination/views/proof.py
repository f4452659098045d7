"""Pages of the proof: the code shown and read, everything to confirm on one page, one's hours, the files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from equipage.coordination import qr, selectors, services
from equipage.coordination.evidence import EVIDENCE, asked_evidence
from equipage.coordination.forms import CodeForm, EvidenceForm, HoursForm, answered
from equipage.coordination.models import Action, Presence
from equipage.coordination.selectors.proof import shown_of
from equipage.coordination.services.checking import members_among
from equipage.coordination.times import arrival_now, hours_of, shown_now
from equipage.coordination.views.actions import seen, tell
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.attachments import content_of
from equipage.foundation.documents.models import Attachment
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.roles import PROFESSIONAL

_HERE = "coordination/proof/"


@access(PROFESSIONAL)
@never_cache
def show_code(request: HttpRequest, action_id: int) -> HttpResponse:
    """The code, full screen, renewed by itself, and who has confirmed. A fragment of it when htmx asks."""
    row = seen(request, action_id)
    if not (may_show := can(request.user, "coordination.show_code", row)).allowed and row.is_open:
        raise Http404
    now = timezone.now()
    context: dict[str, Any] = {"action": row, "label": selectors.kind_label(row)}
    if may_show.allowed and shown_now(row, now):
        context |= _code(request, row, qr.slot_of(now))
        context["shown"] = shown_of(selectors.presences_of(row))
    page = "coordination/proof/show_code.html"
    template = f"{page}#live" if request.headers.get("HX-Request") else page
    return render(request, template, context)


def _code(request: HttpRequest, row: Action, slot: int) -> dict[str, Any]:
    """The drawing leads to this very site, by the address under which this phone reached it."""
    address = request.build_absolute_uri(reverse("coordination:code", args=[qr.token_of(row.pk, slot)]))
    side, path = qr.drawing(address)
    return {"side": str(side), "path": path, "typed": qr.typed_code(row.pk, slot)}


@access(SIGNED_IN, writes=True)
@never_cache
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Where a code leads: which meeting it is, and one button. Reading it writes nothing."""
    try:
        row = services.action_of_code(token)
        if request.method == "POST":
            services.confirm_by_code(token, actor=request.user, from_start=request.POST.get("depuis") == "debut")
    except qr.CodeRefused as refused:
        return render(request, _HERE + "code_refused.html", {"sentence": refused.sentence}, status=410)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("coordination:code", token)
    if request.method == "POST":
        tell(request, row, "Merci, votre présence est confirmée.")
        return redirect("coordination:action", row.pk)
    return render(request, _HERE + "code.html", _meeting(request, row))


def _meeting(request: HttpRequest, row: Action) -> dict[str, Any]:
    """What somebody who holds the code may know of the meeting: it was held, by which team."""
    person = request.user.professional_or_none  # type: ignore[union-attr]
    own = row.presences.filter(professional=person).first() if person else None
    member = person is not None and bool(members_among(row.team, (person.pk,), row.held_on))
    return {
        "action": row,
        "label": selectors.kind_label(row),
        "own": own,
        "may_confirm": own is not None or member,
        "arrives_at": arrival_now(row, timezone.now()),
    }


@access(PROFESSIONAL, writes=True)
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """« J'ai un code » : typed by hand, then the same page as scanned."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("coordination:code", services.enter_code(form.cleaned_data["code"], actor=request.user))
        except Refused as refused:
            answered(form, refused)
    return render(request, _HERE + "enter_code.html", {"form": form}, status=422 if request.method == "POST" else 200)


@access(PROFESSIONAL, writes=True)
def to_confirm(request: HttpRequest) -> HttpResponse:
    """Every presence that awaits this person's word: one tap each, or one for all."""
    waiting = list(selectors.to_confirm(request.user))
    if request.method == "POST":
        # What was on the page, not what arrived since: nobody confirms what they have not read.
        asked = set(request.POST.getlist("presence"))
        chosen = [presence for presence in waiting if str(presence.pk) in asked]
        try:
            count = services.confirm_all(chosen, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            if count:
                messages.success(request, "Merci, tout est confirmé." if count > 1 else "Merci, c'est confirmé.")
        return redirect("coordination:to_confirm")
    rows = [{"presence": presence, "label": selectors.kind_label(presence.action)} for presence in waiting]
    return render(request, _HERE + "to_confirm.html", {"rows": rows})


@access(PROFESSIONAL, writes=True)
def hours(request: HttpRequest, presence_id: int) -> HttpResponse:
    """When one person came and left, when it is not the whole meeting."""
    rows = Presence.objects.visible_to(request.user).select_related("action__team", "professional")
    row = get_object_or_404(rows, pk=presence_id)
    if not can(request.user, "coordination.edit_times", row).allowed:
        raise Http404
    form = HoursForm(request.POST or None, initial={"arrived_at": row.arrived_at, "left_at": row.left_at})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_times(row, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            answered(form, refused)
        else:
            messages.success(request, "Les heures sont notées.")
            return redirect("coordination:action", row.action_id)
    whole = hours_of(row.action)
    context = {
        "form": form,
        "presence": row,
        "action": row.action,
        "label": selectors.kind_label(row.action),
        "whole": whole if whole.known else None,
        "mine": row.professional.user_id == request.user.pk,
    }
    return render(request, _HERE + "hours.html", context, status=422 if request.method == "POST" else 200)


@access(SIGNED_IN, writes=True)
def add_evidence(request: HttpRequest, action_id: int) -> HttpResponse:
    """Join a file that proves the action; asked for only when the rules of its kind do."""
    row = seen(request, action_id)
    if not can(request.user, "coordination.edit_action", row).allowed:
        raise Http404
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else EvidenceForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.add_evidence(row, actor=request.user, file=form.cleaned_data["file"])
        except Refused as refused:
            answered(form, refused)
        else:
            then = "" if kept.openable else " Elle s'ouvrira dès que l'antivirus aura répondu."
            messages.success(request, f"La pièce est jointe à l'action.{then}")
            return redirect("coordination:action", row.pk)
    context = {"form": form, "action": row, "asked": asked_evidence(row)}
    return render(request, "coordination/evidence.html", context, status=422 if request.method == "POST" else 200)


@access(SIGNED_IN)
def evidence(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Download a piece; always as a file, never shown inside our pages, and never before the antivirus."""
    rows = Attachment.objects.visible_to(request.user).filter(kind=EVIDENCE).select_related("examination")
    found = get_object_or_404(rows, pk=attachment_id)
    try:
        content = content_of(found)
    except Refused as refused:
        messages.info(request, refused.sentence)
        return redirect("coordination:action", found.about.rpartition(":")[2])
    response = HttpResponse(content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="piece-{found.pk}.{found.extension}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
