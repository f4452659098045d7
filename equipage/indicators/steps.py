"""What the figures add to the page of a team: their tab."""

from __future__ import annotations

from typing import Any

from equipage.foundation.policies import can
from equipage.teams.panels import Tab, offer_tab


def _shown(team: Any, user: Any) -> bool:
    """Once the team may act, to those who may read."""
    return team.recognised_on is not None and can(user, "indicators.read_team_figures", team).allowed


offer_tab(Tab("Chiffres", "indicators:of_team", 70, shown=_shown))
