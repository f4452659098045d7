"""What waits for whom about money, as cards of the home pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Sum
from django.urls import reverse

from equipage.compensation.models import ClaimLine, Scale
from equipage.compensation.selectors import payable_lines
from equipage.compensation.states import COMING
from equipage.foundation.french import counted, euros
from equipage.foundation.periods import Month
from equipage.funding.desk import organisations_of
from equipage.people.roles import Role


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """Cards of the officer, the treasurer and the administration, each their own."""
    cards: list[dict[str, Any]] = []
    for organisation in organisations_of(user):
        roles = {a.role for a in user.assignments if a.organisation_id == organisation.pk}
        if Role.ASSOCIATION_OFFICER in roles:
            cards += _to_prepare(organisation)
        if {Role.ASSOCIATION_ADMIN, Role.ASSOCIATION_TREASURER} & roles:
            cards += _to_adopt(organisation, user)
    return cards


def _to_prepare(organisation: Any) -> list[dict[str, Any]]:
    """The past month is prepared once it is over; what is payable of the present one can wait."""
    month = Month.current().previous
    found = (
        payable_lines(organisation, month)
        .order_by()
        .aggregate(count=Count("id"), total=Sum("amount_cents"), first=Min("frozen_at"))
    )
    if not found["count"]:
        return []
    return [
        {
            "tag": "À préparer",
            "title": f"{euros(found['total'])} à payer pour {month.label}",
            "sentence": f"{counted(found['count'], 'ligne remplit', 'lignes remplissent')} toutes les conditions.",
            "since": found["first"],
            "url": f"{reverse('compensation:prepare')}?mois={month}",
            "action": "Préparer la campagne",
        }
    ]


def _to_adopt(organisation: Any, user: Any) -> list[dict[str, Any]]:
    rows = Scale.objects.filter(organisation=organisation, state="draft").exclude(drafted_by=user)
    return [
        {
            "tag": "À adopter",
            "title": f"Barème « {scale.label} »",
            "sentence": "Une deuxième personne le relit et l'adopte.",
            "since": scale.drafted_at,
            "url": reverse("compensation:scale", args=[scale.pk]),
            "action": "Relire",
        }
        for scale in rows.order_by("drafted_at")[:5]
    ]


def moving_for_professional(user: Any) -> list[dict[str, Any]]:
    """What is coming to a professional, once it is certain."""
    professional = user.professional_or_none
    if professional is None:
        return []
    found = ClaimLine.objects.filter(professional=professional, state__in=COMING, amount_cents__gt=0).aggregate(
        total=Sum("amount_cents"), count=Count("id"), first=Min("frozen_at")
    )
    if not found["count"]:
        return []
    return [
        {
            "tag": "À venir",
            "tone": "info",
            "title": f"{euros(found['total'])} pour vous",
            "sentence": f"{counted(found['count'], 'action validée', 'actions validées')}, pas encore versées.",
            "since": found["first"],
            "url": reverse("compensation:mine"),
            "action": "Voir ce qui manque",
        }
    ]
