"""Who is told of an action: those who were there, the one who declared it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from equipage.coordination.models import Action
from equipage.coordination.rules import UNDO_GRACE_SECONDS, UNDO_SECONDS
from equipage.coordination.selectors import kind_label
from equipage.coordination.services import after_change, refresh_overlaps, settle_voices
from equipage.coordination.states import ACTION, COUNTER, PRESENCE
from equipage.foundation.french import day
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify, take_back


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
            # Not before the declaration can no longer be undone.
            after=timedelta(seconds=UNDO_SECONDS + UNDO_GRACE_SECONDS),
        )


after_change.append(ask_the_others)


@PRESENCE.effect("confirm", "deny")
def follow_voices(happened: Happened) -> None:
    """Each answer may verify the action, or make it wait again; hours of somebody absent meet nobody's."""
    settle_voices(happened.obj.action, actor=happened.actor)
    refresh_overlaps(happened.obj.action)


@ACTION.effect("cancel", "undo", "reverse")
def forget_questions(happened: Happened) -> None:
    """Nobody is asked about an action that no longer counts."""
    refresh_overlaps(happened.obj)
    take_back([f"presence:{pk}" for pk in happened.obj.presences.values_list("pk", flat=True)])


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


@COUNTER.effect("accept", "refuse")
def tell_asker(happened: Happened) -> None:
    counter = happened.obj
    accepted = happened.transition.name == "accept"
    action = counter.action
    notify(
        counter.asked_by,
        "coordination.counter_decided",
        f"Contre-écriture {'passée' if accepted else 'refusée'} : {kind_label(action)} du {day(action.held_on)}",
        "L'action d'origine reste lisible, elle ne compte plus."
        if accepted
        else f"L'association répond : {counter.answer}",
        _page(action),
        key=f"counter:{counter.pk}:decided",
    )
