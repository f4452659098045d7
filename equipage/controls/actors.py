"""Who plays in a control: people of the association who had no hand in the action, and the team that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipage.foundation.workflow import Actor
from equipage.funding.actors import ADMINISTRATOR, APPROVER, PREPARER
from equipage.teams.actors import is_member

CONTROLLER = PREPARER | APPROVER | ADMINISTRATOR


def answers_for(user: Any, control: Any) -> bool:
    """Whoever declared the action, was there, or is a member of the team today."""
    action = control.action
    if action.declared_by_id == user.pk or is_member(user, control):
        return True
    person = user.professional_or_none
    return person is not None and action.presences.filter(professional=person).exists()


TEAM = Actor("l'équipe et les personnes présentes à l'action", answers_for)


def controller_is_neutral(control: Any, actor: Any) -> Sequence[str]:
    """Who controls did not declare, validate, take part in the action, and is not of that team."""
    action = control.action
    if action.declared_by_id == actor.pk or action.validated_by_id == actor.pk:
        return ("Vous avez déclaré ou validé cette action : une autre personne de l'association la contrôle.",)
    if answers_for(actor, control):
        return ("Vous étiez à cette action ou faites partie de l'équipe : une autre personne la contrôle.",)
    return ()
