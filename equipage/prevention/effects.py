"""What follows here from what happens to coordinated actions."""

from __future__ import annotations

from equipage.coordination.services import after_change
from equipage.coordination.states import ACTION
from equipage.foundation.workflow import Happened
from equipage.prevention.services import check_declared


@ACTION.effect("validate")
def hold_the_declaration(happened: Happened) -> None:
    """A session of a programme that was not declared that day is neither validated nor, hence, paid."""
    check_declared(happened.obj)


# A correction moves neither the kind of a session nor its day before the declaration was complete.
after_change.append(check_declared)
