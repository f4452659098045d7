"""Who is told what of a control. A notice says that something waits; the words and the amounts stay on the page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from equipage.foundation.french import day
from equipage.messaging.services import notify
from equipage.people.models import User
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.people.selectors import holders

_TO_TEAM = {
    "asked": (
        "Une action de votre équipe est contrôlée",
        "Elle a été tirée au sort. Montrez ce qui prouve qu'elle a eu lieu, avant le {due} : une phrase ou une photo "
        "de la feuille d'émargement suffit.",
    ),
    "soon": ("Un contrôle attend votre réponse", "Votre réponse est attendue le {due}."),
    "silent": (
        "Un contrôle reste sans réponse",
        "Le délai est passé. Vous pouvez encore répondre tant que l'association n'a pas décidé.",
    ),
    "announced": (
        "Un résultat de contrôle est annoncé",
        "Rien n'est encore décidé. Lisez les raisons, et répondez avant le {due} si vous n'êtes pas d'accord.",
    ),
    "in_order": ("Le contrôle est en ordre", "L'association a terminé le contrôle d'une action de votre équipe."),
    "corrected": ("Un contrôle corrige des montants", "Le résultat est définitif. Lisez pourquoi, et votre droit."),
    "not_in_order": ("Un contrôle n'est pas en ordre", "Le résultat est définitif. Lisez pourquoi, et votre droit."),
    "cancelled": ("Un contrôle est annulé", "Vous n'avez plus rien à faire pour cette action."),
}
_TO_ASSOCIATION = {
    "answered": ("Une équipe a répondu à un contrôle", "Décidez avant le {due}."),
    "replied": ("Une équipe a répondu à un résultat annoncé", "Lisez ses observations et décidez avant le {due}."),
    "silent": ("Un contrôle reste sans réponse", "L'équipe n'a pas répondu dans le délai. Décidez avant le {due}."),
    "heard": ("Un contrôle peut être conclu", "L'équipe n'a pas répondu au résultat annoncé. Vous pouvez décider."),
    "soon": ("Un contrôle attend votre décision", "La décision est attendue le {due}."),
    "late": ("Un contrôle est en retard", "La décision était attendue le {due}."),
}


def involved(control: Any) -> list[User]:
    """Whoever declared the action, was there, or leads the team: those who can answer."""
    action = control.action
    people = Q(professional__presences__action=action) | Q(pk=action.declared_by_id)
    leads = Q(
        professional__memberships__team_id=control.team_id,
        professional__memberships__role="lead",
        professional__memberships__state="confirmed",
    )
    found = User.objects.filter(people | leads, is_active=True).order_by().values("pk")
    return list(User.objects.filter(pk__in=found).order_by("pk"))


def tell_team(control: Any, about: str) -> int:
    """Tell those who can answer, once by day awaited. How many."""
    return _tell(involved(control), control, about, _TO_TEAM[about], "")


def tell_association(control: Any, about: str) -> int:
    """Tell those of the association who may decide: nobody who had a hand in the action. How many."""
    action = control.action
    apart = {action.declared_by_id, action.validated_by_id, *(user.pk for user in involved(control))}
    people = [
        user for user in holders(*ASSOCIATION_ROLES, region_id=control.organisation.region_id) if user.pk not in apart
    ]
    return _tell(people, control, about, _TO_ASSOCIATION[about], "association.")


def _tell(people: list[User], control: Any, about: str, told: tuple[str, str], side: str) -> int:
    subject, body = told
    for user in people:
        notify(
            user,
            f"controls.{side}{about}",
            subject,
            body.format(due=day(control.due_on)),
            reverse("controls:control", args=[control.pk]),
            urgent=True,
            key=f"controls.{side}{about}:{control.pk}:{control.due_on}:{user.pk}",
        )
    return len(people)
