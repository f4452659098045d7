"""The agenda and the room: points in order, who is here, the three boxes saved as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.french import counted, day, time_of_day
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused, refuse_on
from equipage.meetings.forms.room import BoxesForm, HeaderForm, ItemForm, NowForm, named
from equipage.meetings.models import Item, Meeting
from equipage.meetings.models.room import OUTCOMES
from equipage.meetings.selectors import room as selectors
from equipage.meetings.selectors.planning import plannable_teams
from equipage.meetings.selectors.room import Room
from equipage.meetings.selectors.tasks import members_of
from equipage.meetings.services import room as services
from equipage.meetings.services.room import ItemConflict
from equipage.meetings.views.common import seen_item, seen_meeting
from equipage.people.roles import PROFESSIONAL

# --- the agenda -------------------------------------------------------------------------------------------------------


@access(PROFESSIONAL, writes=True)
def agenda(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The points of a meeting, what is left of the last one, and the form that adds one (POST)."""
    meeting = seen_meeting(request, meeting_id)
    form = ItemForm(request.POST or None)
    question, status = "", 200
    if request.method == "POST":
        question, status = _add(request, meeting, form)
        if status == 302:
            return redirect(_after_adding(request, meeting))
    context = {
        "meeting": meeting,
        "agenda": selectors.agenda_of(meeting, request.user),
        "form": form,
        "question": question,
        "from_room": request.POST.get("next") == "room",
    }
    return render(request, "meetings/room_agenda.html", context, status=status)


def _add(request: HttpRequest, meeting: Meeting, form: ItemForm) -> tuple[str, int]:
    """Add the point. What looks like a person is asked about once; « laisser ainsi » is an answer."""
    if not form.is_valid():
        return "", 422
    if "sure" not in request.POST:
        typed = Item(code=form.cleaned_data["code"], question=form.cleaned_data["question"])
        people = selectors.people_of(meeting, selectors.record_of(meeting))
        question = selectors.item_question(typed, [person.professional.full_name for person in people])
        if question:
            return question, 422
    try:
        item = services.add_item(meeting, form.new_item(), actor=request.user)
    except Refused as refused:
        refuse_on(form, refused)
        return "", 422
    messages.success(request, f"« {item.code} » est à l'ordre du jour.")
    return "", 302


def _after_adding(request: HttpRequest, meeting: Meeting) -> str:
    if request.POST.get("next") == "room":
        last = Item.objects.filter(meeting=meeting).order_by("-position", "-id").values_list("pk", flat=True)[0]
        return f"{reverse('meetings:room', args=[meeting.pk])}#p{last}"
    return reverse("meetings:agenda", args=[meeting.pk])


