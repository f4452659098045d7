"""Ending a meeting, its minutes on a page and on paper, what is corrected afterwards, the attendance sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.coordination.models import Action
from equipage.coordination.selectors import kind_label as action_label
from equipage.coordination.services import AlreadyDeclared
from equipage.coordination.states import ACTION, OPEN
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.refusals import Refused, refuse_on
from equipage.meetings import printing
from equipage.meetings.forms.room import BoxesForm, CloseForm, CorrectHeaderForm, ReasonForm
from equipage.meetings.models import Item, Meeting, Minutes, MinutesVersion
from equipage.meetings.selectors import room as selectors
from equipage.meetings.selectors.room import Proposal, Room
from equipage.meetings.services import closing as services
from equipage.meetings.services.room import ItemConflict
from equipage.meetings.views.common import as_pdf, seen_item, seen_meeting
from equipage.meetings.views.room import differences
from equipage.people.roles import PROFESSIONAL

# --- ending -----------------------------------------------------------------------------------------------------------


@access(PROFESSIONAL, writes=True)
def close(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """What will be made, then made in one go: the meeting, the action, the tasks, the minutes."""
    meeting = seen_meeting(request, meeting_id)
    if meeting.state == "held":
        return redirect("meetings:minutes", meeting.pk)
    if meeting.state != "fixed":
        return redirect("meetings:meeting", meeting.pk)
    seen = selectors.room_of(meeting)
    proposed = selectors.proposed_times(meeting, seen.record)
    form = CloseForm(request.POST or None, people=seen.people, proposed=proposed, patients=seen.situations)
    if request.method != "POST" or not form.is_valid():
        return _close_page(request, seen, form, proposed)
    try:
        record = services.close(
            meeting,
            form.closing(),
            actor=request.user,
            link=_chosen_action(request, meeting),
            another="another" in request.POST,
        )
    except AlreadyDeclared as question:
        return _close_page(request, seen, form, proposed, same=question.existing)
    except Refused as refused:
        refuse_on(form, refused, services.field_of(refused))
        return _close_page(request, seen, form, proposed)
    _tell(request, record)
    return redirect("meetings:minutes", meeting.pk)


def _chosen_action(request: HttpRequest, meeting: Meeting) -> Action | None:
    """The declaration that somebody says is this meeting."""
    typed = request.POST.get("link", "")
    if not (typed.isdecimal() and len(typed) < 15):
        return None
    return Action.objects.visible_to(request.user).filter(pk=typed, team_id=meeting.team_id).first()


def _tell(request: HttpRequest, record: Minutes) -> None:
    if record.closed_by_id != request.user.pk:
        who = record.closed_by.full_name if record.closed_by else "Quelqu'un"
        messages.info(request, f"{who} vient de terminer cette réunion : voici le compte rendu. Corrigez-le au besoin.")
        return
    messages.success(request, "La réunion est terminée. Le compte rendu est prêt, l'action est déclarée.")


def _close_page(
    request: HttpRequest, seen: Room, form: CloseForm, proposed: Proposal, same: Action | None = None
) -> HttpResponse:
    day = selectors.day_of(seen.meeting, seen.record)
    others = [] if same else selectors.actions_to_link(seen.meeting, day)
    context = {
        "room": seen,
        "meeting": seen.meeting,
        "form": form,
        "forgotten": proposed.forgotten,
        "same": same,
        "same_label": action_label(same) if same else "",
        "others": [{"action": action, "label": action_label(action)} for action in others],
        "todo": [{"item": item, "lines": _lines(item, seen)} for item in seen.items if item.todo],
        "not_discussed": [item for item in seen.items if not item.discussed],
        "questions": [(item, seen.problems[item.pk]) for item in seen.items if item.pk in seen.problems],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "meetings/room_close.html", context, status=status)


def _lines(item: Item, seen: Room) -> list[dict[str, Any]]:
    names = {person.professional.pk: person.professional.formal_name for person in seen.people}
    return [{"what": line["what"], "who": names.get(line["who"], "")} for line in item.todo]


# --- the minutes ------------------------------------------------------------------------------------------------------


@access(PROFESSIONAL)
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes as they stand, for the team; its versions, its tasks, its action."""
    meeting = seen_meeting(request, meeting_id)
    record = selectors.record_of(meeting)
    if record is None or record.closed_at is None:
        return redirect("meetings:meeting", meeting.pk)
    versions = selectors.versions_of(record)
    action = record.action
    away = action is not None and action.state in ("cancelled", "reversed")
    day = selectors.day_of(meeting, record)
    context = {
        "meeting": meeting,
        "record": record,
        "content": versions[0].content,
        "versions": [{"row": version, "title": printing.version_title(version)} for version in versions],
        "items": {item.pk: item for item in selectors.items_of(meeting)}.values(),
        "tasks": selectors.tasks_of(record),
        "action": action,
        "action_state": ACTION.states[action.state] if action else None,
        # Those still around the table confirm that they were there by reading it.
        "shows_code": action is not None and action.state in OPEN,
        "differs": differs(record) if action and not away else [],
        "to_link": [
            {"action": other, "label": action_label(other)} for other in selectors.actions_to_link(meeting, day)
        ]
        if away
        else [],
    }
    return render(request, "meetings/room_minutes.html", context)


