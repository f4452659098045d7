"""What several verbs check: the right, the gate of the association, members, days."""

from __future__ import annotations

from datetime import date
from typing import Any

from equipage.foundation.french import day, typographic
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.models import Professional
from equipage.prevention.rules import refuse_private
from equipage.prevention.selectors import gate_of
from equipage.teams.models import Membership


def allowed(actor: Any, action: str, obj: Any) -> None:
    """Raises Refused with the reasons of the policy."""
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(typographic(" ".join(decision.reasons)))


def gate_is_open(team: Any, kind: str, on: date) -> None:
    """The association that this kind of action asks for. Raises Refused with what to do."""
    closed = gate_of(team, kind, on)
    if closed:
        raise Refused(typographic(" ".join(closed)))


def member_of_team(team: Any, professional: Professional, *, field: str) -> Professional:
    """A confirmed member today. Raises Refused."""
    rows = Membership.objects.in_force().filter(team=team, professional=professional, state__in=("confirmed", "left"))
    if not rows.exists():
        raise Refused(
            typographic(f"{professional} n'est pas membre de l'équipe aujourd'hui : choisissez une autre personne."),
            field=field,
        )
    return professional


def not_to_come(on: date, what: str, *, field: str) -> date:
    """A day that has come. Raises Refused."""
    if on > today():
        raise Refused(typographic(f"Le {day(on)} est à venir : notez {what} quand ce sera fait."), field=field)
    return on


def words(text: str, sentence: str, *, field: str) -> str:
    """Words that are needed, trimmed, without private numbers. Raises Refused with `sentence` when there are none."""
    said = refuse_private(text, field=field)
    if not said:
        raise Refused(typographic(sentence), field=field)
    return said