@access(PROFESSIONAL, writes=True)
def carry_over(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Take up what the last meetings left: one point, or all of them."""
    meeting = seen_meeting(request, meeting_id)
    if request.method == "POST":
        chosen = request.POST.get("point", "")
        only = [int(chosen)] if chosen.isdecimal() and len(chosen) < 15 else None
        try:
            taken = services.carry_over(meeting, actor=request.user, only=only)
            messages.success(request, f"{counted(len(taken), 'point repris', 'points repris')}.")
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect(_back(request, meeting))


def _back(request: HttpRequest, meeting: Meeting) -> str:
    name = "meetings:room" if request.POST.get("next") == "room" else "meetings:agenda"
    return reverse(name, args=[meeting.pk])


def _on_item(verb: Callable[[Item, Any], None]) -> Callable[..., HttpResponse]:
    """A button on a point: the verb, then the agenda again."""

    @access(PROFESSIONAL, writes=True)
    def view(request: HttpRequest, item_id: int) -> HttpResponse:
        item = seen_item(request, item_id)
        if request.method == "POST":
            try:
                verb(item, request.user)
            except Refused as refused:
                messages.error(request, refused.sentence)
        return redirect(_back(request, item.meeting))

    return view


item_up = _on_item(lambda item, actor: services.move_item(item, -1, actor=actor))
item_down = _on_item(lambda item, actor: services.move_item(item, 1, actor=actor))
item_remove = _on_item(lambda item, actor: services.remove_item(item, actor=actor))


# --- « réunion maintenant » -------------------------------------------------------------------------------------------


@access(PROFESSIONAL)
def now(request: HttpRequest) -> HttpResponse:
    """Straight to the only team, else which one."""
    teams = list(plannable_teams(request.user))
    if len(teams) == 1:
        return redirect("meetings:now_for", teams[0].pk)
    return render(request, "meetings/room_team.html", {"teams": teams})


@access(PROFESSIONAL, writes=True)
def now_for(request: HttpRequest, team_id: int) -> HttpResponse:
    """A meeting that begins at once, with the people and the type of last time: one tap."""
    user: Any = request.user
    team = get_object_or_404(plannable_teams(user), pk=team_id)
    proposed = selectors.as_last_time(team, user)
    form = NowForm(request.POST or None, people=members_of(team), proposed=proposed)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            meeting = services.open_now(team, kind=given["kind"], here=given["here"], key=given["key"], actor=user)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            return redirect("meetings:room", meeting.pk)
    context = {"team": team, "form": form, "again": proposed.again}
    return render(request, "meetings/room_now.html", context, status=422 if request.method == "POST" else 200)


# --- the room ---------------------------------------------------------------------------------------------------------


@access(PROFESSIONAL, writes=True)
def room(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The room: who is here, the points one after the other. POST: who came, the start."""
    meeting = seen_meeting(request, meeting_id)
    if meeting.state == "held":
        return redirect("meetings:minutes", meeting.pk)
    if meeting.state != "fixed":
        return redirect("meetings:meeting", meeting.pk)
    seen = selectors.room_of(meeting)
    if request.method != "POST":
        return _room_page(request, seen)
    form = _header_form(seen, request.POST)
    if not form.is_valid():
        return _room_page(request, seen, header=form, status=422)
    begin = "begin" in request.POST
    try:
        record = services.enter(meeting, form.header(first=seen.record is None), actor=request.user, begin=begin)
    except Refused as refused:
        refuse_on(form, refused)
        return _room_page(request, seen, header=form, status=422)
    if request.headers.get("HX-Request"):
        return render(request, "meetings/room_header_saved.html", {"form": _header_form(selectors.room_of(meeting))})
    if begin and record.started_at:
        messages.success(request, f"La réunion commence à {time_of_day(record.started_at)}.")
    return redirect(f"{reverse('meetings:room', args=[meeting.pk])}{_first_point(seen) if begin else ''}")


def _first_point(seen: Room) -> str:
    return f"#p{seen.items[0].pk}" if seen.items else ""


def _header_form(seen: Room, data: Any = None) -> HeaderForm:
    record = seen.record
    return HeaderForm(
        data,
        people=seen.people,
        kinds=seen.kinds,
        kind=seen.meeting.kind,
        label=seen.label,
        setting=record.setting if record else selectors.usual_setting(seen.meeting),
        place=record.place if record else seen.meeting.place,
    )


def _room_page(
    request: HttpRequest,
    seen: Room,
    *,
    header: HeaderForm | None = None,
    wrong: BoxesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    forms = [wrong if wrong and wrong.item.pk == item.pk else _boxes_form(seen, item) for item in seen.items]
    points = [
        {
            "item": item,
            "form": form,
            "question": seen.problems.get(item.pk, ""),
            "before": seen.items[rank - 1] if rank else None,
            "after": seen.items[rank + 1] if rank + 1 < len(seen.items) else None,
            "rank": rank + 1,
        }
        for rank, (item, form) in enumerate(zip(seen.items, forms, strict=True))
    ]
    context = {
        "room": seen,
        "meeting": seen.meeting,
        "header": header or _header_form(seen),
        "points": points,
        "new": ItemForm(),
        "wrong": wrong,
        "week": today() + timedelta(days=7),
        "month": today() + timedelta(days=30),
    }
    return render(request, "meetings/room.html", context, status=status)


def _boxes_form(seen: Room, item: Item, data: Any = None) -> BoxesForm:
    with_patient = (seen.record.setting if seen.record else selectors.usual_setting(seen.meeting)) != "team"
    return BoxesForm(data, item=item, members=named(seen.people), with_patient=with_patient)


@access(PROFESSIONAL, writes=True)
def boxes(request: HttpRequest, item_id: int) -> HttpResponse:
    """What is written of one point: saved as it is typed, or by a button. Two texts at once are compared."""
    item = seen_item(request, item_id)
    back = f"{reverse('meetings:room', args=[item.meeting_id])}#p{item.pk}"
    if request.method != "POST":
        return redirect(back)
    seen = selectors.room_of(item.meeting)
    item = next((found for found in seen.items if found.pk == item.pk), item)
    form = _boxes_form(seen, item, request.POST)
    valid, script = form.is_valid(), bool(request.headers.get("HX-Request"))
    try:
        saved = services.write_boxes(item, form.boxes(), based_on=_base(request), actor=request.user)
    except ItemConflict as conflict:
        return _conflict(request, seen, form, conflict)
    except Refused as refused:
        refuse_on(form, refused)
        return _room_page(request, seen, wrong=form, status=422)
    if script:
        return _saved(request, saved, form, seen)
    if not valid:
        return _room_page(request, seen, wrong=form, status=422)
    return redirect(_where(request, item, back))


def _base(request: HttpRequest) -> int:
    typed = request.POST.get("base", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


def _where(request: HttpRequest, item: Item, back: str) -> str:
    """Where the button goes on: another point of this meeting, its end, or the same place."""
    wanted = request.POST.get("go", "")
    if wanted == "close":
        return reverse("meetings:close", args=[item.meeting_id])
    if wanted.startswith("p") and wanted[1:].isdecimal():
        return f"{reverse('meetings:room', args=[item.meeting_id])}#{wanted}"
    return back


def _saved(request: HttpRequest, saved: Item, form: BoxesForm, seen: Room) -> HttpResponse:
    """To a script: the new version, what looks like a person, what could not be kept."""
    context = {
        "item": saved,
        "question": selectors.item_question(saved, seen.names),
        "wrong": [error for errors in form.errors.values() for error in errors],
    }
    return render(request, "meetings/room_saved.html", context)


def _conflict(request: HttpRequest, seen: Room, form: BoxesForm, conflict: ItemConflict) -> HttpResponse:
    """Both texts, and a form with this person's, written on the other's version."""
    theirs = conflict.theirs
    names = {str(person.professional.pk): person.professional.formal_name for person in seen.people}
    context = {
        "meeting": seen.meeting,
        "item": theirs,
        "form": form,
        "sentence": conflict.sentence,
        "pairs": differences(theirs, conflict.mine.columns(), names),
    }
    return render(request, "meetings/room_conflict.html", context, status=409)


_LABELS = {
    "account": "La situation",
    "decision": "La décision",
    "outcomes": "Suites",
    "other_outcome": "Autre suite",
    "informed": "Le patient",
    "patient_present": "Le patient était là",
    "review_on": "À revoir le",
    "todo": "Qui fait quoi, pour quand",
}


def differences(theirs: Item, mine: dict[str, Any], names: dict[str, str]) -> list[dict[str, str]]:
    """The boxes that differ: label, my text, theirs."""
    found = []
    for name, label in _LABELS.items():
        here, there = mine[name], getattr(theirs, name)
        if here != there:
            found.append({"label": label, "mine": _words(name, here, names), "theirs": _words(name, there, names)})
    return found


def _words(name: str, value: Any, names: dict[str, str]) -> str:
    """The value of a box as people read it."""
    if name == "outcomes":
        return ", ".join(OUTCOMES.get(code, code) for code in value)
    if name == "informed":
        return str(Item.Informed(value).label)
    if name == "patient_present":
        return "Oui" if value else "Non"
    if name == "review_on":
        return day(value) if value else ""
    if name == "todo":
        return "\n".join(
            " · ".join(filter(None, (line["what"], names.get(str(line["who"]), ""), line["due"]))) for line in value
        )
    return str(value)
