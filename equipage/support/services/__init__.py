"""The verbs of contacts and requests for help."""

from equipage.support.services.answering import answer, close, discard, pass_on, reopen, take
from equipage.support.services.asking import add_word, ask_help, settle
from equipage.support.services.contacts import Loaded, desk_of, load_contacts
from equipage.support.services.desks import (
    close_desk,
    confirm_desk,
    mend_report,
    reopen_desk,
    report_desk,
    save_desk,
    set_report_aside,
)
from equipage.support.services.upkeep import carry_what_waits, forget

__all__ = [
    "Loaded",
    "add_word",
    "answer",
    "ask_help",
    "carry_what_waits",
    "close",
    "close_desk",
    "confirm_desk",
    "desk_of",
    "discard",
    "forget",
    "load_contacts",
    "mend_report",
    "pass_on",
    "reopen",
    "reopen_desk",
    "report_desk",
    "save_desk",
    "set_report_aside",
    "settle",
    "take",
]
