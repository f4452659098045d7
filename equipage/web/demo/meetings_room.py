"""The demo's meetings that were held: minutes linked to actions that are already there, and the tasks they left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from equipage.coordination.models import Action
from equipage.foundation import audit
from equipage.foundation.documents.services import Draft, issue_many
from equipage.foundation.french import paris_day
from equipage.foundation.periods import PARIS
from equipage.meetings.models import Attendee, Item, Meeting, Minutes, MinutesVersion, Participant, Task
from equipage.meetings.printing import (
    MINUTES_KIND,
    MINUTES_TEMPLATE,
    content_hash,
    minutes_content,
    minutes_reference,
    minutes_title,
)
from equipage.meetings.states import MEETING, TASK
from equipage.web.demo.stories import Story
from equipage.web.demo.world import World

_KINDS = ("RCP_SANS_PATIENT", "RCP_AVEC_PATIENT")
_KEPT = ("verified", "validated")
# A team of a persona shows how tasks are followed from one meeting to the next; the others have one meeting.
_MANY, _FEW = 4, 1
_ONE_IN = 3
# Days until the first tasks of the last meeting of the nurse's team, which are hers: one is late, one is soon.
_OF_THE_NURSE = (-4, 2)
# Situation, decision, outcomes, and what somebody does by when (days). No patient is named, and none exists.
_SITUATIONS: tuple[tuple[str, str, str, tuple[str, ...], tuple[tuple[str, int], ...]], ...] = (
    (
        "Qui passe le premier soir ?",
        "Retour d'hospitalisation, seule à domicile, traitement changé trois fois depuis la sortie.",
        "Passage infirmier matin et soir pendant quinze jours ; ordonnance relue avec la pharmacie.",
        ("prescription",),
        (("Relire l'ordonnance de sortie avec la pharmacie", 3), ("Appeler l'aidante pour le week-end", 5)),
    ),
    (
        "Comment éviter une nouvelle chute ?",
        "Deux chutes en un mois, peur de sortir, logement encombré.",
        "Bilan d'équilibre à domicile et visite d'un ergothérapeute.",
        ("referral",),
        (("Adresser au centre de prévention des chutes", 10),),
    ),
    (
        "Plaie qui ne se ferme pas : que change-t-on ?",
        "Plaie de jambe depuis trois mois, pansements mal supportés, douleur le soir.",
        "Changer le pansement, photographier chaque semaine, avis par télé-expertise.",
        ("prescription", "referral"),
        (("Demander l'avis de télé-expertise", 4), ("Refaire le point sur la douleur", 14)),
    ),
    (
        "L'aidant est épuisé : quel relais ?",
        "Trouble de la mémoire, l'époux seul aidant, il dort mal et maigrit.",
        "Accueil de jour deux fois par semaine, temps de répit demandé.",
        ("referral",),
        (("Remplir la demande d'accueil de jour", 7),),
    ),
    (
        "Le diabète est-il trop serré ?",
        "Hypoglycémies le matin, repas sautés, quatre passages infirmiers manqués.",
        "Objectif assoupli, insuline du soir diminuée, carnet relu dans un mois.",
        ("prescription",),
        (("Relire le carnet de glycémie", 30),),
    ),
    (
        "Faut-il revoir les soins palliatifs à domicile ?",
        "Douleur mal calmée la nuit, la famille souhaite rester à la maison.",
        "Anticiper une prescription de secours et appeler l'équipe mobile.",
        ("prescription", "referral"),
        (("Appeler l'équipe mobile", 2), ("Écrire la conduite à tenir la nuit", 3)),
    ),
)
_TOPIC = (
    "Protocole de sortie d'hospitalisation",
    "Chacun dit ce qu'il attend de la fiche de sortie.",
    "À écrire à deux.",
)


@dataclass
class _Held:
    """One meeting while it is made."""

    story: Story
    action: Action
    people: list[Any]
    excused: list[Any]
    meeting: Meeting
    record: Minutes
    items: list[Item] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When it was closed: the moment at which its action was declared."""
        return self.action.declared_at


