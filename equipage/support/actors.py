"""Who may move a request for help or a report, as named actors; no model is imported, so that `states.py` may use them.

Nobody here needs an account: who asked follows by a personal link, and a desk outside the application answers by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equipage.foundation.workflow import Actor
from equipage.people.roles import AGENCY_ROLES, Role

# Who answers people; the treasurer of an association sees the requests of the region and moves none.
REGIONAL_ROLES = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
HANDLING_ROLES = (*REGIONAL_ROLES, *AGENCY_ROLES)
EDITOR_ROLES = (Role.PLATFORM_ADMIN, *REGIONAL_ROLES)


@dataclass(frozen=True)
class FollowHolder:
    """Who asked, known by the personal link of the request; the journal keeps no name of theirs."""

    follows: int
    pk: None = None
    full_name: str = "La personne qui a demandé"


@dataclass(frozen=True)
class DeskHolder:
    """Somebody of a desk outside the application, known by the link mailed to the desk, who gave a name."""

    answers_for: int
    full_name: str
    pk: None = None


def organisations_of(user: Any, *roles: str) -> list[int]:
    """The keys of the organisations in which one of `roles` is held today."""
    held = getattr(user, "assignments", ())
    return sorted({found.organisation_id for found in held if found.role in roles})


def is_handler(user: Any, row: Any) -> bool:
    """May this person answer: the desk's own people, the association of the region, the platform's administration?"""
    if getattr(user, "answers_for", None) == row.pk:
        return True
    if getattr(user, "pk", None) is None:
        return False
    if user.holds(Role.PLATFORM_ADMIN) or row.region_id in user.regions_for(*REGIONAL_ROLES):
        return True
    body = row.desk.organisation if row.desk else None
    if body is None:
        return False
    delegated = body.kind == "delegation" and body.region_id in user.regions_for(Role.ARS_REGION)
    return delegated or body.pk in organisations_of(user, *HANDLING_ROLES)


def is_asker(user: Any, row: Any) -> bool:
    """Who asked: by their account, or by their link."""
    if getattr(user, "follows", None) == row.pk:
        return True
    return row.asked_by_id is not None and getattr(user, "pk", None) == row.asked_by_id


def is_editor(user: Any, region_id: str | None) -> bool:
    """May this person correct the contacts of a region (None: those of all France)?"""
    if getattr(user, "pk", None) is None:
        return False
    return user.holds(Role.PLATFORM_ADMIN) or (region_id is not None and region_id in user.regions_for(*REGIONAL_ROLES))


HANDLER = Actor("une personne du guichet, de l'association régionale ou de la plateforme", is_handler)
ASKER = Actor("la personne qui a demandé", is_asker)
EDITOR = Actor(
    "l'association de la région ou l'administration de la plateforme",
    lambda user, report: is_editor(user, report.desk.region_id),
)
