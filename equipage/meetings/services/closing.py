"""Ending a meeting: in one transaction the meeting is held, the action is declared or linked, the tasks are made and
the first version of the minutes is written. Correcting the minutes afterwards: one more version, the old ones kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from equipage.coordination.models import Action
from equipage.coordination.services import Facts, declare
from equipage.foundation import audit
from equipage.foundation.documents.services import issue_document
from equipage.foundation.french import PARIS, counted, day, enumerate_words, paris_day, time_of_day
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.meetings.models import Item, Meeting, Minutes, MinutesVersion, Task
from equipage.meetings.models.planning import LONGEST_MINUTES
from equipage.meetings.printing import (
    MINUTES_KIND,
    MINUTES_TEMPLATE,
    content_hash,
    minutes_content,
    minutes_reference,
    minutes_title,
)
from equipage.meetings.selectors.room import usual_setting
from equipage.meetings.services.checking import allowed, locked_meeting
from equipage.meetings.services.room import Boxes, Header, set_attendees, write_item
from equipage.meetings.states import MEETING
from equipage.messaging.services import notify
from equipage.people.models import Professional
from equipage.teams.selectors import members_on

# A clock that is a little ahead must not keep anybody in the room.
_CLOCK_GRACE = timedelta(minutes=5)
# The fields of a declaration, by the names of the page that ends a meeting.
_FIELDS = {"present": "here", "minutes": "ends", "held_on": "day", "starts_at": "starts"}


@dataclass(frozen=True)
class Closing:
    """What is said when a meeting ends: real hours, who was here, how many patients were discussed."""

    starts: datetime
    ends: datetime
    here: tuple[int, ...]
    excused: tuple[int, ...] = ()
    patients: int = 0

    @property
    def minutes(self) -> int:
        """How long it lasted."""
        return int((self.ends - self.starts).total_seconds() // 60)


def action_key(meeting: Meeting) -> uuid.UUID:
    """The key under which a meeting declares its action: the same each time."""
    return uuid.uuid5(meeting.uid, "coordination.action")


@transaction.atomic
def close(
    meeting: Meeting, closing: Closing, *, actor: Any, link: Action | None = None, another: bool = False
) -> Minutes:
    """End a meeting. All of it is written, or nothing and the room stays open.

    With `link`, the meeting is that action, declared before by somebody; else it is declared from here, and
    `another` says that a look-alike is not the same. Somebody ended it meanwhile: theirs stands, nothing is made twice.
    Raises AlreadyDeclared (a question), Refused with its field.
    """
    row = locked_meeting(meeting)
    allowed(actor, "meetings.take_part", row)
    record = Minutes.objects.filter(meeting=row).select_related("meeting__team").first()
    if row.state == "held" and record is not None:
        return record
    if row.state == "cancelled":
        raise Refused(f"Cette réunion a été annulée : {row.cancel_reason} Rien n'est perdu, mais rien n'est déclaré.")
    if row.state != "fixed":
        raise Refused("La date de cette réunion n'est pas encore choisie : fixez-la d'abord.")
    _check(row, closing)
    record = record or _begun(row, closing, actor)
    record.meeting = row
    record.started_at, record.ended_at = closing.starts, closing.ends
    set_attendees(record, Header(here=frozenset(closing.here), excused=frozenset(closing.excused)))
    record.action = _linked(row, closing, link) if link else _declared(row, closing, actor, another=another)
    record.patients = closing.patients
    record.closed_by, record.closed_at = actor, timezone.now()
    record.save()
    tasks = _make_tasks(row, actor)
    run(MEETING, row, "hold", actor=actor)
    version = _write_version(record, actor)
    audit.record(
        action="meetings.minutes.close",
        obj=record,
        actor=actor,
        after={
            "action": record.action_id,
            "linked": link is not None,
            "patients": closing.patients,
            "tasks": len(tasks),
            "minutes": closing.minutes,
            "content_hash": version.content_hash,
        },
    )
    _tell(record, tasks, actor)
    return record


def _begun(meeting: Meeting, closing: Closing, actor: Any) -> Minutes:
    """The minutes of a meeting whose room nobody opened: declared first, written later."""
    setting = usual_setting(meeting)
    return Minutes.objects.create(
        meeting=meeting,
        setting=setting,
        place=meeting.place,
        started_at=closing.starts,
        opened_by=actor,
        opened_at=timezone.now(),
    )


def _check(meeting: Meeting, closing: Closing) -> None:
    if closing.ends <= closing.starts:
        raise Refused(
            f"La fin ({time_of_day(closing.ends)}) n'est pas après le début ({time_of_day(closing.starts)}) : "
            "corrigez l'une des deux heures.",
            field="ends",
        )
    if closing.minutes > LONGEST_MINUTES:
        raise Refused(
            f"Une réunion dure {LONGEST_MINUTES // 60} heures au plus ; celle-ci en durerait {closing.minutes // 60} : "
            "vérifiez le jour et les heures.",
            field="ends",
        )
    if closing.ends > timezone.now() + _CLOCK_GRACE:
        raise Refused("La fin est dans le futur : terminez la réunion quand elle a eu lieu.", field="ends")
    if not closing.here:
        raise Refused("Indiquez qui était là : au moins une personne.", field="here")
    if not 0 <= closing.patients <= 500:
        raise Refused("Le nombre de patients va de 0 à 500.", field="patients")
    _check_people(meeting, closing)


def _check_people(meeting: Meeting, closing: Closing) -> None:
    on = paris_day(closing.starts)
    members = {person.pk for person in members_on(meeting.team, on)}
    strangers = sorted({*closing.here, *closing.excused} - members)
    if strangers:
        people = Professional.objects.filter(pk__in=strangers).order_by("last_name", "first_name", "id")
        who = enumerate_words(person.full_name for person in people)
        raise Refused(f"Le {day(on)}, {who} n'était pas membre de l'équipe : décochez, puis recommencez.", field="here")


def _declared(meeting: Meeting, closing: Closing, actor: Any, *, another: bool) -> Action:
    starts = closing.starts.astimezone(PARIS)
    facts = Facts(
        kind=meeting.kind,
        held_on=starts.date(),
        minutes=closing.minutes,
        present=closing.here,
        patients=closing.patients,
        title=meeting.title,
        starts_at=starts.time().replace(second=0, microsecond=0),
    )
    return declare(actor=actor, team=meeting.team, facts=facts, client_key=action_key(meeting), another=another)


def _linked(meeting: Meeting, closing: Closing, link: Action) -> Action:
    action = Action.objects.select_for_update(of=("self",)).filter(pk=link.pk, team_id=meeting.team_id).first()
    if action is None or action.state in ("cancelled", "reversed"):
        raise Refused("Cette déclaration a été retirée : terminez sans la relier, une autre sera faite.")
    if Minutes.objects.filter(action=action).exclude(meeting=meeting).exists():
        raise Refused("Cette action est déjà celle d'une autre réunion : choisissez-en une autre.")
    if action.held_on != paris_day(closing.starts):
        raise Refused(
            f"Cette action est du {day(action.held_on)}, la réunion du {day(closing.starts)} : ce n'est pas la même.",
            field="starts",
        )
    return action


def _make_tasks(meeting: Meeting, actor: Any) -> list[Task]:
    """The third boxes become tasks; what names nobody, or somebody who left, is for who ends the meeting."""
    now = timezone.now()
    members = {person.pk for person in members_on(meeting.team, paris_day(now))}
    own = actor.professional_or_none
    made = []
    for item in Item.objects.filter(meeting=meeting).order_by("position", "id"):
        for line in item.todo:
            who = line.get("who")
            made.append(
                Task.objects.create(
                    team_id=meeting.team_id,
                    item=item,
                    what=line["what"],
                    assignee_id=who if who in members else own.pk,
                    due_on=line.get("due") or None,
                    created_by=actor,
                    created_at=now,
                )
            )
    return made


def _write_version(record: Minutes, actor: Any, reason: str = "") -> MinutesVersion:
    """Freeze the minutes as they stand, with their document. In the caller's transaction."""
    last = record.versions.order_by("-number").values_list("number", flat=True).first() or 0
    now = timezone.now()
    record = Minutes.objects.select_related("meeting__team").get(pk=record.pk)
    content = minutes_content(record, number=last + 1, author=actor, at=now, reason=reason)
    document = issue_document(
        kind=MINUTES_KIND,
        template=MINUTES_TEMPLATE,
        title=minutes_title(content),
        data=content,
        about=audit.about(record),
        actor=actor,
        reference=minutes_reference(record, last + 1),
        region=record.meeting.region_id,
        dated=paris_day(now),
        fictitious=settings.DEMO,
    )
    return MinutesVersion.objects.create(
        minutes=record,
        number=last + 1,
        content=content,
        content_hash=content_hash(content),
        reason=reason,
        author=actor,
        at=now,
        document=document,
    )


