"""Reading contacts and requests for help."""

from equipage.support.selectors.desks import (
    administrators,
    desk_of_request,
    desks_for,
    directory,
    is_written_to,
    other_desks,
    staff_of,
)
from equipage.support.selectors.requests import (
    OPEN_STATES,
    facts_of,
    has_asked,
    moves_of,
    moving_requests_card,
    own_requests,
    recent,
    requests_seen,
    state_sentence,
    thread_of,
    waiting_reports_card,
    waiting_requests_card,
)

__all__ = [
    "OPEN_STATES",
    "administrators",
    "desk_of_request",
    "desks_for",
    "directory",
    "facts_of",
    "has_asked",
    "is_written_to",
    "moves_of",
    "moving_requests_card",
    "other_desks",
    "own_requests",
    "recent",
    "requests_seen",
    "staff_of",
    "state_sentence",
    "thread_of",
    "waiting_reports_card",
    "waiting_requests_card",
]
