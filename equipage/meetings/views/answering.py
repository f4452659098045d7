"""The page of a meeting, and what its people answer: which dates suit, whether they come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import counted, paris_day
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.meetings.forms.changing import AnswerForm
from equipage.meetings.models import Meeting, Participant
from equipage.meetings.rules import rule_words, when
from equipage.meetings.selectors.planning import (
    PollView,
    following,
    hour_words,
    invited_people,
    kind_words,
    meetings_seen,
    own_participant,
    page_panels,
    poll_of,
)
from equipage.meetings.services import planning
from equipage.meetings.states import MEETING

_SAID = {"yes": ("Oui", "ok"), "maybe": ("Si besoin", "wait"), "no": ("Non", "stop")}
_COMING = {"yes": ("Vient", "ok"), "no": ("Ne vient pas", "quiet"), "": ("Sans réponse", "wait")}


def _seen(request: HttpRequest, meeting_id: int) -> Meeting:
    found: Meeting = get_object_or_404(meetings_seen(request.user), pk=meeting_id)
    return found


@access(SIGNED_IN)
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: what waits for me, when and where, who comes, what will be spoken of."""
    row = _seen(request, meeting_id)
    return _page(request, row, _answer_form(None, row, own_participant(row, request.user)), 200)


def _answer_form(data: Any, row: Meeting, own: Participant | None) -> AnswerForm | None:
    """The questions of the poll that this person may still answer."""
    if row.state != "polling" or own is None:
        return None
    slots = [slot for slot in row.slots.order_by("starts_at", "id") if slot.starts_at > timezone.now()]
    said = dict(own.slot_answers.order_by("id").values_list("slot_id", "choice"))
    return AnswerForm(data, slots=slots, said=said) if slots else None


def _page(request: HttpRequest, row: Meeting, form: AnswerForm | None, status: int) -> HttpResponse:
    now = timezone.now()
    may_change = can(request.user, "meetings.change", row).allowed
    own = own_participant(row, request.user)
    poll = poll_of(row) if row.state == "polling" else None
    context = {
        "meeting": row,
        "team": row.team,
        "label": kind_words(row),
        "state": MEETING.states[row.state],
        "heading": _heading(row, poll, own),
        "hours": hour_words(row) if row.starts_at else "",
        "over": row.state == "fixed" and row.starts_at is not None and row.starts_at <= now,
        "ended": row.ends_at is not None and row.ends_at <= now,
        "own": own,
        "form": form,
        "answered": own is not None and poll is not None and own.slot_answers.exists(),
        "may_change": may_change and row.state in ("polling", "fixed"),
        "poll": _poll_context(poll) if poll else None,
        "people": _people(row, may_change, poll),
        "series": _series(row),
        "moves": [found for found in available(MEETING, row, request.user) if found.name == "cancel"],
        "panels": [panel for read in page_panels if (panel := read(row, request.user)) is not None],
    }
    return render(request, "meetings/meeting.html", context, status=status)


def _heading(row: Meeting, poll: PollView | None, own: Participant | None) -> str:
    if poll is not None:
        silent = own is not None and not own.slot_answers.exists()
        return "Quelles dates vous vont ?" if silent else _awaited(poll)
    if row.starts_at is None:
        return "Réunion annulée"
    said = when(row.starts_at, timezone.now())
    words = {"cancelled": f"Réunion annulée, {said}", "held": f"Réunion tenue, {said}"}
    return words.get(row.state, said[:1].upper() + said[1:])


def _awaited(poll: PollView) -> str:
    if not poll.waited:
        return "Tout le monde a répondu"
    return f"{counted(poll.waited, 'réponse est attendue', 'réponses sont attendues')}"


