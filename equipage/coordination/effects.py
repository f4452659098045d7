"""Who is told of an action: those who were there, the one who declared it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.coordination.models import Action
from equipage.coordination.selectors import kind_label
from equipage.coordination.services import after_change
from equipage.coordination.states import ACTION
from equipage.foundation.french import day
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify


def _page(action: Any) -> str:
    return reverse("coordination:action", args=[action.pk])


def ask_the_others(action: Action) -> None:
    """One notice to each person expected; a correction does not tell twice."""
    label = kind_label(action)
    expected = action.presences.filter(state="expected", professional__user__isnull=False)
    for presence in expected.select_related("professional__user"):
        notify(
            presence.professional.user,
            "coordination.presence_expected",
            f"Y étiez-vous ? {label} du {day(action.held_on)}",
            f"{action.declared_by.full_name} a déclaré cette action pour {action.team.name}.\n\n"
            "Un geste suffit pour confirmer votre présence.",
            _page(action),
            key=f"presence:{presence.pk}",
        )


after_change.append(ask_the_others)


@ACTION.effect("return_it")
def tell_declarer_to_correct(happened: Happened) -> None:
    action = happened.obj
    notify(
        action.declared_by,
        "coordination.returned",
        f"À corriger : {kind_label(action)} du {day(action.held_on)}",
        f"L'association demande une correction : {happened.comment}\n\nCorrigez puis renvoyez, rien n'est perdu.",
        _page(action),
        urgent=True,
    )


@ACTION.effect("validate")
def tell_declarer_of_validation(happened: Happened) -> None:
    action = happened.obj
    notify(
        action.declared_by,
        "coordination.validated",
        f"Validée : {kind_label(action)} du {day(action.held_on)}",
        f"L'action de {action.team.name} est validée. Elle sera payée avec la prochaine campagne.",
        _page(action),
        key=f"validated:{action.pk}",
    )
