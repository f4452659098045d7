"""The first three steps of the path, which this floor answers itself; and its own tabs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.teams.panels import Tab, offer_tab
from equipage.teams.path import Standing, register


def team_step(team: Any) -> Standing:
    """Composition met, or already verified by a later state."""
    url = reverse("teams:members", args=[team.pk])
    done = team.state != "forming" or not team.composition_reasons()
    return Standing(done=done, since=None if done else team.created_at, url=url)


def association_step(team: Any) -> Standing:
    """The meeting with the association: to ask for, asked for, held."""
    url = reverse("teams:team", args=[team.pk])
    if team.met_on is not None:
        return Standing(done=True, since=team.met_on, url=url)
    if team.state == "meeting_requested":
        return Standing(done=False, since=team.meeting_requested_at, waits_for="association", url=url)
    return Standing(done=False, waits_for="team", url=url)


def themes_step(team: Any) -> Standing:
    """At least one theme chosen."""
    url = reverse("teams:themes", args=[team.pk])
    first = team.themes.order_by("chosen_at", "id").first()
    return Standing(done=first is not None, since=first.chosen_at if first else team.met_on, url=url)


register("team", team_step)
register("association", association_step)
register("themes", themes_step)
offer_tab(Tab("L’équipe", "teams:team", 0))
offer_tab(Tab("Membres", "teams:members", 10))
