"""Who sees accounts, professionals, organisations and roles.

The directory of professionals (names, professions, RPPS) is public data in France; addresses and telephones are shown
by pages only where a team or an association needs them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import EVERYTHING, NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role


@visibility("people.User")
def users(user: Any) -> Q:
    return EVERYTHING if user.holds(Role.PLATFORM_ADMIN) else Q(pk=user.pk)


@visibility("people.Organisation")
def organisations(user: Any) -> Q:
    return EVERYTHING


@visibility("people.RoleAssignment")
def assignments(user: Any) -> Q:
    if user.holds(Role.PLATFORM_ADMIN):
        return EVERYTHING
    administered = [a.organisation_id for a in user.assignments if a.role == Role.ASSOCIATION_ADMIN]
    return Q(user_id=user.pk) | Q(organisation_id__in=administered)


@visibility("people.Professional")
def professionals(user: Any) -> Q:
    return EVERYTHING


@visibility("people.Practice")
def practices(user: Any) -> Q:
    return EVERYTHING


@visibility("people.AccountRequest")
def account_requests(user: Any) -> Q:
    return EVERYTHING if user.holds(Role.PLATFORM_ADMIN) else NOTHING


@visibility("people.Death")
def deaths(user: Any) -> Q:
    """The association that recorded it."""
    return Q(organisation_id__in=[a.organisation_id for a in user.assignments if a.role in ASSOCIATION_ROLES])


@policy("people.edit_professional")
def edit_professional(user: Any, professional: Any) -> Decision:
    return decide(professional.user_id == user.pk, "Chacun modifie ses propres coordonnées.")


@policy("people.manage_accounts")
def manage_accounts(user: Any, obj: Any) -> Decision:
    return decide(
        user.holds(Role.PLATFORM_ADMIN),
        "Les comptes et les organisations reviennent à l'administration de la plateforme.",
    )


@policy("people.give_role")
def give_role(user: Any, holder: Any) -> Decision:
    if holder is not None and holder.pk == user.pk:
        return decide(False, "Personne ne se donne ni ne se retire une fonction : demandez à une autre personne.")
    return manage_accounts(user, holder)


@policy("people.attach_professional")
def attach_professional(user: Any, holder: Any) -> Decision:
    if holder is not None and holder.pk == user.pk:
        return decide(False, "Personne ne rattache son propre numéro RPPS : demandez à une autre personne.")
    return manage_accounts(user, holder)


@policy("people.record_death")
def record_death(user: Any, organisation: Any) -> Decision:
    held = _holds_in(user, organisation, Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
    return decide(
        held, "Un décès est signalé par la chargée ou le chargé de mission, ou par l'administration de l'association."
    )


@policy("people.withdraw_death")
def withdraw_death(user: Any, organisation: Any) -> Decision:
    held = _holds_in(user, organisation, Role.ASSOCIATION_ADMIN)
    return decide(held, "Seule l'administration de l'association qui a signalé un décès retire ce signalement.")


def _holds_in(user: Any, organisation: Any, *roles: str) -> bool:
    return any(a.role in roles and a.organisation_id == organisation.pk for a in user.assignments)
