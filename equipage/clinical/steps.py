"""What the vault adds to the pages of a team: a tab for its members. It says nothing of what is inside."""

from __future__ import annotations

from typing import Any

from equipage.teams.actors import is_member
from equipage.teams.panels import Tab, offer_tab


def _shown(team: Any, user: Any) -> bool:
    return team.state == "recognised" and is_member(user, team)


offer_tab(Tab("Dossiers partagés", "clinical:of_team", 45, shown=_shown))
