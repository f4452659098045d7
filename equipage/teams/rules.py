"""What the rules say of a team: its form that day, its composition, the gates of its actions. No model is imported."""

from __future__ import annotations

from datetime import date
from typing import Any

from equipage.rules import library
from equipage.rules.answer import Answer
from equipage.rules.composition import Activity, KnowHow, MemberFacts, check_team
from equipage.rules.form import FormView


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
        certain=membership.state == "confirmed",
        member_from=membership.valid_from,
        member_to=membership.valid_to,
    )


def composition_of(team: Any, on: date) -> Answer:
    """Is the composition met on that day, and if not, what is missing and who could bring it."""
    memberships = team.memberships.in_force(on).select_related("professional").prefetch_related("professional__practices")
    return check_team(form_of(team, on), [member_facts(membership) for membership in memberships], on)
