"""Who sees what may be spent: the team its envelope, the association and the agency those they serve."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.teams.policies import own_team_ids, teams_seen_by_staff


@visibility("funding.Envelope")
def envelopes(user: Any) -> Q:
    own = Q(team_id__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="team__")


@visibility("funding.RegionalBudget")
def budgets(user: Any) -> Q:
    regions = user.regions_for(Role.ARS_REGION)
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES)) | Q(
        organisation__region_id__in=sorted(regions)
    )


@policy("funding.set_budget")
def set_budget(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_ADMIN, Role.ASSOCIATION_TREASURER)
    return decide(held, "Le budget régional est saisi par la trésorerie ou l'administration de l'association.")
