"""Who may move a protocol: members, its authors, the person who leads the team. No model is imported."""

from __future__ import annotations

from typing import Any

from equipage.foundation.workflow import Actor
from equipage.teams.actors import is_lead, is_member


def is_author(user: Any, row: Any) -> bool:
    """A member of today who is named as author, or who began the text; `row` has `author_ids` and `created_by_id`."""
    if not is_member(user, row):
        return False
    person = getattr(user, "professional_or_none", None)
    return row.created_by_id == user.pk or (person is not None and person.pk in row.author_ids)


def is_author_or_lead(user: Any, row: Any) -> bool:
    """Somebody who may decide for the protocol."""
    return is_lead(user, row) or is_author(user, row)


RESPONSIBLE = Actor("la personne référente de l'équipe ou un auteur du protocole", is_author_or_lead)
