"""The mail of a meeting: its words, and the file that brings the calendar of one person up to date."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from equipage.foundation.jobs import job
from equipage.meetings.invitations import address_to, due_to, file_for, uid_of
from equipage.meetings.models import Participant
from equipage.messaging.jobs import SILENT
from equipage.messaging.mail import compose
from equipage.messaging.services import mark_sent
from equipage.people.selectors import standing_death

_REASON = "Vous recevez ce message car vous êtes membre d'une équipe sur Équipage, et cette réunion vous concerne."


@job(max_attempts=6, backoff=(15, 60, 300, 1800, 7200))
def send_calendar(participant_ids: list[int], notice_id: int | None, subject: str, body: str, link: str) -> str:
    """Mail one person about one or several meetings, with what their calendar does not know yet. Once.

    The business key is the sequence that each calendar knows: a meeting that changed again meanwhile is told as it is
    now, and the mail of the second change finds nothing left to say.
    """
    found = Participant.objects.filter(pk__in=participant_ids)
    rows = list(found.select_related("professional__user", "meeting__team", "meeting__organiser").order_by("id"))
    due = [(row, *told) for row in rows if (told := due_to(row)) is not None]
    if not due:
        _settle(notice_id)
        return "déjà su"
    person = rows[0].professional
    address = address_to(person)
    if not address:
        return "sans adresse"
    if standing_death(person) is not None:  # even to an address that a colleague shares
        return SILENT
    due.sort(key=lambda item: (item[0].meeting.starts_at, item[0].pk))
    _mail(address, person, due, subject, body, link).send()
    for row, status, sequence in due:
        # Conditional: what another worker told meanwhile is not forgotten.
        known = Participant.objects.filter(pk=row.pk, sent_status=row.sent_status, sent_sequence=row.sent_sequence)
        known.update(sent_status=status, sent_sequence=sequence)
    _settle(notice_id)
    return "envoyé"


def _mail(
    address: str, person: Any, due: list[tuple[Participant, str, int]], subject: str, body: str, link: str
) -> Any:
    name, content, method = file_for(due, person, timezone.now())
    told = "|".join(f"{row.pk}:{status}:{sequence}" for row, status, sequence in due)
    mail = compose(
        address,
        subject,
        body,
        link=link,
        greeting=f"Bonjour {person.first_name},",
        reason=_REASON,
        message_id=f"<reunion.{hashlib.sha256(told.encode()).hexdigest()[:32]}@{_domain(due)}>",
    )
    if method != "PUBLISH":
        # Calendar programs read the part of the message itself; people who have none open the file.
        mail.attach_alternative(content.decode(), f"text/calendar; method={method}")
    mail.attach(name, content, "application/ics")
    return mail


def _domain(due: list[tuple[Participant, str, int]]) -> str:
    return uid_of(due[0][0].meeting).partition("@")[2]


def _settle(notice_id: int | None) -> None:
    if notice_id is not None:
        mark_sent(notice_id)