def make_held_meetings(world: World) -> None:
    """Write meetings, minutes, points, tasks and versions, with their journal."""
    dice = world.dice("meetings_room")
    drawn = [_draw(dice, story, action, presences) for story, action, presences in _chosen(world)]
    _write_meetings(drawn)
    newest = {held.story.team.pk: held for held in drawn}
    for held in drawn:
        _points(world, dice, held, last=newest[held.story.team.pk] is held)
    Item.objects.bulk_create([item for held in drawn for item in held.items], batch_size=1000)
    for held in drawn:
        for task in held.tasks:
            task.item = task.item  # the point has its number now
    Task.objects.bulk_create([task for held in drawn for task in held.tasks], batch_size=1000)
    _write_versions(drawn)
    for held in drawn:
        _note(world, held)


def _chosen(world: World) -> Iterable[tuple[Story, Action, list[Any]]]:
    """The last meetings of some teams, in the order of time."""
    by_team: dict[int, list[tuple[Action, list[Any]]]] = {}
    for action, presences in world.actions:
        if action.kind in _KINDS and action.state in _KEPT and action.starts_at and action.declared_at:
            by_team.setdefault(action.team_id, []).append((action, presences))
    found = []
    for rank, story in enumerate(story for story in world.stories if story.stage == "recognised"):
        known = sorted(by_team.get(story.team.pk, []), key=lambda pair: (pair[0].held_on, pair[0].pk))
        wanted = _MANY if story.scene else _FEW if rank % _ONE_IN == 0 else 0
        found += [(story, action, presences) for action, presences in known[-wanted:]] if wanted else []
    return sorted(found, key=lambda it: (it[1].declared_at, it[1].pk))


def _draw(dice: Random, story: Story, action: Action, presences: list[Any]) -> _Held:
    people = [presence.professional for presence in presences if presence.state != "denied"]
    others = [m.professional for m in story.present_on(action.held_on) if m.professional not in people]
    begins = datetime.combine(action.held_on, action.starts_at or time(13), tzinfo=PARIS)
    ends = begins + timedelta(minutes=action.minutes)
    closed = max(action.declared_at, ends)
    with_patient = action.kind == "RCP_AVEC_PATIENT"
    meeting = Meeting(
        team=story.team,
        region_id=story.team.region_id,
        kind=action.kind,
        title=action.title,
        place="Au cabinet infirmier (fictif)" if not with_patient else "",
        starts_at=begins,
        minutes=max(5, action.minutes),
        state="held",
        organiser=action.declared_by,
        created_at=begins - timedelta(days=dice.randint(3, 20)),
        held_at=closed,
    )
    record = Minutes(
        meeting=meeting,
        setting=dice.choice(("patient", "home")) if with_patient else "team",
        place=meeting.place or "Auprès du patient (fictif)",
        started_at=begins,
        ended_at=ends,
        patients=action.patients,
        action=action,
        opened_by=action.declared_by,
        opened_at=begins,
        closed_by=action.declared_by,
        closed_at=closed,
    )
    return _Held(story, action, people, others[:1], meeting, record)


def _write_meetings(drawn: list[_Held]) -> None:
    Meeting.objects.bulk_create([held.meeting for held in drawn], batch_size=500)
    for held in drawn:
        held.record.meeting = held.meeting
    Minutes.objects.bulk_create([held.record for held in drawn], batch_size=500)
    attendees, invited = [], []
    for held in drawn:
        for standing, people in (("here", held.people), ("excused", held.excused)):
            attendees += [Attendee(minutes=held.record, professional=one, standing=standing) for one in people]
            answer = "yes" if standing == "here" else "no"
            at = held.meeting.created_at + timedelta(days=1)
            invited += [
                Participant(meeting=held.meeting, professional=one, answer=answer, answered_at=at) for one in people
            ]
    Attendee.objects.bulk_create(attendees, batch_size=1000)
    Participant.objects.bulk_create(invited, batch_size=1000)


