"""What the room adds elsewhere: the agenda on the page of a meeting, the minutes on the page of an action, a tab and
words of the journal for tasks, and what becomes of the tasks of somebody who leaves."""

from __future__ import annotations

from typing import Any

from equipage.coordination.selectors import Block, action_panels
from equipage.foundation.workflow import Happened
from equipage.meetings.models import Meeting, Minutes
from equipage.meetings.selectors.planning import page_panels
from equipage.meetings.selectors.room import agenda_of
from equipage.meetings.services import planning, room, tasks
from equipage.teams.actors import is_member
from equipage.teams.panels import Tab, offer_tab
from equipage.teams.states import MEMBERSHIP


def agenda_panel(meeting: Meeting, user: Any) -> tuple[str, Any] | None:
    """The agenda, or the way to the minutes."""
    if meeting.state == "cancelled":
        return None
    return "meetings/_agenda.html", agenda_of(meeting, user)


def minutes_panel(action: Any, user: Any) -> Block:
    """The minutes for the team, the attendance sheet for whoever sees the action. Who pays never sees a decision."""
    record = Minutes.objects.visible_to(user).filter(action=action).select_related("meeting").first()
    heading = "Compte rendu et émargement" if record else "Émargement"
    return Block(heading, "meetings/room_action_panel.html", {"record": record, "action": action})


@MEMBERSHIP.effect("leave")
def tasks_go_to_the_lead(happened: Happened) -> None:
    """Whoever is gone today leaves their tasks to the lead; a departure to come is seen by the daily job."""
    tasks.hand_over(happened.obj.team_id)


page_panels.append(agenda_panel)
action_panels.append(minutes_panel)
planning.after_copy.append(room.take_up_agenda)
offer_tab(Tab("Tâches", "meetings:tasks_of_team", 46, shown=lambda team, user: is_member(user, team)))
