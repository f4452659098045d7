"""Minutes and attendance sheet on paper: what the Typst templates receive, made only of texts as people read them.

The minutes go to the team; the attendance sheet (feuille d'émargement) goes to who pays and holds nothing clinical.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings

from equipage.coordination.models import Action
from equipage.coordination.selectors import kind_label as action_label
from equipage.foundation.documents import render
from equipage.foundation.documents.rendering import canonical
from equipage.foundation.french import counted, day_long, day_numeric, duration, moment, time_of_day
from equipage.meetings.models import Item, Minutes, MinutesVersion, Task
from equipage.meetings.selectors.planning import kind_words
from equipage.meetings.selectors.room import items_of, tasks_of

MINUTES_KIND = "meetings.minutes"
MINUTES_TEMPLATE, SHEET_TEMPLATE = "meetings/minutes", "meetings/attendance"
_INFORMED = {"told": "Patient informé", "agreed": "Patient d’accord"}
_SHEET_LEGEND = (
    "Chaque personne a confirmé sa présence elle-même ; celle qui a déclaré l’action l’a fait en la déclarant."
)


def minutes_content(record: Minutes, *, number: int, author: Any, at: Any, reason: str = "") -> dict[str, Any]:
    """Everything that a version of the minutes says, frozen."""
    meeting = record.meeting
    started, ended = record.started_at, record.ended_at
    if started is None or ended is None:
        raise ValueError("Minutes are written once the meeting has a start and an end.")
    items = [item for item in items_of(meeting) if item.discussed]
    tasks: dict[int, list[Task]] = {}
    for task in tasks_of(record):
        tasks.setdefault(task.item_id or 0, []).append(task)
    attendees = list(
        record.attendees.select_related("professional").order_by(
            "professional__last_name", "professional__first_name", "id"
        )
    )
    label = kind_words(meeting)
    present = sum(item.patient_present for item in items)
    return {
        "team": meeting.team.name,
        "title": meeting.title,
        "kind": label,
        "setting": record.get_setting_display(),
        "day": day_long(started),
        "times": f"{time_of_day(started)} – {time_of_day(ended)} "
        f"({duration(int((ended - started).total_seconds() // 60))})",
        "place": record.place or ("En visioconférence" if meeting.video_link else ""),
        "here": [_person(row.professional) for row in attendees if row.standing == "here"],
        "excused": [_person(row.professional) for row in attendees if row.standing == "excused"],
        "patients": counted(record.patients, "patient évoqué", "patients évoqués"),
        "patients_present": counted(present, "patient présent", "patients présents") if present else "",
        "items": [_item(item, tasks.get(item.pk, [])) for item in items],
        "left": [item.code for item in items_of(meeting) if not item.discussed],
        "number": str(number),
        "author": author.full_name,
        "at": moment(at),
        "reason": reason,
    }


def _person(professional: Any) -> str:
    return f"{professional.formal_name} ({professional.profession_label.lower()})"


def _item(item: Item, tasks: list[Task]) -> dict[str, Any]:
    """One point as the paper shows it."""
    told = [_INFORMED[item.informed]] if item.informed in _INFORMED else []
    if item.patient_present:
        told.append("patient présent")
    if item.review_on:
        told.append(f"à revoir le {day_numeric(item.review_on)}")
    return {
        "kind": item.kind,
        "code": item.code,
        "question": item.question,
        "account": item.account.strip(),
        "decision": item.decision.strip(),
        "outcomes": item.outcome_labels,
        "marks": told,
        "tasks": [
            {
                "what": task.what,
                "who": task.assignee.formal_name,
                "due": day_numeric(task.due_on) if task.due_on else "",
            }
            for task in tasks
        ],
    }


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical text of a version."""
    return hashlib.sha256(canonical(content).encode("utf-8", "surrogatepass")).hexdigest()


def minutes_title(content: dict[str, Any]) -> str:
    """The title of the document: « Compte rendu, RCP sans patient »."""
    return f"Compte rendu, {content['kind']}"


def minutes_reference(record: Minutes, number: int) -> str:
    """ "Réunion 12, version 1"."""
    return f"Réunion {record.meeting_id}, version {number}"


def version_title(version: MinutesVersion) -> str:
    """How a list names a version: « Version 2, corrigée »."""
    return f"Version {version.number}" + (", corrigée" if version.number > 1 else "")


# --- the attendance sheet ---------------------------------------------------------------------------------------------


def sheet_data(action: Action) -> dict[str, Any]:
    """Who was at a meeting, how each confirmed it and when. Counts of patients and nothing else of what was said."""
    record = Minutes.objects.filter(action=action).select_related("meeting").first()
    rows = action.presences.select_related("professional").order_by(
        "professional__last_name", "professional__first_name", "id"
    )
    lines = [
        {
            "name": presence.professional.formal_name,
            "profession": presence.professional.profession_label,
            "rpps": presence.professional.rpps,
            "state": presence.get_state_display(),
            "means": presence.get_means_display() if presence.state == "confirmed" else "",
            "at": moment(presence.answered_at) if presence.answered_at else "",
            "hours": _own_hours(presence),
        }
        for presence in rows
    ]
    ended = record.ended_at if record else None
    return {
        "action": str(action.pk),
        "meeting": str(record.meeting_id) if record else "",
        "team": action.team.name,
        "registration": action.team.registration_number,
        "kind": action_label(action),
        "day": day_long(action.held_on),
        "starts": time_of_day(action.starts_at) if action.starts_at else "",
        "ends": time_of_day(ended) if ended else "",
        "duration": duration(action.minutes),
        "place": record.place if record else "",
        "people": lines,
        "legend": _SHEET_LEGEND,
    }


def _own_hours(presence: Any) -> str:
    """Arrival and departure where they differ from those of the action."""
    if presence.arrived_at is None or presence.left_at is None:
        return ""
    return f"{time_of_day(presence.arrived_at)} – {time_of_day(presence.left_at)}"


def sheet_pdf(action: Action) -> bytes:
    """The sheet as it stands now: the same confirmations give the same bytes."""
    return render(
        SHEET_TEMPLATE,
        sheet_data(action),
        title="Feuille d’émargement",
        date=action.held_on,
        reference=f"Action {action.pk}",
        fictitious=settings.DEMO,
    )