def _tell(record: Minutes, tasks: Sequence[Task], actor: Any) -> None:
    """One notice to each person who was here or has something to do; what was said stays behind the sign-in."""
    given: dict[int, int] = {}
    for task in tasks:
        given[task.assignee_id] = given.get(task.assignee_id, 0) + 1
    here = set(record.attendees.filter(standing="here").values_list("professional_id", flat=True))
    people = Professional.objects.filter(pk__in={*here, *given}, user__is_active=True).exclude(user=actor)
    when = day(record.started_at)
    for person in people.select_related("user").order_by("id"):
        count = given.get(person.pk, 0)
        words = f"{counted(count, 'tâche vous y est confiée', 'tâches vous y sont confiées')}." if count else ""
        notify(
            person.user,
            "meetings.minutes_ready",
            f"Le compte rendu de la réunion du {when} est prêt",
            "\n\n".join(filter(None, (f"Il se lit après connexion, avec l'équipe {record.meeting.team.name}.", words))),
            reverse("meetings:minutes", args=[record.meeting_id]),
            urgent=bool(count),
            key=f"meetings.minutes:{record.pk}:{person.pk}",
        )


# --- afterwards -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Corrected:
    """What is corrected of the minutes as a whole: hours, place, who was here. The action is corrected on its page."""

    starts: datetime
    ends: datetime
    place: str
    here: tuple[int, ...]
    excused: tuple[int, ...] = ()


