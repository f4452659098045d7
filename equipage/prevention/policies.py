"""Who sees prevention and education: the team and the association. The agency sees declarations and counts, nobody."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.prevention.actors import COORDINATOR
from equipage.teams.actors import MEMBER
from equipage.teams.policies import by_scope, own_team_ids, teams_seen_by_staff


def _inside(user: Any, prefix: str = "") -> Q:
    """Rows of one's own teams and of the association's region; `prefix` leads to the row that has a team."""
    own = Q(**{f"{prefix}team_id__in": own_team_ids(user)}) if user.professional_or_none else NOTHING
    return own | by_scope(user, regional=ASSOCIATION_ROLES, prefix=f"{prefix}team__")


def _declared(user: Any, prefix: str = "") -> Q:
    """The same, and what the agency is told of."""
    agency = by_scope(user, regional=(Role.ARS_REGION,), departmental=(Role.ARS_DEPARTMENT,), prefix=f"{prefix}team__")
    return _inside(user, prefix) | agency


@visibility("prevention.PreventionAction")
def prevention_actions(user: Any) -> Q:
    return _inside(user)


@visibility("prevention.Indicator")
def indicators(user: Any) -> Q:
    return _inside(user, "action__")


@visibility("prevention.Programme")
def programmes(user: Any) -> Q:
    return _declared(user)


@visibility("prevention.ProgrammeMember")
def programme_members(user: Any) -> Q:
    return _inside(user, "programme__")


@visibility("prevention.DeclarationStep")
def declaration_steps(user: Any) -> Q:
    return _declared(user, "programme__")


@visibility("prevention.ProgrammeChange")
def programme_changes(user: Any) -> Q:
    return _inside(user, "programme__")


@visibility("prevention.Evaluation")
def evaluations(user: Any) -> Q:
    return _declared(user, "programme__")


@visibility("prevention.Session")
def sessions(user: Any) -> Q:
    professional = user.professional_or_none
    present = (
        Q(action_id__in=professional.presences.order_by().values("action_id")) if professional is not None else NOTHING
    )
    return _inside(user, "action__") | present


@policy("prevention.write_for_team")
def write_for_team(user: Any, team: Any) -> Decision:
    """Plan an action or a programme, change it, tell its results."""
    if team.state == "closed":
        return decide(False, "L'équipe est fermée : sa prévention ne se modifie plus.")
    return decide(MEMBER.test(user, team), "Un membre confirmé de l'équipe écrit ses actions et ses programmes.")


@policy("prevention.declare_programme")
def declare_programme(user: Any, programme: Any) -> Decision:
    """Sign, declare to the agency, note its answers, notify changes, tell evaluations."""
    return decide(COORDINATOR.test(user, programme), f"Ceci revient à {COORDINATOR.label}.")


@policy("prevention.see_inside")
def see_inside(user: Any, team: Any) -> Decision:
    """Read the pages that name people and contents: the team and the association; the agency has counts."""
    seen = type(team)._default_manager.filter(_team_inside(user), pk=team.pk).exists()
    return decide(seen, "Les actions et leurs personnes sont vues par l'équipe et par l'association.")


@policy("prevention.see_counts")
def see_counts(user: Any, team: Any) -> Decision:
    """Read how many, and where declarations stand."""
    seen = type(team)._default_manager.filter(_team_inside(user) | teams_seen_by_staff(user), pk=team.pk).exists()
    return decide(seen, "Cette équipe n'est pas dans votre périmètre.")


def _team_inside(user: Any) -> Q:
    own = Q(pk__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | by_scope(user, regional=ASSOCIATION_ROLES)
