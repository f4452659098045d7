"""Who is told what of a meeting: one notice and one mail a person, whatever the number of meetings. Never its title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from equipage.foundation.french import enumerate_words
from equipage.meetings.models import Meeting, Participant
from equipage.meetings.rules import when
from equipage.meetings.selectors.planning import hour_words
from equipage.meetings.sending import send_calendar
from equipage.messaging.services import notify


def page_of(meeting: Meeting) -> str:
    """The path of its page."""
    return reverse("meetings:meeting", args=[meeting.pk])


def ask_dates(meeting: Meeting, people: Iterable[Participant], actor: Any) -> None:
    """A poll opens: those invited say what suits them. Who asks is not told."""
    for row in people:
        account = row.professional.user
        if account is not None and account.is_active and account.pk != actor.pk:
            notify(
                account,
                "meetings.poll",
                f"Quelle date pour la réunion, {meeting.team.name} ?",
                f"{actor.full_name} propose {meeting.slots.count()} créneaux.\n\n"
                "Dites ceux qui vous vont : oui, si besoin, non. Trois touches suffisent.",
                page_of(meeting),
                urgent=True,
                key=f"meetings.poll:{row.pk}:{meeting.pk}",
            )


def remind_of_dates(row: Participant, *, key: str) -> None:
    """A word to somebody who has not said which dates suit."""
    notify(
        row.professional.user,
        "meetings.poll_reminder",
        f"On attend votre réponse : la réunion, {row.meeting.team.name}",
        "Des créneaux sont proposés, et votre réponse manque pour choisir la date.\n\nTrois touches suffisent.",
        page_of(row.meeting),
        urgent=True,
        key=key,
    )


def remind_of_coming(row: Participant, *, key: str) -> None:
    """A word to somebody who has not said whether they come."""
    start: Any = row.meeting.starts_at
    notify(
        row.professional.user,
        "meetings.coming_reminder",
        f"Venez-vous ? Réunion {when(start, timezone.now())}",
        f"{row.meeting.team.name}, {hour_words(row.meeting)}.\n\nUne touche suffit : je viens, ou je ne viens pas.",
        page_of(row.meeting),
        urgent=True,
        key=key,
    )


def everybody_answered(meeting: Meeting) -> None:
    """The organiser may choose the date."""
    notify(
        meeting.organiser,
        "meetings.poll_complete",
        f"Tout le monde a répondu : fixez la date, {meeting.team.name}",
        "Toutes les personnes invitées ont répondu. Le meilleur créneau est en tête de la page.",
        page_of(meeting),
        urgent=True,
        key=f"meetings.poll_complete:{meeting.pk}",
    )


def poll_over(meeting: Meeting, people: Iterable[Participant], actor: Any) -> None:
    """A poll is cancelled before a date was chosen: nothing is in any calendar."""
    for row in people:
        account = row.professional.user
        if account is not None and account.is_active and account.pk != getattr(actor, "pk", None):
            notify(
                account,
                "meetings.poll_over",
                f"Réunion annulée, {meeting.team.name}",
                "Aucune date n'avait été choisie : tous les créneaux proposés sont libres.",
                page_of(meeting),
                key=f"meetings.poll_over:{row.pk}",
            )


def invite(meetings: Sequence[Meeting], people: Iterable[Participant], *, free: Sequence[Any] = ()) -> None:
    """A date is fixed, or a series begins: everybody gets the file for their calendar. `free`: slots not chosen."""
    first, now = meetings[0], timezone.now()
    start: Any = first.starts_at
    if len(meetings) == 1:
        subject = f"Réunion {when(start, now)}, {first.team.name}"
        said = f"La réunion de {first.team.name} a lieu {when(start, now)}, {hour_words(first)}."
    else:
        subject = f"{len(meetings)} réunions à partir du {when(start, now)}, {first.team.name}"
        said = f"{first.team.name} se réunit {len(meetings)} fois, la première {when(start, now)}, {hour_words(first)}."
    others = f"\n\nLes autres créneaux proposés sont libres : {enumerate_words(when(slot, now) for slot in free)}."
    body = (
        f"{said}{others if free else ''}\n\nLe fichier joint à l'e-mail l'ajoute à votre agenda. Dites si vous venez."
    )
    _tell(people, "meetings.invitation", subject, body, page_of(first), urgent=True)


def update(meetings: Sequence[Meeting], people: Iterable[Participant], *, moved: bool) -> None:
    """What calendars show has changed; after a move everybody says again whether they come."""
    first, now = meetings[0], timezone.now()
    start: Any = first.starts_at
    which = "La réunion" if len(meetings) == 1 else f"{len(meetings)} réunions, dont la prochaine,"
    subject = f"Réunion {'déplacée' if moved else 'modifiée'} : {when(start, now)}, {first.team.name}"
    body = (
        f"{which} de {first.team.name} {'est déplacée' if moved else 'a changé'} : {when(start, now)}, "
        f"{hour_words(first)}.\n\nLe fichier joint à l'e-mail corrige votre agenda."
    )
    asked = " Dites de nouveau si vous venez." if moved else ""
    _tell(people, "meetings.update", subject, f"{body}{asked}", page_of(first), urgent=moved)


def withdraw(meetings: Sequence[Meeting], people: Iterable[Participant], *, reason: str = "", alone: bool) -> None:
    """A meeting is cancelled, or (`alone`) these people are no longer invited. Their calendars forget it."""
    first, now = meetings[0], timezone.now()
    start: Any = first.starts_at
    many = len(meetings) > 1
    if alone:
        subject = f"Vous n'êtes plus attendu : réunion {when(start, now)}, {first.team.name}"
        said = "Vous n'êtes plus sur la liste des personnes invitées."
        link = reverse("meetings:mine")
    else:
        subject = (
            f"{'Réunions annulées à partir du' if many else 'Réunion annulée :'} {when(start, now)}, {first.team.name}"
        )
        said = f"{f'{len(meetings)} réunions sont annulées' if many else 'La réunion est annulée'}. {reason}".strip()
        link = page_of(first)
    body = f"{said}\n\nLe fichier joint à l'e-mail retire {'ces dates' if many else 'cette date'} de votre agenda."
    _tell(people, "meetings.withdrawal", subject, body, link)


def _tell(
    people: Iterable[Participant], kind: str, subject: str, body: str, link: str, *, urgent: bool = False
) -> None:
    """One notice and one mail for each person among these invitations, with all the meetings that concern them."""
    by_person: dict[int, list[Participant]] = {}
    for row in people:
        by_person.setdefault(row.professional_id, []).append(row)
    for rows in by_person.values():
        account, notice = rows[0].professional.user, None
        if account is not None and account.is_active:
            notice = notify(account, kind, subject, body, link, urgent=urgent, mailed=False).pk
        send_calendar.enqueue(sorted(row.pk for row in rows), notice, subject, body, link)
