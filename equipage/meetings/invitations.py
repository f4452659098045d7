"""From a meeting to what a calendar is told of it; see `calendar.py` for what is never said there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse

from equipage.meetings import calendar
from equipage.meetings.calendar import Entry, Person
from equipage.meetings.models import Meeting, Participant
from equipage.meetings.selectors.planning import with_patients

CONFIRMED, CANCELLED = "confirmed", "cancelled"
_AFTER = {CONFIRMED: "invitation.ics", CANCELLED: "annulation.ics"}


def address_of(meeting: Meeting) -> str:
    """The whole address of the page of a meeting."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}{reverse('meetings:meeting', args=[meeting.pk])}"


def entry_of(meeting: Meeting, stamp: datetime, *, sequence: int | None = None, cancelled: bool = False) -> Entry:
    """The event of a meeting whose date is fixed: the team, the hour, a link; the place where no patient is met."""
    if meeting.starts_at is None:
        raise ValueError("A meeting without a date is no event.")
    place = "" if with_patients(meeting) else meeting.place
    lines = [f"Répondre, voir l'ordre du jour : {address_of(meeting)}"]
    if meeting.video_link:
        lines.append(f"Visioconférence : {meeting.video_link}")
    return Entry(
        uid=uid_of(meeting),
        sequence=meeting.sequence if sequence is None else sequence,
        stamp=stamp,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        summary=summary_of(meeting),
        url=address_of(meeting),
        location=place or meeting.video_link,
        description="\n".join(lines),
        cancelled=cancelled,
    )


def bare_entry(meeting: Meeting, stamp: datetime) -> Entry:
    """The same for a feed, whose address may be read by a calendar service: the hour, the team and the link only."""
    if meeting.starts_at is None:
        raise ValueError("A meeting without a date is no event.")
    return Entry(
        uid=uid_of(meeting),
        sequence=meeting.sequence,
        stamp=stamp,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        summary=summary_of(meeting),
        url=address_of(meeting),
        description=address_of(meeting),
    )


def summary_of(meeting: Meeting) -> str:
    """ "Réunion, Équipe des Mauges"."""
    return f"Réunion, {meeting.team.name}"


def uid_of(meeting: Meeting) -> str:
    """The name of the event for ever."""
    return f"{meeting.uid}@{_sender().partition('@')[2] or 'equipage.invalid'}"


def organiser_of(meeting: Meeting) -> Person:
    """Who calls the meeting, under the address of the house: no member reads the address of another."""
    return Person(f"{meeting.organiser.full_name}, via Équipage", _sender())


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


# --- what is due to one person ----------------------------------------------------------------------------------------


def due_to(row: Participant) -> tuple[str, int] | None:
    """What the calendar of this person must still be told: (status, sequence), None when it knows everything."""
    meeting = row.meeting
    gone = row.removed_at is not None or meeting.state == "cancelled"
    if gone:
        # A calendar that was told nothing, or the end already, has nothing to forget.
        return (CANCELLED, max(meeting.sequence, row.sent_sequence + 1)) if row.sent_status == CONFIRMED else None
    if meeting.starts_at is None or (row.sent_status == CONFIRMED and row.sent_sequence >= meeting.sequence):
        return None
    return (CONFIRMED, meeting.sequence)


def file_for(rows: Sequence[tuple[Participant, str, int]], person: Any, stamp: datetime) -> tuple[str, bytes, str]:
    """The file to join: its name, its content, its method. One meeting invites or cancels; several are published."""
    attendee = Person(person.full_name, address_to(person))
    if len(rows) == 1:
        row, status, sequence = rows[0]
        entry = entry_of(row.meeting, stamp, sequence=sequence, cancelled=status == CANCELLED)
        write = calendar.cancel if status == CANCELLED else calendar.request
        content = write(entry, organiser=organiser_of(row.meeting), attendee=attendee)
        return _AFTER[status], content, "CANCEL" if status == CANCELLED else "REQUEST"
    entries = [
        entry_of(row.meeting, stamp, sequence=sequence, cancelled=status == CANCELLED) for row, status, sequence in rows
    ]
    return "reunions.ics", calendar.publish(entries, organiser=organiser_of(rows[0][0].meeting)), "PUBLISH"


def address_to(person: Any) -> str:
    """Where somebody is written to: their account, else the address that the team gave."""
    account = person.user
    if account is not None:
        return str(account.email) if account.is_active else ""
    return str(person.email)
