"""Drawing the coordinated actions of two years, with who was there and what became of each."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from equipage.compensation.models import Scale
from equipage.coordination.models import Action, CounterEntry, Presence
from equipage.coordination.rules import voices_needed
from equipage.coordination.states import ACTION, PRESENCE
from equipage.foundation.periods import PARIS, is_working_day
from equipage.web.demo.names import ACTION_TITLES
from equipage.web.demo.stories import Story
from equipage.web.demo.world import World, moment

_HISTORY_DAYS = 730
# Actions a month of a team of ordinary liveliness.
_PER_MONTH = 2.8
_WEIGHTS = {
    "RCP_SANS_PATIENT": 46,
    "RCP_AVEC_PATIENT": 24,
    "PPS": 14,
    "PROTOCOLE": 3,
    "COECRITURE": 4,
    "PREVENTION": 4,
    "ETP": 5,
}
_MINUTES = {
    "RCP_SANS_PATIENT": (30, 45, 60, 60, 75, 90),
    "RCP_AVEC_PATIENT": (30, 40, 45, 60),
    "PPS": (30, 45, 60),
    "PROTOCOLE": (60, 90, 120),
    "COECRITURE": (60, 90),
    "PREVENTION": (90, 120),
    "ETP": (60, 90, 120),
}
_RETURNED = "La durée paraît longue pour ce type d'action : vérifiez-la, puis renvoyez."
_ALONE = "Il manquait une voix : personne d'autre n'a confirmé sa présence."
# Nothing waits longer than this for a voice.
_PATIENCE_DAYS = 40
_REVERSED = "Reportée au dernier moment : elle n'a pas eu lieu."
_CANCELLED = "Déclarée deux fois par erreur."


def make_actions(world: World) -> None:
    """Write actions and presences with their journal, in the order of time."""
    dice = world.dice("actions")
    first = Scale.objects.filter(state="in_force").order_by("valid_from").values_list("valid_from", flat=True).first()
    drawn: list[tuple[Story, Action, list[Presence]]] = []
    for story in world.stories:
        if story.recognised:
            begin = max(story.days["decided"] + timedelta(days=30), world.ago(_HISTORY_DAYS), first or world.today)
            drawn += _of_team(world, dice, story, begin)
    drawn += _scenes(world, dice)
    drawn.sort(key=lambda item: (item[1].declared_at, item[0].name))
    Action.objects.bulk_create([action for _, action, _ in drawn], batch_size=1000)
    rows = []
    for _, action, presences in drawn:
        for presence in presences:
            presence.action = action
        rows += presences
    Presence.objects.bulk_create(rows, batch_size=2000)
    CounterEntry.objects.bulk_create(
        CounterEntry(
            action=action,
            reason=action.reverse_reason,
            state="accepted",
            asked_by=action.declared_by,
            asked_at=action.validated_at + timedelta(hours=2),
            decided_by=world.officer_of(story.team.department_id),
            decided_at=action.validated_at + timedelta(hours=6),
        )
        for story, action, _ in drawn
        if action.state == "reversed" and action.validated_at
    )
    world.actions = [(action, presences) for _, action, presences in drawn]
    for story, action, presences in drawn:
        _note(world, story, action, presences)


def _of_team(world: World, dice: Random, story: Story, begin: date) -> list[Any]:
    end = min(story.days.get("closed", world.today), world.today)
    days = (end - begin).days
    wanted = round(max(0, days) / 30 * _PER_MONTH * story.liveliness)
    made = []
    for _ in range(wanted):
        held = begin + timedelta(days=int(days * dice.random()))
        while not is_working_day(held) and held < end:
            held += timedelta(days=1)
        if held >= end:
            continue
        kinds = [code for code in story.codes if code in _WEIGHTS]
        kind = dice.choices(kinds, [_WEIGHTS[code] for code in kinds])[0]
        found = _draw(world, dice, story, kind, held)
        if found:
            made.append((story, *found))
    return made


def _draw(world: World, dice: Random, story: Story, kind: str, held: date) -> tuple[Action, list[Presence]] | None:
    # A few people take part before their convention holds: those lines wait, with their reason.
    members = [
        m
        for m in story.present_on(held)
        if m.professional.user is not None
        and (world.is_covered(m.professional_id, story.team.pk, held) or dice.random() < 0.02)
    ]
    if len(members) < 2:
        return None
    present = dice.sample(members, min(len(members), dice.choice((2, 2, 3, 3, 3, 4, 5))))
    version = _version(story, held)
    declarer = present[0].professional.user
    declared = moment(min(held + timedelta(days=dice.choice((0, 0, 0, 1, 2, 6))), world.yesterday), dice)
    action = Action(
        team=story.team,
        region_id=story.team.region_id,
        kind=kind,
        theme=story.themes[0][1] if story.themes else "",
        title=dice.choice(ACTION_TITLES[kind]),
        held_on=held,
        starts_at=time(dice.choice((8, 12, 13, 14, 18)), dice.choice((0, 15, 30))),
        minutes=dice.choice(_MINUTES[kind]),
        patients=dice.randint(4, 12) if kind in ("PREVENTION", "ETP") else dice.choice((1, 1, 2, 3, 5)),
        state="declared",
        client_key=UUID(int=dice.getrandbits(128), version=4),
        declared_by=declarer,
        declared_at=declared,
        project_version=version,
    )
    action.declared_at = max(declared, _just_after(action))
    presences = [_presence(world, dice, action, member, rank) for rank, member in enumerate(present)]
    _conclude(world, dice, story, action, presences)
    return action, presences


def _just_after(action: Action) -> datetime:
    """Some minutes after the end: nobody declares what is still going on."""
    ended = datetime.combine(action.held_on, action.starts_at or time(), PARIS) + timedelta(minutes=action.minutes)
    return ended + timedelta(minutes=7)


def _version(story: Story, held: date) -> Any:
    """The version recognised on that day: the one of the first file, until another is recognised."""
    return story.file.version if held >= story.days["decided"] else None


def _presence(world: World, dice: Random, action: Action, member: Any, rank: int) -> Presence:
    row = Presence(
        professional=member.professional, held_on=action.held_on, state="expected", added_at=action.declared_at
    )
    answered = action.declared_at + timedelta(hours=dice.randint(1, 24 * 9))
    if rank == 0:
        row.state, row.means, row.answered_at = "confirmed", "declarer", action.declared_at
    elif answered.date() < world.today and dice.random() < 0.97:
        row.state, row.answered_at = ("denied" if dice.random() < 0.02 else "confirmed"), answered
        row.means = "tap" if row.state == "confirmed" else ""
    return row


def _conclude(world: World, dice: Random, story: Story, action: Action, presences: list[Presence]) -> None:
    """Validated some days later, once enough voices are there; a few come back or are withdrawn."""
    luck = dice.random()
    last = max(p.answered_at for p in presences if p.answered_at)
    voices = sum(p.state == "confirmed" for p in presences)
    day = (last + timedelta(days=dice.randint(1, 14))).date()
    if luck < 0.008:
        action.state, action.cancel_reason = "cancelled", _CANCELLED
    elif day < world.today and voices >= voices_needed(action):
        action.state, action.verified_at = "validated", last
        if luck > 0.992:
            action.state, action.reverse_reason = "reversed", _REVERSED
        action.validated_at = moment(day, dice, after=last)
        action.validated_by = world.officer_of(story.team.department_id)
    elif action.held_on < world.ago(_PATIENCE_DAYS):
        action.state, action.cancel_reason = "cancelled", _ALONE
    elif luck < 0.12:
        action.state, action.return_reason = "returned", _RETURNED
    elif voices >= voices_needed(action):
        action.state, action.verified_at = "verified", last


def _scenes(world: World, dice: Random) -> list[Any]:
    """What waits for each persona: presences to confirm, an action to validate, one to correct."""
    by_key = {story.scene: story for story in world.stories if story.scene}
    made = []
    plans = (
        ("home", "doctor-of-team", ("nurse", "treasurer"), "RCP_SANS_PATIENT", 3, "expected"),
        ("home", "nurse", ("treasurer",), "PPS", 5, "confirmed"),
        ("doctor-2", "doctor", ("nurse",), "RCP_AVEC_PATIENT", 6, "returned"),
        ("doctor-2", "nurse", ("doctor",), "RCP_SANS_PATIENT", 4, "expected"),
    )
    for scene, declarer, others, kind, ago, outcome in plans:
        story = by_key.get(scene)
        if story is None or kind not in story.codes:
            continue
        first = story.lead if declarer == "doctor-of-team" else world.personas[declarer]
        people = [first, *(world.personas[key] for key in others)]
        made.append((story, *_scene(world, dice, story, people, kind, world.ago(ago), outcome)))
    return made


def _scene(
    world: World, dice: Random, story: Story, people: list[Any], kind: str, held: date, outcome: str
) -> tuple[Action, list[Presence]]:
    at = moment(held, dice)
    action = Action(
        team=story.team,
        region_id=story.team.region_id,
        kind=kind,
        theme=story.themes[0][1],
        title=ACTION_TITLES[kind][0],
        held_on=held,
        starts_at=time(13, 0),
        minutes=45,
        patients=2,
        state="returned" if outcome == "returned" else "declared",
        return_reason=_RETURNED if outcome == "returned" else "",
        client_key=UUID(int=dice.getrandbits(128), version=4),
        declared_by=people[0].user,
        declared_at=at,
        project_version=_version(story, held),
    )
    action.declared_at = max(at, _just_after(action))
    presences = []
    for rank, person in enumerate(people):
        said = rank == 0 or outcome != "expected"
        when = at + timedelta(hours=rank)
        presences.append(
            Presence(
                professional=person,
                held_on=held,
                state="confirmed" if said else "expected",
                means=("declarer" if rank == 0 else "tap") if said else "",
                answered_at=when if said else None,
                added_at=at,
            )
        )
    if outcome == "confirmed":
        action.state, action.verified_at = "verified", at + timedelta(hours=len(people) - 1)
    return action, presences


def _note(world: World, story: Story, action: Action, presences: list[Presence]) -> None:
    journal, stream = world.journal, story.team.audit_stream
    facts = {
        "kind": action.kind,
        "held_on": action.held_on,
        "minutes": action.minutes,
        "patients": action.patients,
        "theme": action.theme,
        "title": action.title,
        "starts_at": action.starts_at,
        "present": [presence.professional_id for presence in presences],
    }
    journal.note(action.declared_at, "coordination.action.declare", action, action.declared_by, after=facts)
    for presence in presences[1:]:
        if presence.answered_at:
            name = "confirm" if presence.state == "confirmed" else "deny"
            user = presence.professional.user
            journal.move(presence.answered_at, PRESENCE, presence, name, user, stream=stream, source="expected")
    officer = world.officer_of(story.team.department_id)
    if action.verified_at:
        journal.move(action.verified_at, ACTION, action, "verify", action.declared_by)
    later: datetime = max(p.answered_at for p in presences if p.answered_at)
    if action.validated_at:
        journal.move(action.validated_at, ACTION, action, "validate", action.validated_by, source="verified")
        if action.state == "reversed":
            at, reason = action.validated_at + timedelta(hours=6), action.reverse_reason
            journal.move(at, ACTION, action, "reverse", officer, comment=reason, reverse_reason=reason)
    elif action.state == "returned":
        reason = action.return_reason
        journal.move(later, ACTION, action, "return_it", officer, comment=reason, return_reason=reason)
    elif action.state == "cancelled":
        reason = action.cancel_reason
        journal.move(later, ACTION, action, "cancel", action.declared_by, comment=reason, cancel_reason=reason)
