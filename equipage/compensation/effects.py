"""What follows, in money, from what happens to actions and presences."""

from __future__ import annotations

from equipage.compensation.jobs import estimate_under
from equipage.compensation.services.claims import drop_estimates, freeze_lines, refresh_estimates
from equipage.compensation.services.reversals import reverse_lines
from equipage.compensation.states import SCALE
from equipage.coordination.services import after_change, before_change
from equipage.coordination.states import ACTION, PRESENCE
from equipage.foundation.workflow import Happened


@ACTION.effect("validate")
def owe(happened: Happened) -> None:
    freeze_lines(happened.obj, actor=happened.actor)


@ACTION.effect("declare_again", "return_it")
def estimate_again(happened: Happened) -> None:
    refresh_estimates(happened.obj)


@ACTION.effect("reverse")
def take_back_lines(happened: Happened) -> None:
    reverse_lines(happened.obj, actor=happened.actor)


@ACTION.effect("cancel", "undo")
def forget(happened: Happened) -> None:
    drop_estimates(happened.obj)


@PRESENCE.effect("confirm", "deny")
def follow_presence(happened: Happened) -> None:
    refresh_estimates(happened.obj.action)


@SCALE.effect("adopt")
def estimate_its_days(happened: Happened) -> None:
    estimate_under.enqueue(happened.obj.pk)


# A declaration or a correction: estimates leave before presences change, and come back after.
before_change.append(drop_estimates)
after_change.append(refresh_estimates)
