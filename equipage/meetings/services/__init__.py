"""The verbs of the meetings to come. Those of the room are in `room.py`, `closing.py` and `tasks.py`."""

from equipage.meetings.services.changing import cancel, change, stop_series
from equipage.meetings.services.checking import Plan
from equipage.meetings.services.feeds import close_feed, feed_of, open_feed
from equipage.meetings.services.planning import (
    after_copy,
    answer,
    answer_poll,
    fix,
    nudge,
    plan_meeting,
    propose,
    remind_silent,
)
from equipage.meetings.services.series import start_series

__all__ = [
    "Plan",
    "after_copy",
    "answer",
    "answer_poll",
    "cancel",
    "change",
    "close_feed",
    "feed_of",
    "fix",
    "nudge",
    "open_feed",
    "plan_meeting",
    "propose",
    "remind_silent",
    "start_series",
    "stop_series",
]
