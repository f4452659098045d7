"""Convergence: an action is verified when enough voices agree, and waits again when one is taken back."""

from __future__ import annotations

from typing import Any

from equipage.coordination.models import Action
from equipage.coordination.states import ACTION
from equipage.foundation.workflow import run


def settle_voices(action: Action, *, actor: Any) -> Action:
    """Put a declared or verified action in the state that its voices give. The caller holds the row of the action."""
    row = Action.objects.select_related("team").get(pk=action.pk)
    missing = row.missing_voices()
    if row.state == "declared" and not missing:
        return run(ACTION, row, "verify", actor=actor)
    if row.state == "verified" and missing:
        return run(ACTION, row, "unverify", actor=actor)
    return row
