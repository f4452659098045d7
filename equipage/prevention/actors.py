"""Who may move a prevention action or a programme, as named actors; no model is imported."""

from __future__ import annotations

from typing import Any

from equipage.foundation.workflow import Actor
from equipage.teams.actors import is_lead, is_member


def _own_professional(user: Any) -> int | None:
    professional = getattr(user, "professional_or_none", None)
    return professional.pk if professional else None


def _answers_for(column: str) -> Any:
    """The member named in a column of the row, while still a member; or the person who leads the team."""

    def test(user: Any, row: Any) -> bool:
        own = _own_professional(user)
        named = own is not None and getattr(row, f"{column}_id") == own
        return (named and is_member(user, row)) or is_lead(user, row)

    return test


RESPONSIBLE = Actor(
    "le membre responsable de l'action ou la personne référente de l'équipe", _answers_for("responsible")
)
COORDINATOR = Actor(
    "la personne qui coordonne le programme ou la personne référente de l'équipe", _answers_for("coordinator")
)
