"""Who sees a dispute: the person who is paid, and the association that pays; who opens one: the payee alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import ALLOWED, NOTHING, Decision, denied, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES


def _own_or_paid(user: Any) -> Q:
    person = user.professional_or_none
    own = Q(professional_id=person.pk) if person else NOTHING
    return own | Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("disputes.Dispute")
def disputes(user: Any) -> Q:
    return _own_or_paid(user)


@policy("disputes.open")
def open_dispute(user: Any, line: Any) -> Decision:
    """The payee, on a line that is decided and still stands."""
    person = user.professional_or_none
    if person is None or person.pk != line.professional_id:
        return denied("Une ligne est contestée par la personne qu'elle paie.")
    if line.state == "estimated":
        return denied(
            "Cette ligne n'est qu'une estimation : parlez-en à votre équipe, l'association la valide ensuite."
        )
    if line.state == "cancelled":
        return denied("Cette ligne est annulée : rien n'est payé ni repris pour elle.")
    return ALLOWED
