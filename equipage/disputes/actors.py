"""Who opens a dispute and who answers it: the person paid, then people of the association who had no hand in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipage.foundation.policies import can
from equipage.foundation.workflow import Actor
from equipage.funding.actors import ADMINISTRATOR, APPROVER, PREPARER
from equipage.teams.actors import is_self

PAYEE = Actor("la personne payée", is_self)
ANSWERER = PREPARER | APPROVER | ADMINISTRATOR


def answerer_is_neutral(dispute: Any, actor: Any) -> Sequence[str]:
    """Whoever is paid, was there, declared or validated does not answer: the same right as correcting the line."""
    return can(actor, "compensation.adjust_line", dispute.line).reasons


def reviewer_is_another(dispute: Any, actor: Any) -> Sequence[str]:
    """A second look is that of a second person."""
    own = dispute.answered_by_id == actor.pk
    return ("Vous avez donné la première réponse : une autre personne de l'association réexamine.",) if own else ()
