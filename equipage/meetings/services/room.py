"""Preparing a meeting and holding it: agenda, who is here, the three boxes. Closing it is in `closing.py`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import paris_day
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.meetings.models import Attendee, Item, Meeting, Minutes, Participant
from equipage.meetings.models.room import OUTCOMES
from equipage.meetings.selectors.planning import meeting_kinds
from equipage.meetings.selectors.room import left_over, next_code, usual_setting
from equipage.meetings.services.checking import allowed, locked_meeting, locked_team
from equipage.meetings.states import MEETING
from equipage.teams.selectors import members_on

MOST_ITEMS = 60
MOST_TASKS = 12
LONGEST_TEXT = 4000
# An autosave that was still on its way when the same person pressed « Enregistrer » is not somebody else's text.
ECHO = timedelta(seconds=10)


@dataclass(frozen=True)
class Line:
    """Who does what by when, as it is typed: `who` is the id of a professional, or nobody yet."""

    what: str
    who: int | None = None
    due: date | None = None

    def stored(self) -> dict[str, Any]:
        """As the point keeps it until the meeting ends."""
        return {"what": self.what, "who": self.who, "due": self.due.isoformat() if self.due else ""}


@dataclass(frozen=True)
class Boxes:
    """What is written of one point: the three boxes and the chips."""

    account: str = ""
    decision: str = ""
    outcomes: tuple[str, ...] = ()
    other_outcome: str = ""
    informed: str = ""
    patient_present: bool = False
    review_on: date | None = None
    todo: tuple[Line, ...] = ()

    def columns(self) -> dict[str, Any]:
        """As the row keeps them."""
        return {
            "account": self.account,
            "decision": self.decision,
            "outcomes": list(self.outcomes),
            "other_outcome": self.other_outcome,
            "informed": self.informed,
            "patient_present": self.patient_present,
            "review_on": self.review_on,
            "todo": [line.stored() for line in self.todo],
        }


@dataclass(frozen=True)
class Header:
    """Who is here and what kind of meeting it is, as one device says it.

    `seen_here` and `seen_excused` are what that device was shown: only its changes are applied, so that two people who
    tap different chips at once lose nothing. None: everything said counts.
    """

    here: frozenset[int]
    excused: frozenset[int] = frozenset()
    setting: str = ""
    place: str | None = None
    kind: str = ""
    seen_here: frozenset[int] | None = None
    seen_excused: frozenset[int] | None = None


class ItemConflict(Refused):
    """Somebody else wrote in the same point meanwhile: both texts are given, nothing is written over."""

    def __init__(self, theirs: Item, mine: Boxes) -> None:
        who = theirs.updated_by.full_name if theirs.updated_by else "Quelqu'un"
        super().__init__(
            f"{who} a écrit dans « {theirs.code} » pendant que vous écriviez. "
            "Rien n'est perdu : comparez les deux textes et choisissez."
        )
        self.theirs = theirs
        self.mine = mine


# --- the agenda -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewItem:
    """A point that a member adds. Without a code, the next letter is given."""

    kind: str = Item.Kind.SITUATION
    question: str = ""
    code: str = ""
    planned_minutes: int | None = None
    carried_from: Item | None = field(default=None)


@transaction.atomic
def add_item(meeting: Meeting, new: NewItem, *, actor: Any) -> Item:
    """Add a point at the end of the agenda. Raises Refused: closed meeting, too many points, an empty topic."""
    row = locked_meeting(meeting)
    _open_for(row, actor)
    return _append(row, new, actor)


def _append(meeting: Meeting, new: NewItem, actor: Any) -> Item:
    items = list(Item.objects.filter(meeting=meeting).order_by("position", "id"))
    if len(items) >= MOST_ITEMS:
        raise Refused(f"Une réunion tient {MOST_ITEMS} points au plus : ouvrez-en une autre pour la suite.")
    code, question = new.code.strip(), " ".join(new.question.split())
    if new.kind == Item.Kind.TOPIC and not question:
        raise Refused("Écrivez le sujet : un thème, un protocole à écrire.", field="question")
    if new.planned_minutes is not None and not 1 <= new.planned_minutes <= 240:
        raise Refused("Un point dure de 1 à 240 minutes.", field="planned_minutes")
    item = Item.objects.create(
        meeting=meeting,
        kind=new.kind,
        code=code or next_code(meeting, new.kind, items),
        question=question,
        planned_minutes=new.planned_minutes,
        position=items[-1].position + 1 if items else 1,
        carried_from=new.carried_from,
        added_by=actor,
        added_at=timezone.now(),
    )
    # The journal of a team is read by the association too: it says that a point was added, never which.
    audit.record(action="meetings.item.add", obj=item, actor=actor, after={"kind": item.kind})
    return item


@transaction.atomic
def move_item(item: Item, step: int, *, actor: Any) -> None:
    """One place up (-1) or down (1). At the end of the list nothing moves."""
    row = locked_meeting(item.meeting)
    _open_for(row, actor)
    items = list(Item.objects.filter(meeting=row).order_by("position", "id"))
    at = next((rank for rank, found in enumerate(items) if found.pk == item.pk), None)
    if at is None:
        raise Refused("Ce point a été retiré entre-temps.")
    other = at + (1 if step > 0 else -1)
    if not 0 <= other < len(items):
        return
    items[at], items[other] = items[other], items[at]
    for rank, found in enumerate(items, start=1):
        found.position = rank
    Item.objects.bulk_update(items, ["position"])


@transaction.atomic
def remove_item(item: Item, *, actor: Any) -> None:
    """Take away a point in which nothing is written. Twice changes nothing."""
    meeting = locked_meeting(item.meeting)
    _open_for(meeting, actor)
    row = Item.objects.filter(pk=item.pk).select_related("meeting__team").first()
    if row is None:
        return
    allowed(actor, "meetings.remove_item", row)
    if row.discussed:
        raise Refused(f"« {row.code} » a déjà été abordé : videz d'abord ce qui y est écrit.")
    audit.record(action="meetings.item.remove", obj=row, actor=actor, before={"kind": row.kind})
    row.delete()


@transaction.atomic
def carry_over(meeting: Meeting, *, actor: Any, only: Iterable[int] | None = None) -> list[Item]:
    """Take up what earlier meetings left, all of it or the points `only`. What is there already is not added twice."""
    row = locked_meeting(meeting)
    _open_for(row, actor)
    wanted = None if only is None else set(only)
    return [
        _append(row, NewItem(left.item.kind, left.item.question, left.item.code, None, left.item), actor)
        for left in left_over(row)
        if wanted is None or left.item.pk in wanted
    ]


def take_up_agenda(new: Meeting, earlier: Meeting, actor: Any) -> None:
    """« Comme la dernière fois » : what is left of the meetings that were held, or the points of one still to come."""
    if earlier.state == "held":
        carry_over(new, actor=actor)
        return
    for item in Item.objects.filter(meeting=earlier).order_by("position", "id"):
        _append(new, NewItem(item.kind, item.question, item.code, item.planned_minutes), actor)


# --- the room ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_now(team: Any, *, kind: str, here: Iterable[int], key: uuid.UUID, actor: Any) -> Meeting:
    """« Réunion maintenant » : a meeting that nobody planned, begun at once with these people.

    The same `key` gives the first meeting. Raises Refused with its field.
    """
    allowed(actor, "meetings.plan", team)
    row = locked_team(team)
    known = Meeting.objects.filter(client_key=key, team=row).first()
    if known is not None:
        return known
    now = timezone.now()
    open_kinds = {found.code for found in meeting_kinds(row) if not found.blocked}
    if kind not in open_kinds:
        raise Refused("Choisissez un type de réunion de la liste.", field="kind")
    people = frozenset(here)
    if not people:
        raise Refused("Indiquez qui est là : au moins une personne.", field="here")
    meeting = Meeting.objects.create(
        team=row, region_id=row.region_id, kind=kind, organiser=actor, created_at=now, client_key=key
    )
    audit.record(action="meetings.meeting.open_now", obj=meeting, actor=actor, after={"kind": kind})
    meeting = run(MEETING, meeting, "fix", actor=actor, data={"starts_at": now})
    enter(meeting, Header(here=people), actor=actor, begin=True)
    # Invited once they are here: nobody is mailed an invitation to where they sit.
    Participant.objects.bulk_create(
        Participant(meeting=meeting, professional_id=pk, answer="yes", answered_at=now) for pk in sorted(people)
    )
    return meeting


@transaction.atomic
def enter(meeting: Meeting, header: Header, *, actor: Any, begin: bool = False) -> Minutes:
    """Open the room, or say who came and who left it. `begin` writes the hour of the start, once.

    Raises Refused: a date not chosen yet, a meeting held or cancelled, somebody who is not a member that day.
    """
    row = locked_meeting(meeting)
    _open_for(row, actor)
    if row.state == "polling":
        raise Refused("La date de cette réunion n'est pas encore choisie : fixez-la, puis ouvrez la salle.")
    now = timezone.now()
    record = Minutes.objects.select_for_update(of=("self",)).filter(meeting=row).first()
    if record is None:
        record = Minutes.objects.create(
            meeting=row,
            setting=header.setting or usual_setting(row),
            place=row.place if header.place is None else header.place.strip(),
            opened_by=actor,
            opened_at=now,
        )
        audit.record(action="meetings.minutes.open", obj=record, actor=actor)
    _set_setting(row, record, header)
    if begin and record.started_at is None:
        record.started_at = now.replace(second=0, microsecond=0)
    record.save()
    set_attendees(record, header)
    return record


def _set_setting(meeting: Meeting, record: Minutes, header: Header) -> None:
    if header.setting:
        record.setting = header.setting
    if header.place is not None:
        record.place = header.place.strip()
    if header.kind and header.kind != meeting.kind:
        open_kinds = {kind.code for kind in meeting_kinds(meeting.team) if not kind.blocked}
        if header.kind not in open_kinds:
            raise Refused("Choisissez un type de réunion de la liste.", field="kind")
        meeting.kind = header.kind
        meeting.save(update_fields=["kind"])
        if not header.setting:
            record.setting = usual_setting(meeting)


def set_attendees(record: Minutes, header: Header) -> None:
    """Apply what one device changed to what is known now. Raises Refused with the person who is no member that day."""
    before = dict(record.attendees.values_list("professional_id", "standing"))
    here = _merged({pk for pk, standing in before.items() if standing == "here"}, header.here, header.seen_here)
    excused = _merged(
        {pk for pk, standing in before.items() if standing == "excused"}, header.excused, header.seen_excused
    )
    # Somebody who came after all is no longer excused.
    after = {**dict.fromkeys(excused, "excused"), **dict.fromkeys(here, "here")}
    strangers = set(after) - set(before)
    if strangers:
        on = record.started_at or record.meeting.starts_at
        members = {person.pk for person in members_on(record.meeting.team, today() if on is None else paris_day(on))}
        if strangers - members:
            raise Refused("Une des personnes cochées n'est pas membre de l'équipe ce jour-là.", field="here")
    record.attendees.exclude(professional_id__in=after).delete()
    for pk, standing in sorted(after.items()):
        if before.get(pk) != standing:
            Attendee.objects.update_or_create(minutes=record, professional_id=pk, defaults={"standing": standing})


def _merged(now: set[int], said: frozenset[int], seen: frozenset[int] | None) -> set[int]:
    """What is known, with the changes of somebody who was shown `seen`."""
    if seen is None:
        return set(said)
    return (now | (said - seen)) - (seen - said)


@transaction.atomic
def write_boxes(item: Item, boxes: Boxes, *, based_on: int, actor: Any) -> Item:
    """Save what is written of a point on top of version `based_on`.

    Raises ItemConflict when somebody else wrote meanwhile, Refused when the meeting is over. The same text saved again
    changes nothing.
    """
    meeting = locked_meeting(item.meeting)
    _open_for(meeting, actor)
    return write_item(item, boxes, based_on=based_on, actor=actor, echo=True)


def write_item(item: Item, boxes: Boxes, *, based_on: int, actor: Any, echo: bool = False) -> Item:
    """The same inside the caller's transaction, whatever the state of the meeting: corrections use it too.

    `echo`: an autosave of the same person may still have been on its way.
    """
    row = Item.objects.select_for_update(of=("self",)).filter(pk=item.pk).select_related("updated_by").first()
    if row is None:
        raise Refused("Ce point a été retiré entre-temps : copiez votre texte dans un autre.")
    _check_boxes(boxes)
    columns, now = boxes.columns(), timezone.now()
    if all(getattr(row, name) == value for name, value in columns.items()):
        return row
    if row.version != based_on and not (echo and _own_echo(row, based_on, actor, now)):
        raise ItemConflict(row, boxes)
    for name, value in columns.items():
        setattr(row, name, value)
    row.version, row.updated_by, row.updated_at = row.version + 1, actor, now
    row.save(update_fields=[*columns, "version", "updated_by", "updated_at"])
    return row


def _check_boxes(boxes: Boxes) -> None:
    if max(len(boxes.account), len(boxes.decision)) > LONGEST_TEXT:
        raise Refused(f"Une case tient {LONGEST_TEXT} signes au plus : gardez l'essentiel.", field="decision")
    if len(boxes.todo) > MOST_TASKS:
        raise Refused(f"Un point tient {MOST_TASKS} tâches au plus.", field="todo")
    if set(boxes.outcomes) - set(OUTCOMES):
        raise Refused("Choisissez les suites dans la liste, ou écrivez-en une autre.", field="outcomes")


def _own_echo(row: Item, based_on: int, actor: Any, now: Any) -> bool:
    """Was the last save, just one version ahead and a moment ago, this person's own?"""
    mine = row.updated_by_id == actor.pk and row.version == based_on + 1
    return bool(mine and row.updated_at and row.updated_at >= now - ECHO)


def _open_for(meeting: Meeting, actor: Any) -> None:
    allowed(actor, "meetings.take_part", meeting)
    if meeting.state == "cancelled":
        raise Refused(
            f"Cette réunion a été annulée : {meeting.cancel_reason} Ce que vous avez écrit reste sur cette page."
        )
    if meeting.state == "held":
        raise Refused("Cette réunion est terminée : corrigez son compte rendu, une nouvelle version en sera faite.")
