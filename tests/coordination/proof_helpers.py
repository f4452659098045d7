"""A meeting with its team, for the tests of its proof."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from equipage.coordination import services
from equipage.coordination.models import Action
from equipage.foundation.french import PARIS
from tests import chain, factories


def recognised(members: int = 2, name: str = "", **options: Any) -> Any:
    """A team of a nurse who leads, a doctor and more nurses, by the whole chain."""
    more = [factories.nurse() for _ in range(members - 2)]
    themes = ("Soins palliatifs à domicile",)
    return chain.recognised(factories.complete_team(name, state="accompanied", members=more, themes=themes, **options))


def people_of(team: Any) -> list[Any]:
    """The professionals of a team, the lead first."""
    return [row.professional for row in team.memberships.order_by("id").select_related("professional__user")]


def declared(team: Any, present: list[Any] | None = None, **facts: Any) -> Action:
    """A meeting of today declared by the lead."""
    people = people_of(team) if present is None else present
    return services.declare(actor=factories.lead_of(team), team=team, facts=chain.today_facts(team, people, **facts))


def moment(on: date, at: time) -> datetime:
    """An hour of Paris as a moment."""
    return datetime.combine(on, at, tzinfo=PARIS).astimezone(UTC)


def user_of(professional: Any) -> Any:
    """The account of a professional, with nothing remembered."""
    return factories.fresh(professional.user)


def plain(response: Any) -> str:
    """The text of a page without the thin spaces of typography."""
    return str(response.content.decode()).replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "’")
