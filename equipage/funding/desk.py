"""The desk of the association's money: whose money it is, the tabs of its pages, what those pages share.

Each floor of money adds its tabs: `offer_tab("Campagnes", "payments:runs", 10)`, once, from `AppConfig.ready`.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from equipage.foundation.listing import Badge, Listing
from equipage.foundation.workflow import Workflow, available
from equipage.people.roles import ASSOCIATION_ROLES

_tabs: dict[str, tuple[int, str]] = {}


def offer_tab(label: str, url_name: str, order: int) -> None:
    """Add a page to the tabs of money; the lower `order` comes first."""
    _tabs[url_name] = (order, label)


def money_tabs(path: str) -> list[dict[str, Any]]:
    """The pages of the association's money; the longest address that begins `path` is the present one."""
    ordered = sorted((order, label, name) for name, (order, label) in _tabs.items())
    links: list[dict[str, Any]] = [
        {"label": label, "url": reverse(name), "current": False} for _, label, name in ordered
    ]
    here = [link for link in links if path.startswith(link["url"])]
    if here:
        max(here, key=lambda link: len(link["url"]))["current"] = True
    return links


def organisations_of(user: Any) -> list[Any]:
    """The associations whose money this person handles, by role."""
    found = {a.organisation_id: a.organisation for a in user.assignments if a.role in ASSOCIATION_ROLES}
    return [found[key] for key in sorted(found)]


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


def state_of(workflow: Workflow, row: Any) -> Badge:
    """The state of a row as a badge of a list."""
    state = workflow.states[row.state]
    return Badge(state.label, state.tone)


class MoneyListing(Listing):
    """A list under the tabs of money; `tab` names the page whose tab it is, when its own address does not say."""

    tab = ""

    @property
    def tabs_of_money(self) -> list[dict[str, Any]]:
        """For the template."""
        return money_tabs(reverse(self.tab) if self.tab else self.request.path)