def differs(record: Minutes) -> list[str]:
    """What the declaration says otherwise than the minutes: said, never changed by itself."""
    action, found = record.action, []
    if action is None or record.started_at is None or record.ended_at is None:
        return []
    length = int((record.ended_at - record.started_at).total_seconds() // 60)
    if action.minutes != length:
        found.append(f"{action.minutes} minutes déclarées, {length} au compte rendu")
    if action.patients != record.patients:
        found.append(f"{action.patients} patients déclarés, {record.patients} au compte rendu")
    return found


@access(PROFESSIONAL)
def version_pdf(request: HttpRequest, minutes_version_id: int) -> HttpResponse:
    """The PDF of one version, as it was sealed."""
    rows = MinutesVersion.objects.visible_to(request.user).select_related("document", "minutes")
    row = get_object_or_404(rows, pk=minutes_version_id)
    return as_pdf(pdf_of(row.document), f"compte-rendu-{row.minutes.meeting_id}-v{row.number}.pdf")


@access(PROFESSIONAL, writes=True)
def correct_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One point of closed minutes, corrected: a new version, the old one kept."""
    item = seen_item(request, item_id)
    if item.meeting.state != "held":
        return redirect(f"{reverse('meetings:room', args=[item.meeting_id])}#p{item.pk}")
    record = selectors.record_of(item.meeting)
    with_patient = record is not None and record.setting != "team"
    form = BoxesForm(request.POST or None, item=item, members=(), with_patient=with_patient, tasks=False)
    reason = ReasonForm(request.POST or None)
    theirs: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid() and reason.is_valid():
        typed = request.POST.get("base", "")
        based_on = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
        why = reason.cleaned_data["reason"]
        try:
            services.correct_item(item, form.boxes(), reason=why, based_on=based_on, actor=request.user)
        except ItemConflict as conflict:
            item = conflict.theirs
            theirs = differences(item, conflict.mine.columns(), {})
            reason.add_error(None, conflict.sentence)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le compte rendu est corrigé : une nouvelle version est faite, l'ancienne reste.")
            return redirect("meetings:minutes", item.meeting_id)
    context = {"item": item, "meeting": item.meeting, "form": form, "reason": reason, "theirs": theirs}
    return render(request, "meetings/room_correct.html", context, status=422 if request.method == "POST" else 200)


@access(PROFESSIONAL, writes=True)
def correct_minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Hours, place and people of closed minutes, corrected: a new version."""
    meeting = seen_meeting(request, meeting_id)
    record = selectors.record_of(meeting)
    if record is None or record.closed_at is None or record.started_at is None or record.ended_at is None:
        raise Http404
    form = CorrectHeaderForm(
        request.POST or None,
        people=selectors.people_of(meeting, record),
        proposed=Proposal(record.started_at, record.ended_at, False),
        place=record.place,
    )
    if request.method == "POST" and form.is_valid():
        try:
            why = form.cleaned_data["reason"]
            services.correct_header(meeting, form.corrected(), reason=why, actor=request.user)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le compte rendu est corrigé : une nouvelle version est faite, l'ancienne reste.")
            return redirect("meetings:minutes", meeting.pk)
    context = {"meeting": meeting, "form": form, "action": record.action}
    status = 422 if request.method == "POST" else 200
    return render(request, "meetings/room_correct_header.html", context, status=status)


@access(PROFESSIONAL, writes=True)
def link(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Link the minutes to another declaration, once that of before was withdrawn."""
    meeting = seen_meeting(request, meeting_id)
    if request.method == "POST":
        action = _chosen_action(request, meeting)
        try:
            if action is None:
                raise Refused("Choisissez une action de la liste.")
            services.link_again(meeting, action, actor=request.user)
            messages.success(request, "Le compte rendu est relié à cette action.")
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("meetings:minutes", meeting.pk)


# --- who pays ---------------------------------------------------------------------------------------------------------


@access(SIGNED_IN)
def sheet(request: HttpRequest, action_id: int) -> HttpResponse:
    """The attendance sheet of an action, for whoever sees the action: the team and the association."""
    rows = Action.objects.visible_to(request.user).select_related("team__region")
    action = get_object_or_404(rows, pk=action_id)
    return as_pdf(printing.sheet_pdf(action), f"emargement-{action.pk}.pdf")
