"""Who may move what, as named actors of the workflows: team members, leads, association, agency.

Each takes a row that is a team or leads to one by `.team`; none imports a model, so that `states.py` may use them.
"""

from __future__ import annotations

from typing import Any

from equipage.foundation.workflow import Actor
from equipage.people.roles import AGENCY_ROLES, Role


def team_of(obj: Any) -> Any:
    """The team a row belongs to: itself, or its `.team`."""
    return obj if obj._meta.label_lower == "teams.team" else obj.team


def _professional_id(user: Any) -> int | None:
    professional = getattr(user, "professional_or_none", None)
    return professional.pk if professional else None


def is_member(user: Any, obj: Any) -> bool:
    """A confirmed member of the team, today."""
    return _membership_exists(user, obj)


def is_lead(user: Any, obj: Any) -> bool:
    """A confirmed member who leads the team (référent)."""
    return _membership_exists(user, obj, role="lead")


def _membership_exists(user: Any, obj: Any, **more: Any) -> bool:
    professional = _professional_id(user)
    if professional is None:
        return False
    # Who announced a departure stays a member until that day.
    memberships = team_of(obj).memberships.in_force().filter(state__in=("confirmed", "left"))
    return bool(memberships.filter(professional_id=professional, **more).exists())


def _in_region(user: Any, obj: Any, *roles: str) -> bool:
    return team_of(obj).region_id in user.regions_for(*roles)


def is_agency(user: Any, obj: Any) -> bool:
    """An officer of the agency: of the whole region, or of the team's department."""
    team = team_of(obj)
    return _in_region(user, obj, Role.ARS_REGION) or team.department_id in user.departments_for(Role.ARS_DEPARTMENT)


def is_self(user: Any, obj: Any) -> bool:
    """The professional whom the row is about."""
    return _professional_id(user) == obj.professional_id


MEMBER = Actor("un membre de l'équipe", is_member)
LEAD = Actor("la personne référente de l'équipe", is_lead)
OFFICER = Actor(
    "la chargée ou le chargé de mission de l'association",
    lambda user, obj: _in_region(user, obj, Role.ASSOCIATION_OFFICER),
)
TREASURER = Actor(
    "la trésorière ou le trésorier de l'association",
    lambda user, obj: _in_region(user, obj, Role.ASSOCIATION_TREASURER),
)
ASSOCIATION_ADMIN = Actor(
    "l'administration de l'association", lambda user, obj: _in_region(user, obj, Role.ASSOCIATION_ADMIN)
)
AGENCY = Actor("la personne référente de l'ARS", is_agency)
SELF = Actor("la personne concernée", is_self)
NOBODY_BY_HAND = Actor("Équipage, comme suite d'une autre décision", lambda user, obj: True)

STAFF_OF_REGION = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER, Role.ASSOCIATION_ADMIN, *AGENCY_ROLES)
