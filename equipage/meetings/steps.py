"""What this room adds to the floors below: the tab of a team, an entry of the account."""

from __future__ import annotations

from typing import Any

from equipage.foundation.policies import can
from equipage.people.selectors import AccountLink, offer_account_link
from equipage.teams.panels import Tab, offer_tab


def _tab_shown(team: Any, user: Any) -> bool:
    return team.state == "recognised" and can(user, "meetings.plan", team).allowed


offer_tab(Tab("Réunions", "meetings:of_team", 30, shown=_tab_shown))
offer_account_link(
    AccountLink(
        "Mes réunions dans mon agenda",
        "Une adresse personnelle que votre agenda lit tout seul : jours et heures, sans objet ni nom.",
        "meetings:calendar",
        lambda user: user.professional_or_none is not None,
    )
)
