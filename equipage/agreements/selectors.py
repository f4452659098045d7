"""Reading conventions: who is covered on a day, what waits for whom, how many of a team have signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from equipage.agreements.models import Convention
from equipage.foundation.french import counted
from equipage.people.roles import Role


def convention_covers(professional: Any, team: Any, on: date) -> bool:
    """Is there a convention of this person, for this team, in force on that day?"""
    return covering(on).filter(professional=professional, team=team).exists()


def covering(on: date) -> QuerySet[Convention]:
    """The conventions in force on a day: countersigned by then, not ended by then."""
    return Convention.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), state__in=("active", "ended"), valid_from__lte=on
    )


@dataclass(frozen=True)
class Readiness:
    """How far a team has signed: numbers only, never whose text."""

    members: int
    signed: int
    active: int

    @property
    def done(self) -> bool:
        return self.members > 0 and self.active == self.members


def readiness(team: Any) -> Readiness:
    """« 6 sur 8 ont signé » : confirmed members, signatures, conventions in force."""
    members = team.memberships.in_force().filter(state="confirmed").count()
    alive = Convention.objects.filter(team=team, membership__state="confirmed").order_by()
    counts = dict(alive.values_list("state").annotate(n=Count("id")))
    active = counts.get("active", 0)
    return Readiness(members, counts.get("signed", 0) + active, active)


def unsigned(team: Any) -> QuerySet[Convention]:
    """The conventions of a team that their professional has not signed yet."""
    rows = Convention.objects.filter(team=team, state="to_sign").select_related("professional__user", "organisation")
    return rows.order_by("id")


def to_sign(user: Any) -> QuerySet[Convention]:
    """The conventions that wait for this professional's signature."""
    professional = user.professional_or_none
    if professional is None:
        return Convention.objects.none()
    return (
        Convention.objects.filter(professional=professional, state="to_sign")
        .select_related("team")
        .order_by("created_at", "id")
    )


def to_countersign(user: Any) -> QuerySet[Convention]:
    """The conventions that wait for the association of this administrator, except their own."""
    organisations = [a.organisation_id for a in user.assignments if a.role == Role.ASSOCIATION_ADMIN]
    rows = Convention.objects.filter(organisation_id__in=organisations, state="signed")
    professional = user.professional_or_none
    if professional is not None:
        rows = rows.exclude(professional=professional)
    return rows.select_related("team", "professional").order_by("signed_at", "id")


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Cards of the home page: a convention to sign."""
    return [
        {
            "tag": "À signer",
            "title": f"Votre convention pour {convention.team.name}",
            "sentence": "Sans elle, rien ne peut vous être versé. Deux minutes suffisent.",
            "since": convention.created_at,
            "url": reverse("agreements:convention", args=[convention.pk]),
            "action": "Lire et signer",
        }
        for convention in to_sign(user)[:5]
    ]


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """Card of the administrator's home: conventions to countersign, all at once if wished."""
    if not user.holds(Role.ASSOCIATION_ADMIN):
        return []
    rows = to_countersign(user)
    count = rows.count()
    first = rows.first()
    if first is None:
        return []
    return [
        {
            "tag": "À contresigner",
            "title": counted(count, "convention", "conventions"),
            "sentence": "Signées par les professionnels ; vous pouvez les contresigner ensemble.",
            "since": first.signed_at,
            "url": reverse("agreements:to_countersign"),
            "action": "Contresigner",
        }
    ]
