"""Who reads a project and who writes it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, denied, policy, visibility
from equipage.projects.models import Project
from equipage.projects.printing import DOCUMENT_KIND
from equipage.teams.actors import MEMBER
from equipage.teams.models import Team
from equipage.teams.policies import own_team_ids, teams_seen_by_staff


def _through(user: Any, path: str) -> Q:
    own = Q(**{f"{path}team_id__in": own_team_ids(user)}) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix=f"{path}team__")


@visibility("projects.Project")
def projects(user: Any) -> Q:
    return _through(user, "")


@visibility("projects.Section")
def sections(user: Any) -> Q:
    return _through(user, "project__")


@visibility("projects.SectionRevision")
def revisions(user: Any) -> Q:
    return _through(user, "section__project__")


@visibility("projects.ProjectVersion")
def versions(user: Any) -> Q:
    return _through(user, "project__")


@policy("projects.write_project")
def write_project(user: Any, project: Any) -> Decision:
    """Members write while the project is open to them. Which sections are open is `services.section_is_open`."""
    if project.state == "frozen":
        return denied("Le projet est déposé : l'ARS le lit. Il se rouvrira si un complément est demandé.")
    if project.state == "settled":
        return denied("Le projet est en vigueur. La personne référente peut le faire évoluer.")
    return decide(MEMBER.test(user, project), "Le projet est écrit par les membres confirmés de l'équipe.")


@policy("projects.read_project")
def read_project(user: Any, team: Any) -> Decision:
    """May this person read the project of the team, begun or not? The same people as the rows of `Project`."""
    inside = Q(pk__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    seen = Team.objects.filter(inside | teams_seen_by_staff(user), pk=team.pk).exists()
    return decide(seen, "Le projet est lu par les membres confirmés, l'association et l'ARS.")


register_kind(DOCUMENT_KIND, visible=lambda user: about_any(Project.objects.visible_to(user)))
