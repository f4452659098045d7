"""What the rules say of a team: its form that day, its composition, the gates of its actions. No model is imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from equipage.rules import library
from equipage.rules.answer import Answer
from equipage.rules.composition import Activity, KnowHow, MemberFacts, check_team
from equipage.rules.form import FormView
from equipage.rules.pack import FormCard

CONFIRMED_ONCE = ("confirmed", "left")


def territory_of(team: Any) -> str:
    """The territory of the rules that apply to a team: « fr-pdl » for region 52, « fr » where no region has its own."""
    return library().territory_of_region(team.region_id)


def form_of(team: Any, on: date) -> FormView:
    """All that the rules say of the team's form on a day."""
    return library().form(team.form, territory_of(team), on)


def member_facts(membership: Any) -> MemberFacts:
    """A membership as the rules read it. Prefetch `professional__practices` for a whole team."""
    person = membership.professional
    return MemberFacts(
        key=person.rpps,
        name=person.full_name,
        profession_system=person.profession_system,
        profession_code=person.profession_code,
        know_hows=tuple(KnowHow(item["type"], item["code"]) for item in person.know_hows),
        activities=tuple(
            Activity(practice.mode, practice.genre, practice.pharmacist_section, practice.valid_from, practice.valid_to)
            for practice in person.practices.all()
        ),
        # Somebody who left counted until the day they left.
        certain=membership.state in CONFIRMED_ONCE,
        member_from=membership.valid_from,
        member_to=membership.valid_to,
    )


def composition_of(team: Any, on: date) -> Answer:
    """Is the composition met on that day, and if not, what is missing and who could bring it."""
    rows = team.memberships.in_force(on).select_related("professional").prefetch_related("professional__practices")
    return check_members(team, rows, on)


def check_members(team: Any, memberships: Iterable[Any], on: date) -> Answer:
    """The same over rows already read (`professional__practices` prefetched)."""
    return check_team(form_of(team, on), [member_facts(membership) for membership in memberships], on)


def forms_open_in(region_id: str, on: date) -> list[FormCard]:
    """The forms that a team may take in a region: those whose rules, actions included, are written for it."""
    territory = library().territory_of_region(region_id)
    return [card for card in library().forms(territory, on) if library().form(card.code, territory, on).actions]


def known_forms(on: date) -> list[tuple[str, str]]:
    """(code, label) of every form that is open to teams somewhere."""
    found: dict[str, str] = {}
    for place in library().territories.values():
        if place.region:
            found |= {card.code: card.label for card in forms_open_in(place.region, on)}
    return sorted(found.items(), key=lambda pair: pair[0] != "esp-clap")
