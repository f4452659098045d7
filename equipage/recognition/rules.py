"""What the rules say of a deposited project before a decision. No model is imported."""

from __future__ import annotations

from typing import Any

from equipage.foundation.periods import today
from equipage.projects.rules import action_codes, gate_reasons


def blocking_reasons(file: Any) -> tuple[str, ...]:
    """Why the version read cannot be recognised as it is: each action chosen must have its gates open (M06)."""
    return gate_reasons(file.team, action_codes(file.version.content), today())
