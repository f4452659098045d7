"""Who handles the money of an association: who prepares, who approves, who administers. Three people, three roles."""

from __future__ import annotations

from typing import Any

from equipage.foundation.workflow import Actor
from equipage.people.roles import Role


def _of_organisation(role: str) -> Any:
    """Does the user hold `role` in the very organisation of the row?"""

    def test(user: Any, obj: Any) -> bool:
        return any(a.role == role and a.organisation_id == obj.organisation_id for a in user.assignments)

    return test


PREPARER = Actor("la chargée ou le chargé de mission", _of_organisation(Role.ASSOCIATION_OFFICER))
APPROVER = Actor("la trésorière ou le trésorier", _of_organisation(Role.ASSOCIATION_TREASURER))
ADMINISTRATOR = Actor("l'administration de l'association", _of_organisation(Role.ASSOCIATION_ADMIN))


def organisation_ids(user: Any, *roles: str) -> list[int]:
    """The organisations in which a user holds one of these roles."""
    return [a.organisation_id for a in user.assignments if a.role in roles]
