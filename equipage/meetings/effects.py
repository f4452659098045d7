"""What follows for meetings from a team: who leaves is no longer expected, a closed team meets no more."""

from __future__ import annotations

from equipage.coordination import selectors as actions
from equipage.foundation.workflow import Happened
from equipage.meetings.selectors.planning import facts_to_declare
from equipage.meetings.services import changing
from equipage.teams.states import MEMBERSHIP, TEAM


@MEMBERSHIP.effect("leave")
def no_longer_expected(happened: Happened) -> None:
    """Meetings from the day on which the person is no longer a member."""
    changing.forget_member(happened.obj, actor=happened.actor)


@TEAM.effect("close")
def nothing_takes_place(happened: Happened) -> None:
    """What was planned is cancelled."""
    changing.fall_with_team(happened.obj, actor=happened.actor)


# The card of an action opens on the meeting that was planned.
actions.proposals.append(facts_to_declare)
