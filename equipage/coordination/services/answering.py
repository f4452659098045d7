"""« J'y étais » : confirming a presence, by a tap, by the code, by saying that it is the same meeting."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.coordination.models import Action, Presence
from equipage.coordination.services.checking import members_among
from equipage.coordination.services.listeners import about_to_change, changed
from equipage.coordination.states import OPEN, PRESENCE
from equipage.foundation import audit
from equipage.foundation.french import day
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run


@transaction.atomic
def confirm_presence(presence: Presence, *, actor: Any, means: str = "tap") -> Presence:
    """« J'y étais » : one tap. Twice changes nothing. `means` is how: a value of `Presence.MEANS`."""
    _hold(presence.action_id)
    return run(PRESENCE, presence, "confirm", actor=actor, data={"means": means})


@transaction.atomic
def deny_presence(presence: Presence, *, actor: Any) -> Presence:
    """« Je n'y étais pas » : nothing will be counted for this person."""
    _hold(presence.action_id)
    return run(PRESENCE, presence, "deny", actor=actor)


@transaction.atomic
def join(action: Action, *, actor: Any, means: str = "tap") -> Presence:
    """« C'est la même, j'y étais » : confirm one's presence, added if it was forgotten. Twice changes nothing.

    Raises Refused for somebody who was not a member of the team that day, and for an action that is closed.
    """
    row = _hold(action.pk)
    professional = actor.professional_or_none
    presence = row.presences.filter(professional=professional).first() if professional else None
    if presence is None:
        if professional is None or not members_among(row.team, (professional.pk,), row.held_on):
            raise Refused(
                f"Vous n'étiez pas membre de l'équipe « {row.team.name} » le {day(row.held_on)} : "
                "demandez à la personne qui a déclaré l'action de vous ajouter comme personne invitée."
            )
        if row.state not in OPEN:
            raise Refused("L'action est déjà validée ou retirée : parlez-en à l'association.")
        presence = _add(row, professional, actor)
    if presence.state == "confirmed":
        return presence
    return run(PRESENCE, presence, "confirm", actor=actor, data={"means": means})


def _add(action: Action, professional: Any, actor: Any) -> Presence:
    about_to_change(action)
    presence = Presence.objects.create(
        action=action, professional=professional, held_on=action.held_on, added_at=timezone.now()
    )
    audit.record(action="coordination.presence.add", obj=presence, actor=actor)
    changed(action)
    return presence


def _hold(action_id: int) -> Action:
    """The action's row first, always: two voices, or a voice and a correction, wait for each other."""
    return Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action_id)
