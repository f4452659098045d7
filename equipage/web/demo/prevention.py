"""The demo's prevention: actions planned, under way and told; one programme that waits for the agency, one to evaluate.

Only teams that are an association have any. Sessions are coordinated actions that the demo already declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from equipage.foundation.periods import add_months
from equipage.people.models import Professional, User
from equipage.prevention.models import (
    DeclarationStep,
    Evaluation,
    Indicator,
    PreventionAction,
    Programme,
    ProgrammeChange,
    ProgrammeMember,
    Session,
)
from equipage.prevention.rules import due_day, open_ranks, silent_on
from equipage.prevention.states import PREVENTION_ACTION, PROGRAMME
from equipage.web.demo.stories import Story
from equipage.web.demo.world import World, moment

_TEAMS = 4
_PLACES = ("Salle des fêtes", "Maison des associations", "Marché du samedi", "Médiathèque")


@dataclass(frozen=True)
class Plan:
    """A prevention action: what is planned, from how many days ago to how many, and how far it went."""

    title: str
    theme: str
    audience: str
    objectives: str
    partners: str
    begun: int
    over: int
    state: str
    indicators: tuple[tuple[str, str, int, int | None], ...]
    outcome: str = ""


PLANS = (
    Plan(
        "Marchons ensemble",
        "Activité physique",
        "Adultes de plus de 60 ans de la commune",
        "Reprendre une marche régulière.\nFaire connaître les groupes qui existent.",
        "Mairie\nClub de marche (fictif)",
        420,
        60,
        "finished",
        (
            ("Personnes venues au moins une fois", "personnes", 40, 52),
            ("Encore présentes à la fin", "personnes", 25, 19),
        ),
        "Plus de monde que prévu au début ; l'hiver a éclairci les rangs. Le club reprend le groupe au printemps.",
    ),
    Plan(
        "Mois sans tabac",
        "Tabac",
        "Fumeurs suivis par l'équipe, et leur entourage",
        "Proposer un premier rendez-vous dans la semaine.\nTenir un stand au marché.",
        "Pharmacies de la commune (fictives)\nCentre social",
        24,
        -6,
        "under_way",
        (("Personnes reçues", "personnes", 30, None), ("Stands tenus", "stands", 4, None)),
    ),
    Plan(
        "Bien dormir à la maison",
        "Sommeil",
        "Parents de jeunes enfants",
        "Dire ce qui aide, et quand demander de l'aide.",
        "Relais petite enfance (fictif)",
        70,
        12,
        "under_way",
        (("Familles rencontrées", "familles", 20, None),),
    ),
    Plan(
        "Gestes qui sauvent",
        "Premiers secours",
        "Habitants de la commune",
        "Apprendre à alerter, masser, défibriller.",
        "Association de secouristes (fictive)",
        -20,
        -21,
        "planned",
        (("Personnes formées", "personnes", 24, None),),
    ),
)

_FILE = {
    "population": "Adultes adressés par l'équipe, après un bilan partagé.",
    "aims": "Comprendre sa maladie, adapter son traitement avec son médecin, savoir quand alerter.",
    "course": "Bilan éducatif partagé, quatre ateliers en petit groupe, évaluation avec chaque patient.",
    "organisation": "Deux soignants par atelier, un point d'équipe par trimestre.",
    "funding": "Subvention municipale (fictive). Aucune aide d'une entreprise.",
}


def make_prevention(world: World) -> None:
    """Actions in a few teams, and two programmes."""
    dice = world.dice("prevention")
    stories = [story for story in world.stories if _may(world, story)]
    # The personas' team first, then those that have been an association longest.
    stories.sort(key=lambda story: (story.scene != "home", story.team.association_since, story.name))
    for rank, plan in enumerate(PLANS):
        if stories:
            _action(world, dice, stories[(0, 0, 1, 2)[rank] % len(stories)], plan)
    if stories:
        _evaluated(world, dice, stories[0])
        _waiting(world, dice, stories[1 % len(stories)])
    for story in stories[:_TEAMS]:
        _support(world, dice, story)


def _may(world: World, story: Story) -> bool:
    since = story.team.association_since
    return bool(
        story.stage == "recognised"
        and since
        and since < world.ago(260)
        and "PREVENTION" in story.codes
        and _people(story)
    )


def _people(story: Story) -> list[Professional]:
    """The members of today who have an account, the persona's colleagues first."""
    rows = [m.professional for m in story.members if m.state == "confirmed" and m.professional.user]
    return sorted(rows, key=lambda person: (not (person.user and person.user.persona), person.rpps))


def _account(person: Professional) -> User:
    if person.user is None:
        raise LookupError(f"{person}: no account.")
    return person.user


def _responsible(world: World, story: Story) -> Professional:
    """A nurse of the team when there is one: in the personas' team, the nurse."""
    people = _people(story)
    return next((person for person in people if person.profession_code == "60"), people[0])


