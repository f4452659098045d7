"""The demo's questions about hours: every pair that the rule finds among the drawn actions, most of them answered."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from equipage.coordination.models import Overlap, Presence
from equipage.coordination.rules import Attended, overlap
from equipage.coordination.services.hours import COUNTED
from equipage.web.demo.world import World

_ANSWERS = ("La première s'est terminée plus tôt.", "Les deux ont eu lieu.", "L'heure de la seconde est une erreur.")
# Older questions have been answered and settled; the last ones wait.
_PATIENCE_DAYS = 20


def make_hours(world: World) -> None:
    """Look at each person's day, as `refresh_overlaps` does when an action is declared."""
    dice = world.dice("hours")
    days: dict[tuple[int, Any], list[Presence]] = defaultdict(list)
    for action, presences in world.actions:
        if action.state in COUNTED:
            for presence in presences:
                if presence.state in ("expected", "confirmed"):
                    days[presence.professional_id, action.held_on].append(presence)
    rows = []
    for (_, held_on), presences in days.items():
        for rank, one in enumerate(presences):
            for other in presences[rank + 1 :]:
                certainty = overlap(_attended(one), _attended(other))
                if certainty:
                    rows.append(_row(world, dice, held_on, certainty, one, other))
    Overlap.objects.bulk_create(rows, batch_size=500)


def _attended(presence: Presence) -> Attended:
    return Attended(presence.action.team_id, presence.action.kind, presence.hours)


def _row(world: World, dice: Any, held_on: Any, certainty: str, one: Presence, other: Presence) -> Overlap:
    first, second = sorted((one, other), key=lambda presence: presence.pk)
    noticed = max(one.added_at, other.added_at)
    row = Overlap(
        first=first,
        second=second,
        professional_id=one.professional_id,
        held_on=held_on,
        certainty=certainty,
        noticed_at=noticed,
    )
    if held_on < world.ago(_PATIENCE_DAYS):
        story_team = second.action.team
        row.state, row.answer = "settled", dice.choice(_ANSWERS)
        row.answered_at, row.settled_at = noticed + timedelta(hours=5), noticed + timedelta(days=1)
        row.settled_by = world.officer_of(story_team.department_id)
    return row
