"""What the pages of money share."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from equipage.compensation.selectors import organisations_of
from equipage.foundation.workflow import Workflow, available


def association_of(request: HttpRequest) -> Any:
    """The association whose money this person handles; 404 for anybody else."""
    found = organisations_of(request.user)
    if not found:
        raise Http404
    return found[0]


def moves(workflow: Workflow, row: Any, user: Any, *, asks: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The moves open to this person, for the component `action_bar`; those of `asks` have a page of their own."""
    return [
        {
            "name": found.name,
            "label": found.label,
            "allowed": found.allowed,
            "reasons": found.reasons,
            "needs_comment": found.needs_comment,
            "tone": found.tone,
            "asks": found.name in asks,
        }
        for found in available(workflow, row, user)
    ]


def open_move(workflow: Workflow, row: Any, user: Any, name: str) -> Any:
    """The move of that name when it is this person's now; 404 when it never is; None when the row is elsewhere."""
    transition = workflow.transitions.get(name)
    if transition is None or transition.hidden or not transition.who.test(user, row):
        raise Http404
    return next((found for found in available(workflow, row, user) if found.name == name), None)


def posted(request: HttpRequest) -> Any:
    """What was sent, or None before anything was: a form whose only box is empty was sent all the same."""
    return request.POST if request.method == "POST" else None
