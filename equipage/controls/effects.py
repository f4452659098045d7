"""What follows from each move of a control: money, then who is told; and what a reversed action leaves of it."""

from __future__ import annotations

from equipage.controls.models import Control
from equipage.controls.services.money import note_taken, owed_for, reverse_action, write_correction
from equipage.controls.states import CONTROL, OPEN
from equipage.controls.telling import tell_association, tell_team
from equipage.coordination.states import ACTION
from equipage.foundation.workflow import Happened, run


@CONTROL.effect("confirm_corrected")
def correct(happened: Happened) -> None:
    before = owed_for(happened.obj)
    write_correction(happened.obj, actor=happened.actor)
    note_taken(happened.obj, before)


@CONTROL.effect("confirm_not_in_order")
def take_back(happened: Happened) -> None:
    before = owed_for(happened.obj)
    reverse_action(happened.obj, actor=happened.actor)
    note_taken(happened.obj, before)


@ACTION.effect("reverse")
def lapse(happened: Happened) -> None:
    """The team or the association reversed the action meanwhile: there is nothing left to control."""
    for control in Control.objects.filter(action=happened.obj, state__in=OPEN):
        reason = "L'action a été contre-passée : il n'y a plus rien à contrôler."
        run(CONTROL, control, "lapse", actor=happened.actor, data={"cancel_reason": reason})


@CONTROL.effect("answer", "reply", "fall_silent")
def tell_who_decides(happened: Happened) -> None:
    tell_association(happened.obj, happened.obj.state)


@CONTROL.effect(
    "fall_silent", "announce", "find_in_order", "confirm_corrected", "confirm_not_in_order", "cancel", "lapse"
)
def tell_who_is_controlled(happened: Happened) -> None:
    tell_team(happened.obj, happened.obj.state)
