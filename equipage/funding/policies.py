"""Who sees what may be spent: the team its envelope, the association and the agency those they serve."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.teams.policies import own_team_ids, teams_seen_by_staff


def _association_or_agency(user: Any) -> Q:
    regions = user.regions_for(Role.ARS_REGION)
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES)) | Q(
        organisation__region_id__in=sorted(regions)
    )


@visibility("funding.Envelope")
def envelopes(user: Any) -> Q:
    own = Q(team_id__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="team__")


@visibility("funding.Commitment")
def commitments(user: Any) -> Q:
    own = Q(envelope__team_id__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="envelope__team__")


@visibility("funding.Fund")
def funds(user: Any) -> Q:
    return _association_or_agency(user)


@visibility("funding.YearPlan")
def year_plans(user: Any) -> Q:
    return _association_or_agency(user)


@visibility("funding.Reallotment")
def reallotments(user: Any) -> Q:
    return _association_or_agency(user)


@policy("funding.enter_fund")
def enter_fund(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_ADMIN, Role.ASSOCIATION_TREASURER)
    return decide(held, "Les crédits sont saisis par la trésorerie ou l'administration de l'association.")


@policy("funding.plan_year")
def plan_year(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_ADMIN, Role.ASSOCIATION_TREASURER)
    return decide(held, "La dotation des équipes est fixée par la trésorerie ou l'administration de l'association.")


@policy("funding.propose_reallotment")
def propose_reallotment(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER)
    return decide(held, "Une réaffectation est proposée par la chargée ou le chargé de mission.")
