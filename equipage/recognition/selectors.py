"""Reading recognition: which version of the project is in force on a day, and what it allows."""

from __future__ import annotations

from datetime import date
from typing import Any

from equipage.projects.models import ProjectVersion
from equipage.projects.rules import action_codes


def recognised_version(team: Any, on: date) -> ProjectVersion | None:
    """The version of the health project that the agency had recognised on that day; None when there was none."""
    file = (
        team.recognition_files.filter(state="recognised", decided_on__lte=on)
        .select_related("version")
        .order_by("-decided_on", "-id")
        .first()
    )
    return file.version if file else None


def recognised_action_codes(team: Any, on: date) -> list[str]:
    """The kinds of action that the recognised project announces on that day."""
    version = recognised_version(team, on)
    return action_codes(version.content) if version else []
