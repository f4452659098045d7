"""The lists: of the region for the association, without anybody's name for the agency, of a team for its members."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.people.roles import ASSOCIATION_ROLES, STAFF_ROLES
from equipage.prevention.lists import ByTeam, Programmes, RegionActions, TeamActions, TeamResults
from equipage.prevention.views.common import team_inside

region_actions = access(*ASSOCIATION_ROLES)(listing_view(RegionActions))
programme_list = access(*STAFF_ROLES)(listing_view(Programmes))
by_team = access(*STAFF_ROLES)(listing_view(ByTeam))
_team_actions, _team_results = listing_view(TeamActions), listing_view(TeamResults)


@access(SIGNED_IN)
def team_actions(request: HttpRequest, team_id: int) -> Any:
    """The prevention actions of one team, to export."""
    team = team_inside(request, team_id)
    return _team_actions(request, team_id=team.pk)


@access(SIGNED_IN)
def team_results(request: HttpRequest, team_id: int) -> Any:
    """The results of one team, indicator by indicator, to export."""
    team = team_inside(request, team_id)
    return _team_results(request, team_id=team.pk)