def _action(world: World, dice: Random, story: Story, plan: Plan) -> None:
    first, last = world.ago(plan.begun), world.ago(plan.over)
    last = max(first, last)
    at = moment(world.ago(max(plan.begun + 20, 3)), dice)
    responsible = _responsible(world, story)
    row = PreventionAction(
        team=story.team,
        region_id=story.team.region_id,
        title=plan.title,
        theme=plan.theme,
        audience=plan.audience,
        place=dice.choice(_PLACES),
        first_on=first,
        last_on=last,
        partners=plan.partners,
        objectives=plan.objectives,
        responsible=responsible,
        state=plan.state,
        outcome=plan.outcome,
        finished_on=min(last + timedelta(days=8), world.yesterday) if plan.state == "finished" else None,
        created_by=responsible.user,
        created_at=at,
        updated_at=at,
    )
    row.save()
    for name, unit, expected, achieved in plan.indicators:
        Indicator.objects.create(
            action=row,
            name=name,
            unit=unit,
            expected=Decimal(expected),
            achieved=None if achieved is None else Decimal(achieved),
        )
    world.journal.note(at, "prevention.action.create", row, responsible.user, after={"title": plan.title})
    if plan.state != "planned":
        world.journal.move(moment(first, dice), PREVENTION_ACTION, row, "start", responsible.user)
    if row.finished_on:
        done: dict[str, Any] = {"finished_on": row.finished_on, "outcome": row.outcome}
        end = moment(row.finished_on, dice)
        world.journal.move(end, PREVENTION_ACTION, row, "finish", responsible.user, source="under_way", **done)
    for action in _held(world, story, "PREVENTION", first, last):
        _session(dice, action, nature="prevention", place=row.place, prevention_action=row)


def _held(world: World, story: Story, kind: str, first: date, last: date) -> list[Any]:
    """The coordinated actions of a kind that the team held in those days, and that belong to nothing yet."""
    taken = set(Session.objects.values_list("action_id", flat=True))
    return [
        action
        for action, _ in world.actions
        if action.team_id == story.team.pk
        and action.kind == kind
        and action.state != "cancelled"
        and first <= action.held_on <= last
        and action.pk not in taken
    ]


def _session(dice: Random, action: Any, *, nature: str, place: str, **owner: Any) -> None:
    reached = action.patients if nature != "prevention" else action.patients + dice.randint(0, 30)
    Session.objects.create(action=action, nature=nature, place=place, audience=max(1, reached), **owner)


def _support(world: World, dice: Random, story: Story) -> None:
    """Education that belongs to no programme."""
    since = story.team.association_since or world.yesterday
    for action in _held(world, story, "ETP", since, world.yesterday):
        _session(dice, action, nature="support", place=dice.choice(_PLACES))


# --- programmes -------------------------------------------------------------------------------------------------------


def _programme(world: World, dice: Random, story: Story, title: str, theme: str, sent: date, **state: Any) -> Programme:
    """A programme signed and sent to the agency that day, with its team and the first lines of its journal."""
    coordinator = _responsible(world, story)
    written, signed = moment(sent - timedelta(days=30), dice), moment(sent - timedelta(days=1), dice)
    row = Programme(
        team=story.team,
        region_id=story.team.region_id,
        title=title,
        theme=theme,
        coordinator=coordinator,
        training_declared=True,
        honour_at=signed,
        honour_by=coordinator.user,
        declared_on=sent,
        sent_on=sent,
        silent_on=silent_on(sent),
        created_by=coordinator.user,
        created_at=written,
        updated_at=written,
        **{**_FILE, "state": "sent", **state},
    )
    row.save()
    others = [person for person in _people(story) if person.pk != coordinator.pk]
    others.sort(key=lambda person: (person.profession_code != "10", person.rpps))
    for person in others[:2]:
        ProgrammeMember.objects.create(programme=row, professional=person)
    note, user = world.journal.note, coordinator.user
    note(written, "prevention.programme.create", row, user, after={"title": title})
    note(signed, "prevention.programme.honour", row, user)
    at = moment(sent, dice)
    world.journal.move(at, PROGRAMME, row, "send", user, sent_on=sent)
    _step(row, "sent", sent, at)
    for kind in Evaluation.Kind.values:
        for rank in range(1, open_ranks(sent, kind, world.today) + 1):
            Evaluation.objects.create(programme=row, kind=kind, rank=rank, due_on=due_day(sent, kind, rank))
    return row


def _step(row: Programme, kind: str, on: date, at: datetime, text: str = "") -> None:
    DeclarationStep.objects.create(
        programme=row, kind=kind, on=on, text=text, recorded_by=_account(row.coordinator), recorded_at=at
    )


def _waiting(world: World, dice: Random, story: Story) -> None:
    """Sent forty days ago: the agency can still answer."""
    _programme(world, dice, story, "Mieux vivre avec son diabète", "Diabète de type 2", world.ago(40))


def _evaluated(world: World, dice: Random, story: Story) -> None:
    """Acknowledged more than a year ago: its annual evaluation is late, and new money is to be notified."""
    sent = add_months(world.today, -14)
    number = f"FICTIF-{story.team.department_id}-{sent.year}-001"
    answered = min(sent + timedelta(days=26), world.yesterday)
    row = _programme(
        world,
        dice,
        story,
        "Souffle et asthme au quotidien",
        "Asthme",
        sent,
        state="complete",
        number=number,
        acknowledged_on=answered,
    )
    at, user = moment(answered, dice), _account(row.coordinator)
    _step(row, "acknowledged", answered, at, number)
    data: dict[str, Any] = {"acknowledged_on": answered, "number": number}
    world.journal.move(at, PROGRAMME, row, "acknowledge", user, source="sent", **data)
    changed = moment(world.ago(12), dice)
    ProgrammeChange.objects.create(
        programme=row,
        field="funding",
        before="Aucune",
        after=row.funding,
        changed_at=changed,
        changed_by=user,
    )
    world.journal.note(
        changed,
        "prevention.programme.edit",
        row,
        user,
        before={"funding": "Aucune"},
        after={"funding": row.funding},
    )
    for action in _held(world, story, "ETP", answered, world.yesterday):
        _session(dice, action, nature="programme", place=dice.choice(_PLACES), programme=row)
