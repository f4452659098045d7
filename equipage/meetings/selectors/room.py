"""Reading a meeting while it is held and after: its agenda, who may be there, what was left, what the minutes say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from equipage.coordination.models import Action
from equipage.coordination.selectors import Kind
from equipage.foundation.french import counted, day, paris_day
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.meetings.discretion import personal_signs, question_about
from equipage.meetings.models import Item, Meeting, Minutes, MinutesVersion, Task
from equipage.meetings.selectors.planning import kind_words, last_meeting, meeting_kinds, with_patients
from equipage.teams.selectors import members_on

ALIVE = ("polling", "fixed", "held")


@dataclass(frozen=True)
class LeftOver:
    """A point that an earlier meeting of the team left, and why it comes back."""

    item: Item
    because: str


@dataclass(frozen=True)
class SinceLast:
    """What became of the tasks since the last meeting that was held."""

    done: int
    late: int
    open: int

    @property
    def sentence(self) -> str:
        """ "Depuis la dernière fois : 3 tâches faites, 1 en retard"."""
        parts = [f"{counted(self.done, 'tâche faite', 'tâches faites')}"]
        if self.late:
            parts.append(f"{self.late} en retard")
        if self.open - self.late:
            parts.append(f"{self.open - self.late} à venir")
        return f"Depuis la dernière fois : {', '.join(parts)}"


@dataclass(frozen=True)
class Agenda:
    """The points of a meeting as its members prepare them."""

    meeting: Meeting
    items: Sequence[Item]
    left: Sequence[LeftOver]
    since: SinceLast | None
    record: Minutes | None
    may_write: bool
    removable: frozenset[int] = frozenset()

    @property
    def planned(self) -> int:
        """The minutes that the points ask for, as far as they were given."""
        return sum(item.planned_minutes or 0 for item in self.items)

    @property
    def too_long(self) -> bool:
        return self.planned > self.meeting.minutes


@dataclass(frozen=True)
class Person:
    """Somebody who may be here: a member that day, as the room shows them."""

    professional: Any
    here: bool
    excused: bool


@dataclass
class Room:
    """The room as one person sees it."""

    meeting: Meeting
    record: Minutes | None
    items: list[Item]
    people: list[Person]
    kinds: list[Kind]
    label: str
    since: SinceLast | None
    left: list[LeftOver]
    names: tuple[str, ...] = ()
    problems: dict[int, str] = field(default_factory=dict)

    @property
    def discussed(self) -> list[Item]:
        return [item for item in self.items if item.discussed]

    @property
    def situations(self) -> int:
        """How many situations were discussed: the count of patients that is proposed."""
        return sum(item.is_situation and item.discussed for item in self.items)


def record_of(meeting: Meeting) -> Minutes | None:
    """The minutes, once the room was opened."""
    rows = Minutes.objects.filter(meeting=meeting)
    return rows.select_related("meeting__team", "action", "opened_by", "closed_by").first()


def items_of(meeting: Meeting) -> list[Item]:
    """The points in their order, with what came before them and who wrote last."""
    rows = Item.objects.filter(meeting=meeting).select_related("added_by", "updated_by", "carried_from__meeting")
    return list(rows.order_by("position", "id"))


def agenda_of(meeting: Meeting, user: Any) -> Agenda:
    """The agenda, for the page of the meeting and for its own."""
    items = items_of(meeting)
    may = meeting.state in ("polling", "fixed") and can(user, "meetings.take_part", meeting).allowed
    free = [item for item in items if may and not item.discussed]
    # One question for all: whoever organises or leads may take any of them away.
    every = bool(free) and can(user, "meetings.change", meeting).allowed
    removable = frozenset(item.pk for item in free if every or item.added_by_id == user.pk)
    return Agenda(
        meeting=meeting,
        items=items,
        left=left_over(meeting) if may else (),
        since=since_last(meeting.team_id, before=meeting),
        record=record_of(meeting),
        may_write=may,
        removable=removable,
    )


def left_over(meeting: Meeting) -> list[LeftOver]:
    """What earlier meetings of the team left: not discussed, or to review; not yet taken up by a later one."""
    taken_up = Item.objects.filter(carried_from=OuterRef("pk")).exclude(meeting__state="cancelled")
    rows = (
        Item.objects.filter(meeting__team_id=meeting.team_id, meeting__state="held")
        .exclude(meeting=meeting)
        .filter(~Exists(taken_up))
        .select_related("meeting")
        .order_by("-meeting__held_at", "position", "id")[:200]
    )
    found = []
    for item in rows:
        if item.review_on is not None:
            found.append(LeftOver(item, f"à revoir le {day(item.review_on)}"))
        elif not item.discussed:
            when = f" le {day(item.meeting.starts_at)}" if item.meeting.starts_at else ""
            found.append(LeftOver(item, f"pas eu le temps{when}"))
    return found[:30]


def last_held(team_id: int, before: Meeting | None = None) -> Meeting | None:
    """The meeting that the team held last."""
    rows = Meeting.objects.filter(team_id=team_id, state="held")
    return (rows.exclude(pk=before.pk) if before else rows).order_by("-starts_at", "-id").first()


def since_last(team_id: int, before: Meeting | None = None) -> SinceLast | None:
    """What became of the team's tasks since its last meeting; nothing where there never was a task."""
    last = last_held(team_id, before)
    if last is None or last.held_at is None:
        return None
    done = Q(state="done", done_at__gte=last.held_at)
    rows = list(Task.objects.filter(team_id=team_id).filter(Q(state="open") | done).values_list("state", "due_on"))
    if not rows:
        return None
    waiting = [due for state, due in rows if state == "open"]
    late = sum(due is not None and due < today() for due in waiting)
    return SinceLast(done=len(rows) - len(waiting), late=late, open=len(waiting))


