"""The verbs of the actions: declare, answer, decide, correct after the lock. Each is one use case, one transaction."""

from equipage.coordination.rules import kind_gates
from equipage.coordination.services.answering import confirm_presence, deny_presence, join
from equipage.coordination.services.counter import accept_counter, ask_counter, refuse_counter, withdraw_counter
from equipage.coordination.services.deciding import cancel, declare_again, return_to_team, undo, validate
from equipage.coordination.services.declaring import correct, declare
from equipage.coordination.services.facts import AlreadyDeclared, Facts, facts_of
from equipage.coordination.services.guests import add_guest, answer_by_link, guest_of_link, invite_again, withdraw_guest
from equipage.coordination.services.hours import explain_overlap, refresh_overlaps, settle_overlap
from equipage.coordination.services.listeners import after_change, before_change
from equipage.coordination.services.proof import (
    action_of_code,
    add_evidence,
    confirm_all,
    confirm_by_code,
    enter_code,
    set_times,
)
from equipage.coordination.services.voices import settle_voices

__all__ = [
    "AlreadyDeclared",
    "Facts",
    "accept_counter",
    "action_of_code",
    "add_evidence",
    "add_guest",
    "after_change",
    "answer_by_link",
    "ask_counter",
    "before_change",
    "cancel",
    "confirm_all",
    "confirm_by_code",
    "confirm_presence",
    "correct",
    "declare",
    "declare_again",
    "deny_presence",
    "enter_code",
    "explain_overlap",
    "facts_of",
    "guest_of_link",
    "invite_again",
    "join",
    "kind_gates",
    "refresh_overlaps",
    "refuse_counter",
    "return_to_team",
    "set_times",
    "settle_overlap",
    "settle_voices",
    "undo",
    "validate",
    "withdraw_counter",
    "withdraw_guest",
]
