"""Writing the teams, their members and their themes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from equipage.people.models import Professional
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.teams.rules import form_of
from equipage.teams.states import MEMBERSHIP, TEAM
from equipage.territory.models import Commune
from equipage.territory.names import normalise
from equipage.web.demo.names import MEETING_NOTES, MEETING_PLACES, fictitious_name
from equipage.web.demo.people import account, professional, write_professionals
from equipage.web.demo.stories import Story
from equipage.web.demo.world import FORM, REGION, World, moment

# Shares of the professions among members, the first doctor apart (fictitious).
_PROFESSIONS = {"60": 34, "70": 15, "21": 13, "10": 13, "91": 6, "80": 6, "50": 5, "40": 3, "94": 2, "95": 2, "92": 1}
_STATE = {
    "meeting_requested": "meeting_requested",
    "forming": "forming",
    "closed": "closed",
    **dict.fromkeys(("accompanied", "submitted", "in_review", "complement", "refused", "withdrawn"), "accompanied"),
    **dict.fromkeys(("recognised", "amending", "amended"), "recognised"),
}
_LEAVING = ("Départ à la retraite.", "Déménagement.", "Changement d'activité.", "Manque de temps cette année.")
_CLOSING = ("Départs à la retraite de plusieurs membres.", "L'équipe rejoint une maison de santé.")


def make_members(world: World) -> dict[int, list[Professional]]:
    """Draw the people of each team; one in eight is already in another team of the department."""
    dice = world.dice("people")
    pools: dict[str, list[Professional]] = defaultdict(list)
    new: list[Professional] = []
    crews: dict[int, list[Professional]] = {}
    for story in world.stories:
        pool = pools[story.commune.department_id]
        crew = _named(world, story)
        wanted = ["10", "60"] if story.scene != "invitation" else ["60"]
        wanted += dice.choices(list(_PROFESSIONS), list(_PROFESSIONS.values()), k=max(0, story.size - 2))
        have = [person.profession_code for person in crew]
        for code in wanted[: max(0, story.size)]:
            if code in have:
                have.remove(code)
                continue
            known = dice.choice(pool) if pool and dice.random() < 0.125 else None
            if known is None or known.profession_code != code or known in crew:
                known = _new(world, dice, code, story.commune)
                new.append(known)
                pool.append(known)
            crew.append(known)
        crews[id(story)] = crew
    write_professionals(world, new)
    return crews


def _named(world: World, story: Story) -> list[Professional]:
    """The personas of a scene, the one who leads first."""
    by_scene = {
        "home": ("treasurer", "nurse"),
        "new": ("nurse",),
        "doctor": ("doctor", "nurse"),
        "doctor-2": ("doctor", "nurse"),
        "invitation": ("pharmacist",),
    }
    return [world.personas[key] for key in by_scene.get(story.scene, ())]


def _new(world: World, dice: Random, code: str, commune: Commune) -> Professional:
    first, last = fictitious_name(dice)
    user = account(world, first, last) if world.history else None
    made = professional(world, first, last, code, user)
    made.place = commune  # type: ignore[attr-defined]
    return made


def make_teams(world: World) -> None:
    """Write teams, memberships and themes, with their journal."""
    crews = make_members(world)
    dice = world.dice("teams")
    recognised = sorted((s for s in world.stories if s.recognised), key=lambda s: (s.days["decided"], s.name))
    numbers = {id(story): _registration(world, story) for story in recognised}
    for story in world.stories:
        story.lead = _lead_of(story, crews[id(story)])
        story.team = _team(world, dice, story, numbers.get(id(story), ""))
    Team.objects.bulk_create([story.team for story in world.stories], batch_size=1000)
    _note_teams(world, dice)
    rows: list[Membership] = []
    for story in world.stories:
        story.members = _memberships(world, dice, story, crews[id(story)])
        rows.extend(story.members)
    Membership.objects.bulk_create(rows, batch_size=1000)
    if world.history:
        _note_members(world, dice)
    _themes(world, dice)


def _registration(world: World, story: Story) -> str:
    """The same shape as the numbers that a recognition gives."""
    year = story.days["decided"].year
    rank = world.numbers.take(f"enregistrement:{FORM}:{REGION}:{year}")
    return f"{FORM.upper().replace('-', '')}-{REGION}-{year}-{rank:04d}"


def _lead_of(story: Story, crew: list[Professional]) -> Professional:
    if story.scene == "invitation":
        return next(person for person in crew if person.profession_code == "60")
    if story.scene == "home":
        return next(person for person in crew if person.profession_code == "10")
    return crew[0]


def _team(world: World, dice: Random, story: Story, number: str) -> Team:
    days, commune = story.days, story.commune
    officer = world.officer_of(commune.department_id)
    met = days.get("met")
    requested = days.get("requested")
    association = _association(world, dice, story)
    return Team(
        name=story.name,
        search=normalise(f"{story.name} {commune.name} {number}"),
        form=FORM,
        region=commune.department.region,
        department=commune.department,
        commune=commune,
        state=_STATE[story.stage],
        created_by=story.lead.user or world.staff["officer"],
        created_at=moment(days["created"], dice),
        meeting_requested_at=moment(requested, dice) if requested else None,
        met_on=met,
        met_by=officer if met else None,
        meeting_place=dice.choice(MEETING_PLACES) if met else "",
        meeting_notes=dice.choice(MEETING_NOTES) if met else "",
        registration_number=number,
        recognised_on=days["decided"] if story.recognised else None,
        closed_at=moment(days["closed"], dice) if "closed" in days else None,
        closing_reason=dice.choice(_CLOSING) if "closed" in days else "",
        association_name=f"Association {story.name}" if association else "",
        association_rna=f"W{commune.department_id}2{world.numbers.take('demo:rna'):06d}" if association else "",
        association_since=association,
        shown_publicly=story.recognised and dice.random() < 0.6,
    )


def _association(world: World, dice: Random, story: Story) -> date | None:
    """Since when the team is an association (loi 1901): two recognised teams out of five."""
    wanted = dice.random() < 0.4 or story.scene == "home"
    since = story.days["submitted"] - timedelta(days=5) if story.recognised else world.today
    return since if wanted and since < world.today else None


def _note_teams(world: World, dice: Random) -> None:
    for story in world.stories:
        team, journal = story.team, world.journal
        after = {"name": team.name, "form": FORM, "commune": team.commune_id, "region": REGION}
        journal.note(team.created_at, "teams.team.create", team, team.created_by, after=after)
        if not world.history:
            continue
        if team.meeting_requested_at:
            journal.move(team.meeting_requested_at, TEAM, team, "request_meeting", team.created_by)
        if team.met_on:
            at = moment(team.met_on, dice)
            data = {"met_on": team.met_on, "meeting_place": team.meeting_place, "meeting_notes": team.meeting_notes}
            journal.move(at, TEAM, team, "record_meeting", team.met_by, source="meeting_requested", **data)
        if team.closed_at:
            officer = world.officer_of(team.department_id)
            reason = team.closing_reason
            journal.move(
                team.closed_at, TEAM, team, "close", officer, comment=reason, source="recognised", closing_reason=reason
            )


def _memberships(world: World, dice: Random, story: Story, crew: list[Professional]) -> list[Membership]:
    rows = []
    for person in crew:
        lead = person is story.lead
        begun = story.days["created"] + timedelta(days=0 if lead else dice.randint(0, 6))
        row = Membership(
            team=story.team,
            professional=person,
            role="lead" if lead else "member",
            state="confirmed",
            valid_from=min(begun, world.yesterday),
            added_by=story.team.created_by,
        )
        state = "confirmed" if lead else _state_of(dice, story, person)
        if state == "uncertain" and person in world.personas.values():
            row.valid_from = world.ago(3)
        _settle(world, dice, row, state, story)
        rows.append(row)
    return rows


def _state_of(dice: Random, story: Story, person: Professional) -> str:
    persona = bool(person.user and person.user.persona)
    if story.scene in ("invitation", "doctor") and persona:
        return "uncertain"
    luck = dice.random()
    # The second person of a team stays: without a doctor and one more, nothing could have been deposited.
    if persona or story.size <= 4 or (person.profession_code == "10" and story.stage != "forming"):
        return "confirmed"
    if story.stage == "forming":
        return "uncertain" if luck < 0.35 else "declined" if luck < 0.45 else "confirmed"
    if luck < 0.05:
        return "uncertain"
    if luck < 0.07:
        return "declined"
    return "left" if luck < 0.13 and story.recognised else "confirmed"


def _settle(world: World, dice: Random, row: Membership, state: str, story: Story) -> None:
    row.state = state
    if state in ("uncertain", "declined"):
        return
    own = row.professional.user is not None and dice.random() < 0.8
    row.confirmed_at = moment(min(row.valid_from + timedelta(days=1), world.yesterday), dice)
    row.confirmed_by = row.professional.user if own else story.lead.user
    row.accepted_at = row.confirmed_at if own else None
    if state == "left":
        first, last = story.days["decided"] + timedelta(days=60), world.ago(10)
        row.valid_to = max(first, last - timedelta(days=dice.randint(0, 300)))
        row.leaving_reason = dice.choice(_LEAVING)
        if row.valid_to >= world.today:
            row.state, row.valid_to, row.leaving_reason = "confirmed", None, ""


def _note_members(world: World, dice: Random) -> None:
    for story in world.stories:
        stream = story.team.audit_stream
        for row in story.members:
            added = moment(row.valid_from, dice)
            after = {"professional": row.professional_id, "valid_from": row.valid_from}
            world.journal.note(added, "teams.membership.add", row, row.added_by, after=after, stream=stream)
            if row.confirmed_at:
                name = "accept" if row.accepted_at else "vouch"
                world.journal.move(row.confirmed_at, MEMBERSHIP, row, name, row.confirmed_by, stream=stream)
            if row.state == "declined":
                at = moment(min(row.valid_from + timedelta(days=2), world.yesterday), dice, after=added)
                world.journal.move(at, MEMBERSHIP, row, "decline", row.professional.user, stream=stream)
            if row.valid_to:
                data: dict[str, Any] = {"valid_to": row.valid_to, "leaving_reason": row.leaving_reason}
                at = moment(row.valid_to - timedelta(days=5), dice)
                actor, reason = row.professional.user, row.leaving_reason
                world.journal.move(at, MEMBERSHIP, row, "leave", actor, comment=reason, stream=stream, **data)


def _themes(world: World, dice: Random) -> None:
    catalogue = [(theme.key, theme.label) for theme in form_of(world.stories[0].team, world.today).themes]
    own = ("Chutes de la personne âgée", "Santé mentale du quotidien", "Plaies chroniques", "Périnatalité")
    fixed = {"home": "retour-domicile", "doctor-2": "soins-palliatifs", "review": "avk", "queue": "retour-domicile"}
    rows = []
    for story in world.stories:
        if "met" not in story.days:
            continue
        chosen = dice.sample(catalogue, k=dice.choice((1, 1, 1, 2)))
        if story.scene in fixed:
            chosen = [pair for pair in catalogue if pair[0] == fixed[story.scene]]
        if dice.random() < 0.2:
            chosen.append(("libre", dice.choice(own)))
        story.themes = sorted(chosen)
        at = moment(min(story.days["met"] + timedelta(days=3), world.yesterday), dice)
        rows += [TeamTheme(team=story.team, code=code, label=label, chosen_at=at) for code, label in story.themes]
        if world.history:
            labels = {"themes": sorted(label for _, label in story.themes)}
            lead = story.lead.user
            world.journal.note(at, "teams.team.themes", story.team, lead, before={"themes": []}, after=labels)
    TeamTheme.objects.bulk_create(rows, batch_size=1000)
