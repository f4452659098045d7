"""Following what was decided: done, undone, handed to somebody else, and what a departure leaves behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import counted, day
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.meetings.models import Item, Task
from equipage.meetings.services.checking import allowed
from equipage.meetings.states import TASK
from equipage.messaging.services import notify
from equipage.people.models import Professional
from equipage.teams.models import Membership
from equipage.teams.selectors import leads, members_on

LONGEST = 200


@dataclass(frozen=True)
class NewTask:
    """What somebody does by a day; `item` is the point it came from, when it is one."""

    what: str
    assignee: Professional
    due_on: date | None = None
    item: Item | None = None


@transaction.atomic
def add_task(team: Any, new: NewTask, *, actor: Any) -> Task:
    """A task that no meeting made. Raises Refused: empty, too long, in the past, for somebody outside."""
    allowed(actor, "meetings.plan", team)
    what = " ".join(new.what.split())
    if not what:
        raise Refused("Écrivez ce qu'il faut faire.", field="what")
    if len(what) > LONGEST:
        raise Refused(f"Une tâche tient en {LONGEST} signes.", field="what")
    _check_due(new.due_on)
    _check_member(team, new.assignee)
    task = Task.objects.create(
        team=team,
        item=new.item,
        what=what,
        assignee=new.assignee,
        due_on=new.due_on,
        created_by=actor,
        created_at=timezone.now(),
    )
    audit.record(action="meetings.task.add", obj=task, actor=actor, after={"assignee": new.assignee.pk})
    _tell(task, actor)
    return task


def finish(task: Task, *, actor: Any) -> Task:
    """« C'est fait », in one tap. Twice changes nothing."""
    return run(TASK, task, "finish", actor=actor)


def drop(task: Task, *, actor: Any) -> Task:
    """No longer to be done."""
    return run(TASK, task, "drop", actor=actor)


def reopen(task: Task, *, actor: Any) -> Task:
    """Not done after all."""
    return run(TASK, task, "reopen", actor=actor)


@transaction.atomic
def change(task: Task, *, assignee: Professional, due_on: date | None, actor: Any) -> Task:
    """Hand a task to somebody else, or give it another day. Raises Refused with its field."""
    row = Task.objects.select_for_update(of=("self",)).select_related("team").get(pk=task.pk)
    allowed(actor, "meetings.tend_task", row)
    if row.state != "open":
        raise Refused("Cette tâche n'est plus à faire : rouvrez-la pour la confier.")
    if due_on != row.due_on:
        _check_due(due_on)
    _check_member(row.team, assignee)
    before = {"assignee": row.assignee_id, "due_on": row.due_on}
    if before == {"assignee": assignee.pk, "due_on": due_on}:
        return row
    handed = row.assignee_id != assignee.pk
    row.assignee, row.due_on = assignee, due_on
    row.handed_from = None if handed else row.handed_from
    row.save(update_fields=["assignee", "due_on", "handed_from"])
    after = {"assignee": assignee.pk, "due_on": due_on}
    audit.record(action="meetings.task.change", obj=row, actor=actor, before=before, after=after)
    if handed:
        _tell(row, actor)
    return row


def _check_due(due_on: date | None) -> None:
    if due_on is not None and due_on < today():
        raise Refused(f"Le {day(due_on)} est passé : choisissez une date à venir, ou aucune.", field="due_on")


def _check_member(team: Any, person: Professional) -> None:
    if person.pk not in {member.pk for member in members_on(team, today())}:
        raise Refused(f"{person.full_name} n'est pas membre de l'équipe aujourd'hui.", field="assignee")


def _tell(task: Task, actor: Any) -> None:
    """One notice to who has it now; what it is stays behind the sign-in."""
    user = task.assignee.user
    if user is None or not user.is_active or user.pk == actor.pk:
        return
    until = f" pour le {day(task.due_on)}" if task.due_on else ""
    notify(
        user,
        "meetings.task",
        f"Une tâche vous est confiée, {task.team.name}",
        f"{actor.full_name} vous confie une tâche{until}. Elle se lit après connexion.",
        reverse("meetings:task", args=[task.pk]),
        urgent=True,
        key=f"meetings.task:{task.pk}:{user.pk}:{task.due_on or ''}",
    )


# --- what comes back --------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(team_id: int | None = None) -> int:
    """Open tasks whose person is no longer in the team go to its lead, who is told. How many went.

    Again changes nothing: a task of a lead is the task of a member.
    """
    inside = Membership.objects.in_force().filter(
        team=OuterRef("team"), professional=OuterRef("assignee"), state__in=("confirmed", "left")
    )
    rows = Task.objects.filter(~Exists(inside), state="open")
    if team_id is not None:
        rows = rows.filter(team_id=team_id)
    moved: dict[int, list[Task]] = {}
    for task in rows.select_for_update(of=("self",)).select_related("team", "assignee").order_by("id"):
        moved.setdefault(task.team_id, []).append(task)
    return sum(_to_lead(tasks) for tasks in moved.values())


def _to_lead(tasks: list[Task]) -> int:
    team = tasks[0].team
    lead = next((row.professional for row in leads(team)), None)
    if lead is None:
        return 0
    gone: Counter[str] = Counter()
    for task in tasks:
        gone[task.assignee.full_name] += 1
        before = task.assignee_id
        task.handed_from, task.assignee = task.assignee, lead
        task.save(update_fields=["handed_from", "assignee"])
        audit.record(
            action="meetings.task.hand_over",
            obj=task,
            actor=None,
            before={"assignee": before},
            after={"assignee": lead.pk},
        )
    if lead.user is not None and lead.user.is_active:
        words = [
            f"{counted(number, 'tâche', 'tâches')} de {name}, qui a quitté l'équipe" for name, number in gone.items()
        ]
        notify(
            lead.user,
            "meetings.tasks_handed",
            f"Des tâches vous reviennent, {team.name}",
            f"{' ; '.join(words)}. Gardez-les, ou confiez-les à quelqu'un d'autre.",
            reverse("meetings:tasks_of_team", args=[team.pk]),
            urgent=True,
            key=f"meetings.handed:{team.pk}:{tasks[-1].pk}:{lead.pk}:{len(tasks)}",
        )
    return len(tasks)


def remind_late() -> int:
    """One notice a week to each person whose tasks are late. How many people have such tasks."""
    on = today()
    year, week, _ = on.isocalendar()
    late = Task.objects.filter(state="open", due_on__lt=on, assignee__user__is_active=True)
    counts: Counter[int] = Counter(late.order_by("id").values_list("assignee_id", flat=True))
    for person in Professional.objects.filter(pk__in=counts).select_related("user").order_by("id"):
        notify(
            person.user,
            "meetings.tasks_late",
            f"{counted(counts[person.pk], 'tâche attend', 'tâches attendent')} encore",
            "Leur date est passée. Dites d'un geste ce qui est fait, ou confiez-les à quelqu'un d'autre.",
            reverse("meetings:tasks"),
            key=f"meetings.late:{person.pk}:{year}-{week:02d}",
        )
    return len(counts)
