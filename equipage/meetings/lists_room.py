"""The lists of tasks: mine, and the team's."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from equipage.foundation.listing import Badge, BulkAction, ChoiceFilter, Column, DateRange, Empty, Listing, RowFilter
from equipage.foundation.listing.declaration import Link
from equipage.meetings.models import Task
from equipage.meetings.selectors.tasks import is_late, just_done, mine_open, task_card, tasks_seen
from equipage.meetings.services import tasks
from equipage.meetings.states import TASK
from equipage.people.models import Professional

_CARDS = 10


def _page(task: Task) -> str:
    return reverse("meetings:task", args=[task.pk])


def _state(task: Task) -> Badge:
    if is_late(task):
        return Badge("En retard", "stop")
    state = TASK.states[task.state]
    return Badge(state.label, state.tone)


def _origin(task: Task) -> str:
    return task.item.code if task.item else ""


def _finish(user: Any, task: Any) -> str:
    tasks.finish(task, actor=user)
    return "Faite."


def _people(user: Any) -> Any:
    held = Task.objects.visible_to(user).order_by().values("assignee_id")
    return Professional.objects.filter(pk__in=held).order_by("last_name", "first_name", "id")


WHAT = Column("what", "Tâche", link=_page, heads=True)
WHO = Column("assignee", "Qui", value="assignee.formal_name")
DUE = Column("due_on", "Pour le", kind="day", sort="due_on")
STATE = Column("state", "État", value=_state)
TEAM = Column("team", "Équipe", value="team.name")
ORIGIN = Column("origin", "Décidée pour", value=_origin, phone=False)
CREATED = Column("created_at", "Créée le", kind="day", sort="created_at", phone=False)

BY_STATE = ChoiceFilter("etat", "État", field="state", choices=TASK.choices(), counted=True)
BY_DAY = DateRange("date", "Pour le", field="due_on")
FINISH = BulkAction(
    "faites",
    "C'est fait",
    "meetings.finish_task",
    _finish,
    "Chaque tâche cochée est notée faite. Vous pourrez la rouvrir.",
    offered=lambda user: True,
)


class MyTasks(Listing):
    """The tasks of one person in all their teams."""

    model = Task
    title = "Mes tâches"
    noun = ("tâche", "tâches")
    file_name = "mes-taches"
    columns = (WHAT, DUE, STATE, TEAM, ORIGIN, CREATED)
    filters = (BY_STATE, BY_DAY)
    default_order = ("due_on",)
    bulk_actions = (FINISH,)

    def queryset(self, user: Any) -> QuerySet[Any]:
        return tasks_seen(user).filter(assignee=user.professional_or_none)

    @cached_property
    def to_do(self) -> list[Task]:
        """What is left to do, the most pressing first."""
        return mine_open(self.user)

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(is_late(task) for task in self.to_do)

    @property
    def first_to_do(self) -> list[dict[str, Any]]:
        """The first ones as cards, each done in one tap."""
        return [task_card(task, "mine") for task in self.to_do[:_CARDS]]

    @cached_property
    def just_done(self) -> list[Task]:
        """What was done a moment ago: one tap undoes it."""
        return just_done(self.user)

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune tâche pour vous", "Celles que vos réunions décident arrivent ici.")


class TasksOfTeam(Listing):
    """The tasks of one team, whoever has them."""

    model = Task
    title = "Tâches de l’équipe"
    noun = ("tâche", "tâches")
    file_name = "taches-de-l-equipe"
    columns = (WHAT, WHO, DUE, STATE, ORIGIN, CREATED)
    filters = (BY_STATE, RowFilter("qui", "Qui", field="assignee", rows=_people), BY_DAY)
    default_order = ("due_on",)
    bulk_actions = (FINISH,)

    def queryset(self, user: Any) -> QuerySet[Any]:
        return tasks_seen(user).filter(team_id=self.kwargs["team_id"])

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune tâche", "Les décisions des réunions deviennent des tâches : qui, quoi, pour quand.")

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Ajouter une tâche", reverse("meetings:new_task", args=[self.kwargs["team_id"]]), main=True),
            Link("Mes tâches", reverse("meetings:tasks")),
        ]
