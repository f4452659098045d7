"""What the tests of planning share: a recognised team, a plan, moments to come, mails that leave."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core import mail
from icalendar import Calendar

from equipage.foundation.french import PARIS
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.periods import today
from equipage.meetings.rules import is_rest_day
from equipage.meetings.services import planning
from equipage.meetings.services.checking import Plan
from tests import chain, factories


def recognised(*members: Any, actions: list[str] | None = None, name: str = "") -> Any:
    """A recognised team of a nurse who leads, a general practitioner and `members`, with meetings in its project."""
    team = factories.complete_team(name, state="accompanied", members=members, themes=("Soins palliatifs à domicile",))
    return chain.recognised(team, actions=actions)


def people_of(team: Any) -> list[Any]:
    """Its members in the order they joined: the lead first."""
    return [row.professional for row in team.memberships.order_by("id").select_related("professional__user")]


def soon(days: int = 8, hour: int = 12, minute: int = 30) -> datetime:
    """A working day to come at that hour of the clock in Paris."""
    day = today() + timedelta(days=days)
    while is_rest_day(day) or day.weekday() > 4:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def plan(team: Any, **more: Any) -> Plan:
    """Everybody, an hour, without the patient."""
    values: dict[str, Any] = {
        "kind": "RCP_SANS_PATIENT",
        "minutes": 60,
        "invited": tuple(person.pk for person in people_of(team)),
        "place": "Cabinet infirmier, 3 rue des Lilas",
    }
    return Plan(**{**values, **more})


def polled(team: Any, *, slots: list[datetime] | None = None, actor: Any = None, **more: Any) -> Any:
    """A poll on three slots, called by the lead."""
    return planning.propose(
        actor=actor or factories.lead_of(team),
        team=team,
        plan=plan(team, **more),
        slots=slots or [soon(8), soon(9, 13), soon(15)],
    )


def fixed(team: Any, *, starts_at: datetime | None = None, actor: Any = None, **more: Any) -> Any:
    """A meeting fixed at once by the lead."""
    return planning.plan_meeting(
        actor=actor or factories.lead_of(team), team=team, plan=plan(team, **more), starts_at=starts_at or soon()
    )


def sent() -> list[Any]:
    """The mails that leave now; the box is emptied."""
    Worker().run_all()
    found = list(mail.outbox)
    mail.outbox.clear()
    return found


def calendar_in(message: Any) -> Any:
    """The calendar file joined to a mail."""
    (content,) = [part[1] for part in message.attachments if str(part[0]).endswith(".ics")]
    return Calendar.from_ical(content)


def event_in(message: Any) -> Any:
    """Its one event."""
    (event,) = calendar_in(message).events
    return event


def by_person(mails: list[Any]) -> dict[str, Any]:
    """The mails by address."""
    return {message.to[0]: message for message in mails}


def typed(team: Any, **more: Any) -> dict[str, Any]:
    """The form of a poll, as a browser sends it."""
    return {
        "kind": "RCP_SANS_PATIENT",
        "minutes": "60",
        "invited": [person.pk for person in people_of(team)],
        "place": "Cabinet",
        "video_link": "",
        "title": "",
        "slots": [f"{moment:%Y-%m-%dT%H:%M}" for moment in (soon(8), soon(9, 13), soon(15))],
        "client_key": str(uuid.uuid4()),
        **more,
    }
