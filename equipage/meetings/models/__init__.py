"""How a team meets: planning (poll, invitation, series), and the room (agenda, situations, tasks, minutes)."""

from equipage.meetings.models.planning import CalendarFeed, Meeting, Participant, Series, Slot, SlotAnswer
from equipage.meetings.models.room import Attendee, Item, Minutes, MinutesVersion, Task

__all__ = [
    "Attendee",
    "CalendarFeed",
    "Item",
    "Meeting",
    "Minutes",
    "MinutesVersion",
    "Participant",
    "Series",
    "Slot",
    "SlotAnswer",
    "Task",
]
