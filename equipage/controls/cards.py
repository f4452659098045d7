"""What waits for whom about controls, as cards of the home pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse

from equipage.controls.models import Control, Draw
from equipage.controls.selectors import controls_of_person, plan_for
from equipage.controls.states import OPEN, WAITS_FOR_TEAM
from equipage.coordination.models import Presence
from equipage.foundation.french import counted, day, de
from equipage.foundation.periods import Month, today
from equipage.funding.actors import organisation_ids
from equipage.funding.desk import organisations_of
from equipage.people.roles import ASSOCIATION_ROLES


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """One card a control that the team must answer: it leads straight to the photo."""
    if user.professional_or_none is None:
        return []
    rows = controls_of_person(user).filter(state__in=(*WAITS_FOR_TEAM, "silent"))
    return [_to_answer(row) for row in rows[:3]]


def _to_answer(row: Control) -> dict[str, Any]:
    announced, late = row.state == "announced", today() > row.due_on
    asked = "Lisez les raisons, et répondez si vous n'êtes pas d'accord" if announced else "Une photo suffit"
    return {
        "tag": "En retard" if late else "À répondre",
        "tone": "stop" if late else "wait",
        "title": "Un résultat de contrôle est annoncé" if announced else "Une action de votre équipe est contrôlée",
        "sentence": f"{row.team.name}, action du {day(row.action.held_on)}. {asked}, avant le {day(row.due_on)}.",
        "since": row.announced_at if announced else row.asked_at,
        "url": reverse("controls:move", args=[row.pk, "answer"]),
        "action": "Répondre",
    }


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """What this person may decide, then a month that is over and not drawn."""
    organisations = organisations_of(user)
    return _to_decide(user) + [card for organisation in organisations for card in _to_draw(organisation)]


def _to_decide(user: Any) -> list[dict[str, Any]]:
    heard = Q(state="announced", due_on__lt=today())
    rows = Control.objects.filter(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))
    rows = rows.filter(heard | Q(state__in=[name for name in OPEN if name not in WAITS_FOR_TEAM]))
    present = Presence.objects.filter(action=OuterRef("action"), professional__user=user)
    rows = rows.exclude(action__declared_by=user).exclude(action__validated_by=user).exclude(Exists(present))
    late = Q(due_on__lt=today()) & ~Q(state="announced")
    found = rows.order_by().aggregate(
        count=Count("id"), late=Count("id", filter=late), due=Min("due_on"), since=Min("asked_at")
    )
    if not found["count"]:
        return []
    told = f"{counted(found['late'], 'est', 'sont')} en retard. " if found["late"] else ""
    return [
        {
            "tag": "En retard" if found["late"] else "À décider",
            "tone": "stop" if found["late"] else "wait",
            "title": counted(found["count"], "contrôle attend votre décision", "contrôles attendent votre décision"),
            "sentence": f"{told}La première échéance est le {day(found['due'])}.",
            "since": found["since"],
            "url": reverse("controls:list"),
            "action": "Ouvrir la liste",
        }
    ]


def _to_draw(organisation: Any) -> list[dict[str, Any]]:
    month = Month.current().previous
    drawn = Draw.objects.filter(organisation=organisation, month=month.start, drawn_at__isnull=False)
    if plan_for(organisation, month.start) is None or drawn.exists():
        return []
    return [
        {
            "tag": "À tirer",
            "tone": "info",
            "title": f"L'échantillon {de(month.label)} n'est pas tiré",
            "sentence": "Vous lisez d'abord combien d'actions seraient contrôlées, et pourquoi.",
            "since": month.end,
            "url": f"{reverse('controls:draw_month')}?mois={month}",
            "action": "Voir le tirage",
        }
    ]
