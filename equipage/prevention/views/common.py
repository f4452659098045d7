"""What the pages share: rows as the person sees them, the frame of a team, a refusal beside its field."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from equipage.foundation.policies import can
from equipage.prevention.models import PreventionAction, Programme
from equipage.teams import panels
from equipage.teams.models import Team


def team_seen(request: HttpRequest, team_id: int) -> Team:
    """The team, when this person may see it; else 404."""
    rows = Team.objects.visible_to(request.user).select_related("commune")
    found: Team = get_object_or_404(rows, pk=team_id)
    return found


def team_inside(request: HttpRequest, team_id: int) -> Team:
    """The team, for its members and the association; else 404."""
    team = team_seen(request, team_id)
    if not can(request.user, "prevention.see_inside", team).allowed:
        raise Http404
    return team


def team_written(request: HttpRequest, team_id: int) -> Team:
    """The team, for who writes for it; else 404."""
    team = team_seen(request, team_id)
    if not can(request.user, "prevention.write_for_team", team).allowed:
        raise Http404
    return team


def action_seen(request: HttpRequest, prevention_id: int) -> PreventionAction:
    """The prevention action, when this person may see it; else 404."""
    rows = PreventionAction.objects.visible_to(request.user).select_related("team__commune", "responsible")
    found: PreventionAction = get_object_or_404(rows, pk=prevention_id)
    return found


def programme_seen(request: HttpRequest, programme_id: int) -> Programme:
    """The programme, when this person may see it; else 404."""
    rows = Programme.objects.visible_to(request.user).select_related("team__commune", "coordinator", "honour_by")
    found: Programme = get_object_or_404(rows, pk=programme_id)
    return found


def written_or_404(request: HttpRequest, team: Any) -> None:
    """Only who writes for the team goes on."""
    if not can(request.user, "prevention.write_for_team", team).allowed:
        raise Http404


def tabs_of(request: HttpRequest, team: Team, here: str = "") -> list[dict[str, Any]]:
    """The tabs of the pages of a team."""
    return panels.tabs_of(team, request.user, here or request.path)


def ask(request: HttpRequest, form: Any, cancel_url: str, **words: Any) -> HttpResponse:
    """The page that asks once more; 422 with what was typed when an answer did not do."""
    context = {"consequences": [], "tone": "main", **words, "form": form, "cancel_url": cancel_url}
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)
