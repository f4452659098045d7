"""The demo's meetings: polls open, dates fixed, a series, one just passed, one cancelled. Nothing is mailed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from equipage.foundation.periods import PARIS, add_months, is_working_day
from equipage.meetings.models import Meeting, Participant, Series, Slot, SlotAnswer
from equipage.meetings.rules import LUNCH, MONTHLY, dates_of, is_rest_day, rule_of, suggested
from equipage.meetings.states import MEETING
from equipage.web.demo.stories import Story
from equipage.web.demo.world import World, moment

_KINDS = ("RCP_SANS_PATIENT", "RCP_AVEC_PATIENT")
_PLACES = (
    "Salle de réunion de la mairie (fictive)",
    "Cabinet infirmier (fictif)",
    "Pharmacie, salle du fond (fictive)",
)
_REASON = "La salle n'était pas libre : nous proposons d'autres dates."
# One recognised team out of so many has meetings to come, besides those of the personas.
_ONE_IN = 4


@dataclass
class _Drawn:
    """Rows that wait to be written together."""

    meetings: list[Meeting] = field(default_factory=list)
    people: list[Participant] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    answers: list[SlotAnswer] = field(default_factory=list)


def make_meetings(world: World) -> None:
    """Write the meetings of some recognised teams, with their journal."""
    dice, drawn = world.dice("meetings"), _Drawn()
    living = [story for story in world.stories if story.stage == "recognised" and _kind(story)]
    for rank, story in enumerate(living):
        if story.scene == "home":
            _home(world, dice, story, drawn)
        elif story.scene == "doctor-2":
            _series(world, dice, story, drawn)
            _past(world, dice, story, drawn)
        elif rank % _ONE_IN == 0:
            (_poll if dice.random() < 0.4 else _coming)(world, dice, story, drawn)
            if dice.random() < 0.3:
                _cancelled(world, dice, story, drawn)
    _write(world, drawn)


def _kind(story: Story) -> str:
    return next((code for code in _KINDS if code in story.codes), "")


def _home(world: World, dice: Random, story: Story, drawn: _Drawn) -> None:
    """The team of the nurse: a poll that she has not answered, a date fixed, and a past meeting that she called."""
    nurse = world.personas["nurse"]
    _poll(world, dice, story, drawn, silent={nurse.pk})
    _coming(world, dice, story, drawn)
    _past(world, dice, story, drawn, organiser=nurse.user)


def _meeting(
    world: World, dice: Random, story: Story, *, starts_at: datetime | None, created: datetime, **more: Any
) -> Meeting:
    values = {
        "kind": _kind(story),
        "place": dice.choice(_PLACES),
        "minutes": dice.choice((45, 60, 60, 90)),
        "state": "fixed" if starts_at else "polling",
        "organiser": story.head,
    }
    return Meeting(
        team=story.team,
        region_id=story.team.region_id,
        starts_at=starts_at,
        created_at=created,
        uid=UUID(int=dice.getrandbits(128), version=4),
        client_key=UUID(int=dice.getrandbits(128), version=4),
        **{**values, **more},
    )


def _invite(
    world: World, dice: Random, story: Story, meeting: Meeting, drawn: _Drawn, *, on: date, silent: Sequence[int] = ()
) -> list[Participant]:
    """A handful of members; most have said whether they come, and calendars know a fixed date."""
    people = [row.professional for row in story.present_on(on) if row.professional.user is not None]
    chosen = dice.sample(people, min(len(people), dice.randint(4, 7)))
    chosen += [person for person in people if person.user_id == meeting.organiser_id or person.pk in silent]
    rows = []
    for person in dict.fromkeys(chosen):
        row = Participant(meeting=meeting, professional=person)
        if meeting.starts_at is not None and meeting.state != "polling":
            row.sent_status, row.sent_sequence = "confirmed", 0
            own = person.user_id == meeting.organiser_id
            if own or (person.pk not in silent and dice.random() < 0.6):
                row.answer = "yes" if own or dice.random() < 0.8 else "no"
                row.answered_at = meeting.created_at + timedelta(hours=0 if own else 2)
        rows.append(row)
    drawn.meetings.append(meeting)
    drawn.people += rows
    return rows


def _poll(
    world: World, dice: Random, story: Story, drawn: _Drawn, silent: set[int] | frozenset[int] = frozenset()
) -> None:
    created = moment(world.ago(dice.randint(1, 2)), dice)
    meeting = _meeting(world, dice, story, starts_at=None, created=created)
    rows = _invite(world, dice, story, meeting, drawn, on=world.today, silent=sorted(silent))
    slots = [Slot(meeting=meeting, starts_at=start) for start in suggested(_now(world), None, 3)]
    drawn.slots += slots
    for row in rows:
        own = row.professional.user_id == meeting.organiser_id
        if own or (row.professional.pk not in silent and dice.random() < 0.6):
            drawn.answers += [
                SlotAnswer(
                    slot=slot,
                    participant=row,
                    choice="yes" if own else dice.choice(("yes", "yes", "yes", "maybe", "no")),
                )
                for slot in slots
            ]


def _coming(world: World, dice: Random, story: Story, drawn: _Drawn) -> None:
    start = suggested(_now(world), None, 4)[dice.randint(0, 3)] + timedelta(minutes=dice.choice((0, 15, 30)))
    created = moment(world.ago(dice.randint(3, 12)), dice)
    _invite(world, dice, story, _meeting(world, dice, story, starts_at=start, created=created), drawn, on=start.date())


def _past(world: World, dice: Random, story: Story, drawn: _Drawn, organiser: Any = None) -> None:
    """The last working day before today, nobody having said yet that it took place."""
    day = _working(world.yesterday)
    start = datetime.combine(day, time(12, 45), tzinfo=PARIS)
    created = moment(day - timedelta(days=9), dice)
    more = {"organiser": organiser} if organiser else {}
    _invite(world, dice, story, _meeting(world, dice, story, starts_at=start, created=created, **more), drawn, on=day)


def _cancelled(world: World, dice: Random, story: Story, drawn: _Drawn) -> None:
    start = datetime.combine(_working(world.ago(dice.randint(6, 40))), time(13, 0), tzinfo=PARIS)
    created = moment(start.date() - timedelta(days=12), dice)
    more = {"state": "cancelled", "cancel_reason": _REASON, "sequence": 1}
    meeting = _meeting(world, dice, story, starts_at=start, created=created, **more)
    for row in _invite(world, dice, story, meeting, drawn, on=start.date()):
        row.sent_status, row.sent_sequence = "cancelled", 1


def _series(world: World, dice: Random, story: Story, drawn: _Drawn) -> None:
    """Every month on the same weekday, public holidays left out."""
    first = suggested(_now(world), None, 2)[1].date()
    days = [day for day in dates_of(MONTHLY, first, add_months(first, 6)) if not is_rest_day(day)]
    created = moment(world.ago(5), dice)
    series = Series.objects.create(
        team=story.team,
        organiser=story.head,
        rule=rule_of(MONTHLY, first),
        until=days[-1],
        created_at=created,
        client_key=UUID(int=dice.getrandbits(128), version=4),
    )
    world.journal.note(created, "meetings.series.start", series, story.head, after={"rule": series.rule, "dates": days})
    for day in days:
        start = datetime.combine(day, LUNCH, tzinfo=PARIS)
        _invite(
            world,
            dice,
            story,
            _meeting(world, dice, story, starts_at=start, created=created, series=series, minutes=60, place=_PLACES[1]),
            drawn,
            on=day,
        )


def _working(day: date) -> date:
    """That day, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _now(world: World) -> datetime:
    return datetime.combine(world.today, time(9, 0), tzinfo=PARIS)


def _write(world: World, drawn: _Drawn) -> None:
    """Meetings first: the rows that hang on them take their keys."""
    waiting: tuple[tuple[Any, list[Any], tuple[str, ...]], ...] = (
        (Meeting, drawn.meetings, ()),
        (Participant, drawn.people, ("meeting",)),
        (Slot, drawn.slots, ("meeting",)),
        (SlotAnswer, drawn.answers, ("slot", "participant")),
    )
    for model, rows, parents in waiting:
        for row in rows:
            for parent in parents:
                setattr(row, parent, getattr(row, parent))  # the key that its parent was just given
        model._default_manager.bulk_create(rows, batch_size=1000)
    for meeting in drawn.meetings:
        if meeting.state == "polling":
            world.journal.note(meeting.created_at, "meetings.meeting.propose", meeting, meeting.organiser, after={})
            continue
        world.journal.move(meeting.created_at, MEETING, meeting, "fix", meeting.organiser, starts_at=meeting.starts_at)
        if meeting.state == "cancelled":
            at = meeting.created_at + timedelta(days=4)
            world.journal.move(
                at,
                MEETING,
                meeting,
                "cancel",
                meeting.organiser,
                comment=_REASON,
                source="fixed",
                cancel_reason=_REASON,
            )
