"""Reading disputes: those of a person, those of an association, what is computed before a correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from equipage.compensation.selectors import line_label
from equipage.disputes.models import Dispute
from equipage.disputes.states import DISPUTE, OPEN
from equipage.foundation.french import day
from equipage.foundation.workflow import available
from equipage.teams.rules import form_of

_BEHIND = (
    "line__action__team",
    "line__team",
    "line__presence",
    "line__rate__scale",
    "line__adjusts",
    "line__organisation",
    "professional",
    "organisation",
    "answered_by",
    "reviewed_by",
    "adjustment",
    "second_adjustment",
)


def disputes_seen(user: Any) -> QuerySet[Any]:
    """Those that this person may see, with all that a page says of them; the one due first comes first."""
    return Dispute.objects.visible_to(user).select_related(*_BEHIND).order_by("answer_due_on", "id")


@dataclass(frozen=True)
class Mine:
    """One of a person's doubts: what its line is for, who has the ball."""

    row: Dispute
    label: str
    who: str


def mine_of(professional: Any) -> list[Mine]:
    """Those of one person, the last opened first."""
    found = Dispute.objects.filter(professional=professional).select_related(*_BEHIND)
    return [Mine(row, line_label(row.line), who_has(row)) for row in found.order_by("-opened_at", "-id")]


def who_has(dispute: Any) -> str:
    """Who has the ball, in words."""
    if dispute.state not in OPEN:
        return "personne : la réponse est donnée"
    late = dispute.standing() == "late"
    return f"l'association, {'en retard depuis' if late else 'avant'} le {day(dispute.answer_due_on)}"


def thread_of(dispute: Any) -> list[dict[str, Any]]:
    """What was said, in order, for the component `timeline`. One page, no query: the rows are read with it."""
    states = DISPUTE.states
    said = [
        (dispute.opened_at, dispute.get_reason_display(), dispute.professional.full_name, dispute.words, ""),
    ]
    if dispute.answered_at:
        first = "corrected" if dispute.adjustment_id else "kept"
        said.append((dispute.answered_at, states[first].label, dispute.answered_by.full_name, dispute.answer, "ok"))
    if dispute.reopened_at:
        said.append((dispute.reopened_at, "Pas d'accord", dispute.professional.full_name, dispute.reopen_words, ""))
    if dispute.reviewed_at:
        last = states[dispute.state].label
        said.append((dispute.reviewed_at, last, dispute.reviewed_by.full_name, dispute.review, "ok"))
    return [{"at": at, "what": what, "who": who, "comment": words, "tone": tone} for at, what, who, words, tone in said]


def moves_of(dispute: Any, user: Any) -> list[dict[str, Any]]:
    """The moves open to this person, for the component `action_bar`; the two ways to answer are one page."""
    found: list[dict[str, Any]] = []
    for move in available(DISPUTE, dispute, user):
        answers = move.name in ("keep", "correct", "uphold", "amend")
        name, label = ("repondre", "Répondre") if answers else (move.name, move.label)
        if not any(one["name"] == name for one in found):
            found.append(
                {
                    "name": name,
                    "label": label,
                    "allowed": move.allowed,
                    "reasons": move.reasons,
                    "tone": move.tone,
                    "asks": name != "withdraw",
                }
            )
    return found


def kinds_of(first: Any) -> list[tuple[str, str]]:
    """The kinds of action that the form of the team knew on the day of a line."""
    actions = form_of(first.team, first.held_on).actions
    return [(code, action.short_label) for code, action in actions.items()]
