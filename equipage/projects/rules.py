"""What the rules say of a project: its sections, its completeness, the gates of the actions it chose. No model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from equipage.rules import TeamFacts, check_action_allowed
from equipage.teams.rules import form_of

ACTIONS_FIELD = "actions"


def team_facts(team: Any) -> TeamFacts:
    """A team as the gates of actions read it: is it an association, from when to when, under which number."""
    return TeamFacts(association_since=team.association_since, association_until=team.association_until)


def action_codes(content: Mapping[str, Any]) -> list[str]:
    """The codes of the actions chosen in the sections of a frozen (or present) content."""
    chosen: list[str] = []
    for data in content.get("sections", {}).values():
        found = data.get(ACTIONS_FIELD)
        if isinstance(found, list):
            chosen.extend(code for code in found if isinstance(code, str) and code not in chosen)
    return chosen


def gate_reasons(team: Any, codes: Iterable[str], on: date) -> tuple[str, ...]:
    """What keeps the chosen actions from being done on that day, each with its way out."""
    form = form_of(team, on)
    facts = team_facts(team)
    reasons: list[str] = []
    for code in codes:
        for reason in check_action_allowed(form, code, facts, on).reasons:
            reasons.append(f"{reason.sentence} {reason.way_out}".strip())
    return tuple(dict.fromkeys(reasons))