def _points(world: World, dice: Random, held: _Held, *, last: bool) -> None:
    """The situations that the action counts, a topic now and then, and a point that there was no time for."""
    texts = dice.sample(_SITUATIONS, min(max(1, held.action.patients), 5))
    for rank, (question, account, decision, outcomes, todo) in enumerate(texts, start=1):
        item = _item(held, rank, f"Situation {chr(64 + rank)}", question, account=account, decision=decision)
        item.outcomes, item.informed = list(outcomes), dice.choice(("told", "agreed"))
        item.patient_present = held.record.setting != "team"
        if rank == 1 and last:
            item.review_on = world.today + timedelta(days=21)
        held.items.append(item)
        for what, days in todo:
            held.tasks.append(_task(world, dice, held, item, what, days, last=last))
    if dice.random() < 0.4:
        question, account, decision = _TOPIC
        item = _item(held, len(held.items) + 1, "Sujet 1", question, account=account, decision=decision)
        item.kind, item.outcomes = "topic", ["protocol"]
        held.items.append(item)
    if last:
        code = f"Situation {chr(65 + len(texts))}"
        held.items.append(_item(held, len(held.items) + 1, code, "Faut-il demander une aide au repas ?"))


def _item(held: _Held, rank: int, code: str, question: str, **boxes: str) -> Item:
    return Item(
        meeting=held.meeting,
        kind="situation",
        code=code,
        question=question,
        position=rank,
        planned_minutes=10,
        added_by=held.action.declared_by,
        added_at=held.meeting.created_at,
        updated_by=held.action.declared_by if boxes else None,
        updated_at=held.record.ended_at if boxes else None,
        version=2 if boxes else 1,
        **boxes,
    )


def _task(world: World, dice: Random, held: _Held, item: Item, what: str, days: int, *, last: bool) -> Task:
    """Done in time, mostly; those of the last meeting are under way, and one of them may be late."""
    person, rank = dice.choice(held.people), len(held.tasks)
    due = held.action.held_on + timedelta(days=days)
    done_at = min(held.record.closed_at or held.at, held.at) + timedelta(days=dice.randint(1, max(1, days)))
    if last:
        due = world.today + timedelta(days=dice.choice((-4, 2, 5, 9, 16)))
    if last and held.story.scene == "home" and rank < len(_OF_THE_NURSE):
        person, due = world.personas["nurse"], world.today + timedelta(days=_OF_THE_NURSE[rank])
    done = not last and paris_day(done_at) < world.today and dice.random() < 0.9
    return Task(
        team=held.story.team,
        item=item,
        what=what,
        assignee=person,
        due_on=due,
        state="done" if done else "open",
        created_by=held.action.declared_by,
        created_at=held.record.closed_at or held.at,
        done_at=done_at if done else None,
        done_by=(person.user or held.action.declared_by) if done else None,
    )


def _write_versions(drawn: list[_Held]) -> None:
    made = []
    for held in drawn:
        record, at = held.record, held.record.closed_at
        content = minutes_content(record, number=1, author=held.action.declared_by, at=at)
        draft = Draft(
            MINUTES_KIND,
            MINUTES_TEMPLATE,
            minutes_title(content),
            content,
            audit.about(record),
            reference=minutes_reference(record, 1),
            region=held.meeting.region_id,
            dated=paris_day(at) if at else None,
            fictitious=True,
        )
        made.append((held, content, issue_many([draft], actor=held.action.declared_by, at=at)[0]))
    MinutesVersion.objects.bulk_create(
        [
            MinutesVersion(
                minutes=held.record,
                number=1,
                content=content,
                content_hash=content_hash(content),
                author=held.action.declared_by,
                at=document.created_at,
                document=document,
            )
            for held, content, document in made
        ],
        batch_size=500,
    )


def _note(world: World, held: _Held) -> None:
    journal, who, record = world.journal, held.action.declared_by, held.record
    closed = record.closed_at or held.at
    journal.note(record.started_at or held.at, "meetings.minutes.open", record, who)
    journal.move(closed, MEETING, held.meeting, "hold", who)
    facts = {"action": held.action.pk, "patients": record.patients, "tasks": len(held.tasks)}
    journal.note(closed, "meetings.minutes.close", record, who, after=facts)
    for task in held.tasks:
        if task.done_at and task.done_by:
            journal.move(task.done_at, TASK, task, "finish", task.done_by)
