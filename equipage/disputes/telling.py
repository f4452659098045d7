"""Who is told what of a dispute. A notice says that something waits; the words and the amounts stay on the page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.foundation.french import day
from equipage.messaging.services import notify
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.people.selectors import holders

_TO_ASSOCIATION = {
    "opened": ("Une ligne est contestée", "Une personne conteste un montant. Répondez-lui avant le {due}."),
    "reopened": (
        "Une réponse est contestée",
        "Une personne n'est pas d'accord avec la réponse reçue. Quelqu'un d'autre que la première réponse réexamine "
        "avant le {due}.",
    ),
    "soon": ("Une contestation attend sa réponse", "La réponse à une contestation est attendue le {due}."),
    "late": ("Une contestation est en retard", "La réponse à une contestation était attendue le {due}."),
}


def tell_association(dispute: Any, about: str) -> int:
    """Tell those of the association who may answer: not the person paid, nor who validated the action. How many."""
    subject, body = _TO_ASSOCIATION[about]
    action = dispute.line.action
    apart = {dispute.professional.user_id, action.validated_by_id, action.declared_by_id}
    people = [
        user for user in holders(*ASSOCIATION_ROLES, region_id=dispute.organisation.region_id) if user.pk not in apart
    ]
    for user in people:
        notify(
            user,
            f"disputes.{about}",
            subject,
            body.format(due=day(dispute.answer_due_on)),
            reverse("disputes:dispute", args=[dispute.pk]),
            urgent=True,
            key=f"disputes.{about}:{dispute.pk}:{dispute.answer_due_on}:{user.pk}",
        )
    return len(people)


def tell_payee(dispute: Any, about: str, subject: str, body: str) -> None:
    """Tell the person, once by answer."""
    user = dispute.professional.user
    if user is not None:
        link = reverse("disputes:dispute", args=[dispute.pk])
        notify(user, f"disputes.{about}", subject, body, link, urgent=True, key=f"disputes.{about}:{dispute.pk}")