def _poll_context(poll: PollView) -> dict[str, Any]:
    """The matrix: one line a person, one column a slot, totals below; and each slot in words, the best first."""
    now = timezone.now()
    columns = ["Personne", *(when(tally.starts_at, now, joint=", ") for tally in poll.tallies)]
    rows = [
        [
            person.professional.formal_name,
            *(
                {"text": _SAID[choice][0], "tone": _SAID[choice][1]} if choice else {"text": "Sans réponse"}
                for choice in choices
            ),
        ]
        for person, choices in poll.lines
    ]
    slots = [
        {
            "pk": tally.slot_id,
            "sentence": tally.sentence(now),
            "best": tally is poll.best,
            "over": tally.starts_at <= now,
        }
        for tally in sorted(poll.tallies, key=lambda tally: tally.rank, reverse=True)
    ]
    return {"columns": columns, "rows": rows, "total": ["Total", *(t.figures for t in poll.tallies)], "slots": slots}


def _people(row: Meeting, may_change: bool, poll: PollView | None) -> list[dict[str, Any]]:
    """Who is invited, what they said, and whether one may remind them."""
    said = {person.pk: any(choices) for person, choices in poll.lines} if poll else {}
    found = []
    for person in invited_people(row):
        answered = said[person.pk] if poll else bool(person.answer)
        label, tone = (("A répondu", "ok") if answered else _COMING[""]) if poll else _COMING[person.answer]
        account = person.professional.user
        reached = account is not None and account.is_active
        found.append(
            {
                "pk": person.pk,
                "person": person.professional,
                "label": label,
                "tone": tone,
                "nudge": may_change and reached and not answered and _waits(row),
                "unreached": not reached,
            }
        )
    return found


def _waits(row: Meeting) -> bool:
    """Is an answer of any use still?"""
    return row.state == "polling" or (row.state == "fixed" and row.ends_at is not None and row.ends_at > timezone.now())


def _series(row: Meeting) -> dict[str, Any] | None:
    """The rhythm of the series, and how many meetings follow this one."""
    if row.series is None or row.starts_at is None:
        return None
    return {
        "pk": row.series_id,
        "words": rule_words(row.series.rule, paris_day(row.starts_at)),
        "until": row.series.until,
        "stopped": row.series.stopped_at,
        "following": max(0, following(row).count() - 1),
    }


@access(SIGNED_IN, writes=True)
def answer_poll(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Yes, if need be, or no for each slot; « rien ne me va » answers no to all."""
    row = _seen(request, meeting_id)
    own = own_participant(row, request.user)
    if request.method != "POST":
        return redirect("meetings:meeting", row.pk)
    form = _answer_form(request.POST, row, own)
    if form is None:
        messages.error(request, "Les réponses sont closes : la date est fixée, ou les créneaux sont passés.")
        return redirect("meetings:meeting", row.pk)
    none_suits = request.POST.get("aucun") == "1"
    if none_suits or form.is_valid():
        choices = dict.fromkeys((slot.pk for slot in form.slots), "no") if none_suits else form.choices()
        try:
            planning.answer_poll(actor=request.user, meeting=row, choices=choices)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, "C'est noté, merci. Vous saurez quand la date sera fixée.")
        return redirect("meetings:meeting", row.pk)
    return _page(request, row, form, 422)


_COMES = {"oui": True, "non": False}


@access(SIGNED_IN, writes=True)
def answer(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """« Je viens » or « je ne viens pas », in one tap."""
    row = _seen(request, meeting_id)
    if request.method == "POST":
        coming = _COMES.get(request.POST.get("viens", ""))
        try:
            if coming is None:
                raise Refused("Dites si vous venez : oui ou non.")
            planning.answer(actor=request.user, meeting=row, coming=coming)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, "C'est noté : vous venez." if coming else "C'est noté : vous ne venez pas.")
    return redirect("meetings:meeting", row.pk)


@access(SIGNED_IN, writes=True)
def nudge(request: HttpRequest, meeting_id: int, participant_id: int) -> HttpResponse:
    """Remind one person."""
    row = _seen(request, meeting_id)
    person = get_object_or_404(Participant.objects.visible_to(request.user), pk=participant_id, meeting=row)
    if not can(request.user, "meetings.change", row).allowed:
        raise Http404
    if request.method == "POST":
        try:
            messages.success(request, planning.nudge(actor=request.user, participant=person))
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("meetings:meeting", row.pk)
