"""Who sees the sums of an account as they are: whoever answers for the region. The masked ones are public."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.teams.models import Team
from equipage.teams.policies import own_team_ids, teams_seen_by_staff

READERS = (*ASSOCIATION_ROLES, Role.ARS_REGION)


@visibility("indicators.AccountCell")
def cells(user: Any) -> Q:
    """The association and the agency of the region. A small sum names somebody: nobody else reads it."""
    return Q(account__region_id__in=sorted(user.regions_for(*READERS)))


@policy("indicators.read_team_figures")
def read_team_figures(user: Any, team: Any) -> Decision:
    """Its confirmed members, and whoever accompanies or instructs the team: those who see its envelope."""
    member = user.professional_or_none and own_team_ids(user).filter(team_id=team.pk).exists()
    allowed = bool(member) or Team.objects.filter(teams_seen_by_staff(user), pk=team.pk).exists()
    return decide(allowed, "Les chiffres d'une équipe sont à ses membres, à l'association et à l'agence.")
