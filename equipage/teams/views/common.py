"""What the pages of a team share: its row as seen by the person, its head, a refused form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from equipage.foundation.policies import can
from equipage.teams import panels
from equipage.teams.models import Team


def team_seen(request: HttpRequest, team_id: int) -> Team:
    """The team, when this person may see it; else 404."""
    rows = Team.objects.visible_to(request.user).select_related("commune", "region", "met_by")
    found: Team = get_object_or_404(rows, pk=team_id)
    return found


def head(request: HttpRequest, team: Team) -> dict[str, Any]:
    """The team, its tabs, and whether this person may change it."""
    edit = can(request.user, "teams.edit_team", team)
    return {
        "team": team,
        "tabs": panels.tabs_of(team, request.user, request.path),
        "may_edit": edit.allowed,
        "may_choose_themes": can(request.user, "teams.choose_themes", team).allowed,
    }
