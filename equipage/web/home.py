"""The home page of each place: first what waits for me, then what moves. Packages below contribute by these tables.

To add a card: write a selector in your package that returns dicts with the keys of `{% waiting %}`, and name it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from equipage.agreements.selectors import waiting_for_association as conventions_waiting_for_association
from equipage.agreements.selectors import waiting_for_professional as conventions_waiting_for_professional
from equipage.compensation.awaited import last_received
from equipage.compensation.cards import moving_for_professional as money_moving_for_professional
from equipage.compensation.cards import waiting_for_association as money_waiting_for_association
from equipage.controls.cards import waiting_for_association as controls_waiting_for_association
from equipage.controls.cards import waiting_for_professional as controls_waiting_for_professional
from equipage.coordination.selectors import declare_button
from equipage.coordination.selectors import waiting_for_association as actions_waiting_for_association
from equipage.coordination.selectors import waiting_for_professional as actions_waiting_for_professional
from equipage.disputes.cards import moving_for_professional as disputes_moving_for_professional
from equipage.disputes.cards import waiting_for_association as disputes_waiting_for_association
from equipage.foundation.periods import today
from equipage.meetings.selectors.planning import moving_for_professional as meetings_moving_for_professional
from equipage.meetings.selectors.planning import waiting_for_professional as meetings_waiting_for_professional
from equipage.meetings.selectors.tasks import waiting_for_professional as tasks_waiting_for_professional
from equipage.payments.cards import waiting_for_association as payments_waiting_for_association
from equipage.payments.selectors.bank import waiting_for_professional as bank_waiting_for_professional
from equipage.people.selectors import waiting_for_platform
from equipage.prevention.selectors import moving_for_professional as prevention_moving_for_professional
from equipage.prevention.selectors import waiting_for_association as prevention_waiting_for_association
from equipage.prevention.selectors import waiting_for_professional as prevention_waiting_for_professional
from equipage.projects.selectors import waiting_for_professional as projects_waiting
from equipage.protocols.cards import waiting_for_association as protocols_waiting_for_association
from equipage.protocols.cards import waiting_for_professional as protocols_waiting
from equipage.recognition import selectors as recognition
from equipage.support.selectors import moving_requests_card, waiting_reports_card, waiting_requests_card
from equipage.teams.selectors import (
    moving_for_professional,
    teams_of,
    waiting_for_association,
    waiting_for_professional,
)

Cards = Callable[[Any], Iterable[Any]]


@dataclass(frozen=True)
class Block:
    """A part of a home page: a title, the template that draws it, and the selector that feeds it (as `data`).

    A selector that answers None has nothing to show: the block is left out.
    """

    title: str
    template: str
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Home:
    """`waiting`: cards whose ball is mine; `moving`: cards whose ball is elsewhere; `blocks`: the rest, in order."""

    waiting: tuple[Cards, ...] = ()
    moving: tuple[Cards, ...] = ()
    blocks: tuple[Block, ...] = ()
    # Shown when nothing waits to whom is in no team yet: title, sentence, url name, label of the first step.
    first_step: tuple[str, str, str, str] | None = None
    # The big button on top, when this person may use it: (label, url name), or None.
    main: Callable[[Any], tuple[str, str] | None] = lambda user: None


HOMES: dict[str, Home] = {
    "professional": Home(
        waiting=(
            waiting_for_professional,
            projects_waiting,
            recognition.waiting_for_professional,
            conventions_waiting_for_professional,
            bank_waiting_for_professional,
            actions_waiting_for_professional,
            controls_waiting_for_professional,
            meetings_waiting_for_professional,
            tasks_waiting_for_professional,
            protocols_waiting,
            prevention_waiting_for_professional,
        ),
        moving=(
            moving_for_professional,
            meetings_moving_for_professional,
            recognition.moving_for_professional,
            prevention_moving_for_professional,
            money_moving_for_professional,
            disputes_moving_for_professional,
            moving_requests_card,
        ),
        blocks=(Block("Mon argent", "compensation/home.html", last_received),),
        first_step=(
            "Soigner à plusieurs commence ici",
            "Créez une équipe avec les collègues dont vous partagez les patients, ou retrouvez les vôtres.",
            "teams:mine",
            "Mes équipes",
        ),
        main=declare_button,
    ),
    "association": Home(
        waiting=(
            waiting_for_association,
            conventions_waiting_for_association,
            payments_waiting_for_association,
            actions_waiting_for_association,
            protocols_waiting_for_association,
            prevention_waiting_for_association,
            money_waiting_for_association,
            disputes_waiting_for_association,
            controls_waiting_for_association,
            waiting_requests_card,
            waiting_reports_card,
        ),
    ),
    "agency": Home(
        waiting=(recognition.waiting_for_agency, waiting_requests_card), moving=(recognition.moving_for_agency,)
    ),
    "platform": Home(waiting=(waiting_for_platform, waiting_requests_card, waiting_reports_card)),
    "none": Home(moving=(moving_requests_card,)),
}


@dataclass
class Content:
    """A home page, read."""

    waiting: list[Any] = field(default_factory=list)
    moving: list[Any] = field(default_factory=list)
    blocks: list[tuple[Block, Any]] = field(default_factory=list)
    first_step: tuple[str, str, str, str] | None = None
    main: tuple[str, str] | None = None


def content(place: str, user: Any) -> Content:
    """Everything that the home of this place shows to this person; who waits longest comes first."""
    home = HOMES[place]
    return Content(
        waiting=_oldest_first(card for read in home.waiting for card in read(user)),
        moving=_oldest_first(card for read in home.moving for card in read(user)),
        blocks=[(block, data) for block in home.blocks if (data := block.read(user)) is not None],
        first_step=home.first_step if home.first_step and not teams_of(user).exists() else None,
        main=home.main(user),
    )


def _oldest_first(cards: Iterable[Any]) -> list[Any]:
    return sorted(cards, key=_since)


def _since(card: Any) -> date:
    when = card.get("since") if isinstance(card, dict) else getattr(card, "since", None)
    if isinstance(when, datetime):
        return when.date()
    return when or today()