@transaction.atomic
def correct_item(item: Item, boxes: Boxes, *, reason: str, based_on: int, actor: Any) -> MinutesVersion:
    """Change one point of closed minutes: a new version, with its author and its date. Tasks are followed elsewhere.

    Raises ItemConflict, Refused. The same text again gives the last version.
    """
    record = _closed(item.meeting, actor)
    before = Item.objects.values_list("version", flat=True).get(pk=item.pk)
    if write_item(item, boxes, based_on=based_on, actor=actor).version == before:
        return record.versions.order_by("-number")[0]
    return _corrected(record, reason, actor)


@transaction.atomic
def correct_header(meeting: Meeting, corrected: Corrected, *, reason: str, actor: Any) -> MinutesVersion:
    """Change the hours, the place or the people of closed minutes: a new version. Raises Refused with its field."""
    record = _closed(meeting, actor)
    closing = Closing(corrected.starts, corrected.ends, corrected.here, corrected.excused, record.patients or 0)
    _check(record.meeting, closing)
    record.started_at, record.ended_at = corrected.starts, corrected.ends
    record.place = corrected.place.strip()
    record.save(update_fields=["started_at", "ended_at", "place"])
    set_attendees(record, Header(here=frozenset(corrected.here), excused=frozenset(corrected.excused)))
    return _corrected(record, reason, actor)


def _closed(meeting: Meeting, actor: Any) -> Minutes:
    row = locked_meeting(meeting)
    allowed(actor, "meetings.take_part", row)
    record = Minutes.objects.filter(meeting=row, closed_at__isnull=False).select_related("meeting__team").first()
    if record is None:
        raise Refused("Le compte rendu n'est pas encore clos : écrivez dans la salle.")
    return record


def _corrected(record: Minutes, reason: str, actor: Any) -> MinutesVersion:
    if not reason.strip():
        raise Refused("Dites en quelques mots ce que vous corrigez : l'équipe le lira.", field="reason")
    version = _write_version(record, actor, " ".join(reason.split())[:300])
    audit.record(
        action="meetings.minutes.correct",
        obj=record,
        actor=actor,
        after={"version": version.number, "content_hash": version.content_hash},
    )
    return version


@transaction.atomic
def link_again(meeting: Meeting, action: Action, *, actor: Any) -> Minutes:
    """Link closed minutes to another declaration, once that of before was withdrawn. Raises Refused."""
    record = _closed(meeting, actor)
    if record.action_id == action.pk:
        return record
    if record.action is not None and record.action.state not in ("cancelled", "reversed"):
        raise Refused("Ces minutes sont déjà reliées à une action déclarée.")
    if record.started_at is None or record.ended_at is None:
        raise Refused("Ce compte rendu n'a pas d'heures : corrigez-le d'abord.")
    before = record.action_id
    record.action = _linked(record.meeting, Closing(record.started_at, record.ended_at, ()), action)
    record.save(update_fields=["action"])
    audit.record(
        action="meetings.minutes.link", obj=record, actor=actor, before={"action": before}, after={"action": action.pk}
    )
    return record


def field_of(refused: Refused) -> str | None:
    """The field of the page that ends a meeting for the field of a declaration."""
    return _FIELDS.get(refused.field or "", refused.field)
