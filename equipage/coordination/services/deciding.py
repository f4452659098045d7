"""What happens to a declaration: validated, returned, declared again, withdrawn, undone at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from equipage.coordination.models import Action
from equipage.coordination.services.listeners import changed
from equipage.coordination.services.voices import settle_voices
from equipage.coordination.states import ACTION
from equipage.foundation.workflow import run


def validate(action: Action, *, actor: Any) -> Action:
    """The association validates; what it makes in money follows in the same transaction."""
    return run(ACTION, action, "validate", actor=actor)


def return_to_team(action: Action, *, actor: Any, reason: str) -> Action:
    """Send the action back with what must be corrected."""
    return run(ACTION, action, "return_it", actor=actor, comment=reason, data={"return_reason": reason.strip()})


@transaction.atomic
def declare_again(action: Action, *, actor: Any) -> Action:
    """The corrected action goes back to the association."""
    row = settle_voices(run(ACTION, action, "declare_again", actor=actor), actor=actor)
    changed(row)
    return row


def cancel(action: Action, *, actor: Any, reason: str) -> Action:
    """Withdraw a declaration that is not validated."""
    return run(ACTION, action, "cancel", actor=actor, comment=reason, data={"cancel_reason": reason.strip()})


def undo(action: Action, *, actor: Any) -> Action:
    """Take back at once what one has just declared (ten seconds). The others are not told of it."""
    return run(ACTION, action, "undo", actor=actor, data={"cancel_reason": "Annulée aussitôt déclarée."})
