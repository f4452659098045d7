"""Who sees requests for help and reports, and who corrects contacts. Contacts themselves are public."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import EVERYTHING, NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.support.actors import (
    HANDLING_ROLES,
    REGIONAL_ROLES,
    is_editor,
    is_handler,
    organisations_of,
)


def _requests(user: Any, prefix: str = "") -> Q:
    """One's own, those of one's desk, those of one's region for the association; `prefix` leads to the request."""
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    seen = Q(**{f"{prefix}asked_by": user.pk})
    bodies = organisations_of(user, *HANDLING_ROLES)
    if bodies:
        seen |= Q(**{f"{prefix}desk__organisation__in": bodies})
    regions = user.regions_for(*ASSOCIATION_ROLES)
    if regions:
        seen |= Q(**{f"{prefix}region__in": sorted(regions)})
    agency = user.regions_for(Role.ARS_REGION)
    if agency:
        # The agency of a region looks after its own delegations.
        seen |= Q(
            **{
                f"{prefix}desk__organisation__kind": "delegation",
                f"{prefix}desk__organisation__region__in": sorted(agency),
            }
        )
    return seen


@visibility("support.HelpRequest")
def help_requests(user: Any) -> Q:
    return _requests(user)


@visibility("support.HelpMessage")
def help_messages(user: Any) -> Q:
    return _requests(user, "request__")


@visibility("support.DeskReport")
def desk_reports(user: Any) -> Q:
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    regions = user.regions_for(*REGIONAL_ROLES)
    return Q(desk__region__in=sorted(regions)) if regions else NOTHING


@policy("support.edit_desk")
def edit_desk(user: Any, desk: Any) -> Decision:
    """A contact of one's region; those of all France belong to the platform's administration."""
    return decide(
        is_editor(user, desk.region_id),
        "Ce contact revient à l'association de sa région, ou à l'administration de la plateforme.",
    )


@policy("support.answer_request")
def answer_request(user: Any, row: Any) -> Decision:
    """Take, answer, pass on, close."""
    return decide(
        is_handler(user, row),
        "Les demandes sont traitées par leur guichet, l'association de la région et l'administration de la plateforme.",
    )
