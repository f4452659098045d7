"""Who sees a team and what hangs on it. Other floors reuse `teams_of`, so that one rule says who is inside."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from equipage.foundation.policies import EVERYTHING, NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.teams.actors import LEAD, MEMBER, OFFICER
from equipage.teams.models import Membership, Team


def own_team_ids(user: Any, *, confirmed_only: bool = True) -> QuerySet[Any]:
    """The ids of the teams in which this professional is a member today."""
    professional = user.professional_or_none
    if professional is None:
        return Membership.objects.none().values("team_id")
    states = ("confirmed", "left") if confirmed_only else ("confirmed", "left", "uncertain")
    return (
        Membership.objects.in_force()
        .filter(professional_id=professional.pk, state__in=states)
        .order_by()
        .values("team_id")
    )


def by_scope(user: Any, *, regional: tuple[str, ...], departmental: tuple[str, ...] = (), prefix: str = "") -> Q:
    """Rows of the regions and departments in which `user` holds one of those roles; `prefix` leads to the team."""
    scope = NOTHING
    regions = user.regions_for(*regional) if regional else frozenset()
    departments = user.departments_for(*departmental) if departmental else frozenset()
    if regions:
        scope |= Q(**{f"{prefix}region_id__in": sorted(regions)})
    if departments:
        scope |= Q(**{f"{prefix}department_id__in": sorted(departments)})
    return scope


def teams_seen_by_staff(user: Any, *, prefix: str = "") -> Q:
    """Teams of the association's and the agency's territory."""
    return by_scope(
        user, regional=(*ASSOCIATION_ROLES, Role.ARS_REGION), departmental=(Role.ARS_DEPARTMENT,), prefix=prefix
    )


@visibility("teams.Team")
def teams(user: Any) -> Q:
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    own = Q(pk__in=own_team_ids(user, confirmed_only=False)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user)


@visibility("teams.Membership")
def memberships(user: Any) -> Q:
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    professional = user.professional_or_none
    own = Q(professional_id=professional.pk) | Q(team_id__in=own_team_ids(user)) if professional else NOTHING
    return own | teams_seen_by_staff(user, prefix="team__")


@visibility("teams.TeamTheme")
def themes(user: Any) -> Q:
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    own = Q(team_id__in=own_team_ids(user, confirmed_only=False)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="team__")


@visibility("foundation.AuditEntry")
def audit_entries(user: Any) -> Q:
    """The journal of the teams one sees; the platform's own chain for its administrators."""
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    seen = Team.objects.visible_to(user).order_by()
    named = seen.annotate(chain=Concat(Value("team:"), Cast("pk", CharField()))).values("chain")
    return Q(stream__in=named)


@visibility("foundation.AuditHead")
def audit_heads(user: Any) -> Q:
    return EVERYTHING if user.holds(Role.PLATFORM_ADMIN) else NOTHING


@visibility("foundation.Counter")
def counters(user: Any) -> Q:
    return EVERYTHING if user.holds(Role.PLATFORM_ADMIN) else NOTHING


@policy("teams.create_team")
def create_team(user: Any, obj: Any) -> Decision:
    return decide(user.professional_or_none is not None, "Une équipe est créée par un professionnel de santé.")


@policy("teams.edit_team")
def edit_team(user: Any, team: Any) -> Decision:
    if team.state == "closed":
        return decide(False, "L'équipe est fermée : elle ne se modifie plus.")
    return decide(LEAD.test(user, team), "La personne référente de l'équipe modifie sa fiche et ses membres.")


@policy("teams.choose_themes")
def choose_themes(user: Any, team: Any) -> Decision:
    if team.state not in ("accompanied", "recognised"):
        return decide(False, "Les thèmes se choisissent après la rencontre avec l'association.")
    return decide(
        MEMBER.test(user, team) or OFFICER.test(user, team),
        "Les thèmes sont choisis par l'équipe, avec l'association.",
    )
