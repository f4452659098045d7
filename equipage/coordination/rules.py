"""What the rules say of an action: how many voices prove it. No model is imported."""

from __future__ import annotations

from typing import Any

from equipage.foundation.french import plural
from equipage.teams.rules import form_of


def voices_needed(action: Any) -> int:
    """How many confirmed presences the kind of action asks for, on its day. At least one: somebody was there."""
    rule = form_of(action.team, action.held_on).action(action.kind).min_participants
    return max(1, int(rule.effective)) if rule is not None else 1


def missing_voices(action: Any) -> tuple[str, ...]:
    """Why the presence is not proved yet: the sentence shown to the officer and to the team."""
    needed = voices_needed(action)
    confirmed = action.presences.filter(state="confirmed").count()
    if confirmed >= needed:
        return ()
    missing = needed - confirmed
    return (
        f"Il manque {missing} {plural(missing, 'présence confirmée', 'présences confirmées')} : "
        f"une action de ce type se prouve par {needed} {plural(needed, 'voix', 'voix')}.",
    )
