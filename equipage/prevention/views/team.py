"""The tab « Prévention » of a team."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from equipage.coordination.selectors import declarable_teams
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.policies import can
from equipage.people.roles import ASSOCIATION_ROLES, STAFF_ROLES
from equipage.prevention import selectors
from equipage.prevention.views.common import tabs_of, team_seen


@access(SIGNED_IN)
def of_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """Actions, programmes, sessions: in full for the team and the association, in figures for the agency."""
    team = team_seen(request, team_id)
    user = request.user
    if not can(user, "prevention.see_counts", team).allowed:
        raise Http404
    inside = can(user, "prevention.see_inside", team).allowed
    gate = selectors.gate_today(team)
    programmes = list(selectors.programmes_of(team))
    context = {
        "team": team,
        "tabs": tabs_of(request, team),
        "inside": inside,
        "gate": gate,
        "may_write": can(user, "prevention.write_for_team", team).allowed,
        "may_declare": declarable_teams(user).filter(pk=team.pk).exists(),
        "may_mend_gate": can(user, "teams.edit_team", team).allowed,
        "staff": user.holds(*STAFF_ROLES),  # type: ignore[union-attr]
        "association": user.holds(*ASSOCIATION_ROLES),  # type: ignore[union-attr]
        "figures": selectors.figures_of(team),
        "actions": list(selectors.actions_of(team)) if inside else [],
        "programmes": [(row, *selectors.declaration_label(row)) for row in programmes],
        "support": selectors.support_sessions(team) if inside else [],
    }
    return render(request, "prevention/team.html", context)
