"""What waits for whom about disputes, as cards of the home pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from equipage.disputes.models import Dispute
from equipage.disputes.states import OPEN
from equipage.foundation.french import counted, day
from equipage.foundation.periods import today
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES

# A person sees the answer on the home page for so many days.
_SHOWN_DAYS = timedelta(days=14)


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """One card: how many answers are due, how many are late, and the first day."""
    rows = Dispute.objects.filter(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES), state__in=OPEN)
    found = rows.order_by().aggregate(
        count=Count("id"),
        late=Count("id", filter=Q(answer_due_on__lt=today())),
        due=Min("answer_due_on"),
        since=Min("opened_at"),
    )
    if not found["count"]:
        return []
    late = f"{counted(found['late'], 'est', 'sont')} en retard. " if found["late"] else ""
    return [
        {
            "tag": "En retard" if found["late"] else "À répondre",
            "tone": "stop" if found["late"] else "wait",
            "title": counted(found["count"], "contestation attend", "contestations attendent") + " une réponse",
            "sentence": f"{late}La première réponse est attendue le {day(found['due'])}.",
            "since": found["since"],
            "url": reverse("disputes:list"),
            "action": "Ouvrir la liste",
        }
    ]


def moving_for_professional(user: Any) -> list[dict[str, Any]]:
    """The doubts of a person: those that wait for the association, and the answers of the last days."""
    person = user.professional_or_none
    if person is None:
        return []
    recent = timezone.now() - _SHOWN_DAYS
    rows = Dispute.objects.filter(
        Q(state__in=OPEN) | Q(answered_at__gte=recent) | Q(reviewed_at__gte=recent), professional=person
    )
    return [_card(row) for row in rows.exclude(state="withdrawn").order_by("-opened_at", "-id")[:3]]


def _card(row: Dispute) -> dict[str, Any]:
    answered = row.reviewed_at or row.answered_at
    waits = f"L'association répond avant le {day(row.answer_due_on)}."
    return {
        "tag": "En cours" if row.is_open else "Répondue",
        "tone": "info" if row.is_open else "ok",
        "title": "Votre contestation" if row.is_open else f"Votre contestation : {row.get_state_display().lower()}",
        "sentence": waits if row.is_open else "L'association a répondu. Lisez pourquoi.",
        "since": row.opened_at if row.is_open else answered,
        "url": reverse("disputes:dispute", args=[row.pk]),
        "action": "Suivre" if row.is_open else "Lire la réponse",
    }
