"""Who sees a meeting: the team alone. The association and the agency see actions, never an agenda nor minutes."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.meetings.models import Minutes
from equipage.meetings.states import is_organiser
from equipage.teams.actors import LEAD, MEMBER
from equipage.teams.policies import own_team_ids


def of_own_teams(user: Any, prefix: str = "") -> Q:
    """Rows of the teams in which this person is a confirmed member today; `prefix` leads to the team."""
    return Q(**{f"{prefix}team_id__in": own_team_ids(user)}) if user.professional_or_none else NOTHING


@visibility("meetings.Meeting")
def meetings(user: Any) -> Q:
    return of_own_teams(user)


@visibility("meetings.Series")
def series(user: Any) -> Q:
    return of_own_teams(user)


@visibility("meetings.Participant")
def participants(user: Any) -> Q:
    return of_own_teams(user, "meeting__")


@visibility("meetings.Slot")
def slots(user: Any) -> Q:
    return of_own_teams(user, "meeting__")


@visibility("meetings.SlotAnswer")
def slot_answers(user: Any) -> Q:
    return of_own_teams(user, "slot__meeting__")


@visibility("meetings.CalendarFeed")
def calendar_feeds(user: Any) -> Q:
    """One's own: the address is a secret of its person."""
    return Q(user=user.pk)


@policy("meetings.plan")
def plan(user: Any, team: Any) -> Decision:
    return decide(MEMBER.test(user, team), "Une réunion est proposée par un membre confirmé de l'équipe.")


@policy("meetings.change")
def change(user: Any, meeting: Any) -> Decision:
    own = is_organiser(user, meeting) or LEAD.test(user, meeting)
    return decide(own, "La réunion est modifiée par la personne qui l'organise ou par la référente de l'équipe.")


# --- the room -----------------------------------------------------------------------------------------------------


@visibility("meetings.Minutes")
def minutes(user: Any) -> Q:
    return of_own_teams(user, "meeting__")


@visibility("meetings.Attendee")
def attendees(user: Any) -> Q:
    return of_own_teams(user, "minutes__meeting__")


@visibility("meetings.Item")
def items(user: Any) -> Q:
    return of_own_teams(user, "meeting__")


@visibility("meetings.MinutesVersion")
def minutes_versions(user: Any) -> Q:
    return of_own_teams(user, "minutes__meeting__")


@visibility("meetings.Task")
def tasks(user: Any) -> Q:
    return of_own_teams(user)


@policy("meetings.take_part")
def take_part(user: Any, meeting: Any) -> Decision:
    return decide(MEMBER.test(user, meeting), "La réunion se tient entre membres confirmés de l'équipe.")


@policy("meetings.remove_item")
def remove_item(user: Any, item: Any) -> Decision:
    own = item.added_by_id == user.pk and MEMBER.test(user, item)
    may = own or is_organiser(user, item.meeting) or LEAD.test(user, item)
    return decide(may, "Un point est retiré par qui l'a ajouté, par qui organise, ou par la référente de l'équipe.")


@policy("meetings.tend_task")
def tend_task(user: Any, task: Any) -> Decision:
    return decide(MEMBER.test(user, task), "Une tâche est suivie par les membres confirmés de l'équipe.")


@policy("meetings.finish_task")
def finish_task(user: Any, task: Any) -> Decision:
    if task.state != "open":
        return decide(False, "Cette tâche n'est plus à faire.")
    return tend_task(user, task)


# The minutes on paper are read by whoever reads the minutes: never by the association nor the agency.
register_kind("meetings.minutes", visible=lambda user: about_any(Minutes.objects.visible_to(user)))
