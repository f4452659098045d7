"""The verbs of prevention actions, education programmes, their declaration, their sessions and their evaluations."""

from equipage.prevention.services.actions import (
    ActionGiven,
    IndicatorGiven,
    ResultGiven,
    cancel_action,
    create_action,
    edit_action,
    reopen_action,
    save_results,
    start_action,
)
from equipage.prevention.services.declaration import (
    acknowledge,
    ask_complement,
    note_silence,
    prepare_again,
    refuse,
    send,
    send_complement,
    stop,
)
from equipage.prevention.services.evaluations import do_evaluation, open_evaluations, remind
from equipage.prevention.services.programmes import (
    ProgrammeGiven,
    create_programme,
    edit_programme,
    notify_change,
    state_on_honour,
)
from equipage.prevention.services.sessions import (
    OutsideDates,
    SessionGiven,
    attach_session,
    check_declared,
    declare_session,
)

__all__ = [
    "ActionGiven",
    "IndicatorGiven",
    "OutsideDates",
    "ProgrammeGiven",
    "ResultGiven",
    "SessionGiven",
    "acknowledge",
    "ask_complement",
    "attach_session",
    "cancel_action",
    "check_declared",
    "create_action",
    "create_programme",
    "declare_session",
    "do_evaluation",
    "edit_action",
    "edit_programme",
    "note_silence",
    "notify_change",
    "open_evaluations",
    "prepare_again",
    "refuse",
    "remind",
    "reopen_action",
    "save_results",
    "send",
    "send_complement",
    "start_action",
    "state_on_honour",
    "stop",
]