def next_code(meeting: Meeting, kind: str, items: Iterable[Item]) -> str:
    """« Situation A », then B: the first letter that no point here and none left over bears; « Sujet 1 » for topics."""
    taken = {item.code.casefold() for item in items} | {left.item.code.casefold() for left in left_over(meeting)}
    word = "Situation" if kind == Item.Kind.SITUATION else "Sujet"
    rank = 0
    while True:
        name = f"{word} {_letters(rank) if word == 'Situation' else rank + 1}"
        if name.casefold() not in taken:
            return name
        rank += 1


def _letters(rank: int) -> str:
    """A to Z, then AA."""
    return _letters(rank // 26 - 1) + _letters(rank % 26) if rank >= 26 else chr(ord("A") + rank)


# --- who is here ------------------------------------------------------------------------------------------------------


def day_of(meeting: Meeting, record: Minutes | None = None) -> date:
    """The day of the meeting: that on which it really began, else the one planned, else today."""
    moment = (record.started_at if record else None) or meeting.starts_at
    return paris_day(moment) if moment else today()


def people_of(meeting: Meeting, record: Minutes | None) -> list[Person]:
    """The members of that day; before the room is opened, those who were invited and did not decline are proposed."""
    members = members_on(meeting.team, day_of(meeting, record))
    if record is not None:
        standings = dict(record.attendees.values_list("professional_id", "standing"))
    else:
        answers = dict(meeting.invited.values_list("professional_id", "answer"))
        standings = {pk: "excused" if answer == "no" else "here" for pk, answer in answers.items()}
    found = [
        Person(member, standings.get(member.pk) == "here", standings.get(member.pk) == "excused") for member in members
    ]
    return sorted(found, key=lambda person: not (person.here or person.excused))


def usual_setting(meeting: Meeting) -> str:
    """With or without the patient, as the kind says."""
    return Minutes.Setting.PATIENT if with_patients(meeting) else Minutes.Setting.TEAM


@dataclass(frozen=True)
class LastTime:
    """What « réunion maintenant » proposes: the type and the people of last time, and oneself."""

    kinds: list[Kind]
    kind: str
    here: frozenset[int]
    again: bool


def as_last_time(team: Any, user: Any) -> LastTime:
    """The last meeting of the team, as far as it can be had again today."""
    last = last_meeting(team)
    kinds = [kind for kind in meeting_kinds(team) if not kind.blocked]
    codes = [kind.code for kind in kinds]
    invited = {row.professional_id for row in last.participants.all() if row.removed_at is None} if last else set()
    members = {person.pk for person in members_on(team, today())}
    return LastTime(
        kinds=kinds,
        kind=last.kind if last and last.kind in codes else next(iter(codes), ""),
        here=frozenset((invited | {user.professional_or_none.pk}) & members),
        again=last is not None,
    )


def room_of(meeting: Meeting) -> Room:
    """Everything that the page of the room shows."""
    record = record_of(meeting)
    items = items_of(meeting)
    people = people_of(meeting, record)
    room = Room(
        meeting=meeting,
        record=record,
        items=items,
        people=people,
        kinds=[kind for kind in meeting_kinds(meeting.team) if not kind.blocked or kind.code == meeting.kind],
        label=kind_words(meeting),
        since=since_last(meeting.team_id, before=meeting),
        left=left_over(meeting),
        names=tuple(person.professional.full_name for person in people),
    )
    room.problems = {item.pk: question for item in items if (question := item_question(item, room.names))}
    return room


def item_question(item: Item, names: Iterable[str]) -> str:
    """The question about what looks like a person in a point; empty when nothing does."""
    texts = [item.code, item.question, item.account, item.decision, item.other_outcome]
    texts += [str(line.get("what", "")) for line in item.todo]
    return question_about(personal_signs("\n".join(texts), this_year=today().year, known=names))


# --- the end ----------------------------------------------------------------------------------------------------------


def actions_to_link(meeting: Meeting, on: date) -> list[Action]:
    """The actions that the team declared for that day and that are no other meeting: one of them may be this one."""
    free = Action.objects.filter(team_id=meeting.team_id, held_on=on, record__isnull=True)
    return list(free.exclude(state__in=("cancelled", "reversed")).select_related("declared_by").order_by("id"))


@dataclass(frozen=True)
class Proposal:
    """When the meeting ran, as far as the clock knows; `forgotten` when it was left open for too long."""

    starts: datetime
    ends: datetime
    forgotten: bool


def proposed_times(meeting: Meeting, record: Minutes | None) -> Proposal:
    """Started as written, ended now; a meeting that nobody closed that day ends when it was planned to."""
    now = timezone.now()
    starts = (record.started_at if record else None) or meeting.starts_at or now
    planned = starts + timedelta(minutes=meeting.minutes)
    overdue = paris_day(starts) != paris_day(now)
    ends = planned if overdue else now
    return Proposal(starts, max(ends, starts), overdue)


def versions_of(record: Minutes) -> list[MinutesVersion]:
    """The versions, the last first."""
    return list(record.versions.select_related("author", "document").order_by("-number", "id"))


def tasks_of(record: Minutes) -> list[Task]:
    """The tasks that came out of the meeting."""
    rows = Task.objects.filter(item__meeting_id=record.meeting_id).select_related("assignee", "item")
    return list(rows.order_by("item__position", "id"))
