"""What higher floors add to the page of a team: tabs, and panels with their own template.

    panels.offer_tab(panels.Tab("Actions", "coordination:of_team", 40, shown=lambda team, user: True))
    panels.offer_panel(panels.Panel("Enveloppe", "compensation/team_panel.html", 50, read=lambda team, user: {...}))

A panel whose `read` answers None is not shown; else its template receives the answer as `data`, and `team`.
Both are called once, from `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


def _always(team: Any, user: Any) -> bool:
    return True


@dataclass(frozen=True)
class Tab:
    """A page about one team: its address takes `team_id`. Lower `order` comes first."""

    label: str
    url_name: str
    order: int
    shown: Callable[[Any, Any], bool] = _always


@dataclass(frozen=True)
class Panel:
    """A block of the team page; `aside` puts it in the narrow column."""

    title: str
    template: str
    order: int
    read: Callable[[Any, Any], Any]
    aside: bool = False


_tabs: list[Tab] = []
_panels: list[Panel] = []


def offer_tab(tab: Tab) -> None:
    """Add a tab to every page of a team."""
    if tab.url_name not in {known.url_name for known in _tabs}:
        _tabs.append(tab)


def offer_panel(panel: Panel) -> None:
    """Add a block to the page of a team."""
    if panel.template not in {known.template for known in _panels}:
        _panels.append(panel)


def tabs_of(team: Any, user: Any, here: str) -> list[dict[str, Any]]:
    """The tabs that this person is shown, as the component `tabs` reads them; `here` is the present address."""
    found = []
    for tab in sorted(_tabs, key=lambda tab: tab.order):
        if tab.shown(team, user):
            url = reverse(tab.url_name, kwargs={"team_id": team.pk})
            found.append({"label": tab.label, "url": url, "current": url == here})
    return found


def panels_of(team: Any, user: Any) -> list[tuple[Panel, Any]]:
    """The blocks to draw, with what they read."""
    read = [(panel, panel.read(team, user)) for panel in sorted(_panels, key=lambda panel: panel.order)]
    return [(panel, data) for panel, data in read if data is not None]
