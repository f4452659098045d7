"""Reading tasks: mine, the team's, what waits on the home page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from equipage.foundation.french import counted, day_short
from equipage.foundation.periods import today
from equipage.meetings.models import Task
from equipage.teams.selectors import members_on

_SOON_DAYS = 7
_SHOWN_CARDS = 3
_JUST_DONE = timedelta(hours=24)


def tasks_seen(user: Any) -> QuerySet[Task]:
    """The tasks of one's teams, with what a page reads."""
    return Task.objects.visible_to(user).select_related("team", "assignee", "item__meeting", "handed_from", "done_by")


def is_late(task: Task) -> bool:
    """Is its day past, and the task still to be done?"""
    return task.state == "open" and task.due_on is not None and task.due_on < today()


def mine_open(user: Any) -> list[Task]:
    """What this person has to do, the most pressing first."""
    person = user.professional_or_none
    if person is None:
        return []
    rows = tasks_seen(user).filter(assignee=person, state="open")
    return sorted(rows.order_by("id")[:200], key=lambda task: (task.due_on is None, task.due_on or today(), task.pk))


def just_done(user: Any) -> list[Task]:
    """What this person has just done: one tap undoes it."""
    rows = tasks_seen(user).filter(done_by=user, state__in=("done", "dropped"))
    return list(rows.filter(done_at__gte=timezone.now() - _JUST_DONE).order_by("-done_at", "-id")[:5])


def members_of(team: Any) -> list[tuple[int, str]]:
    """Who may have a task today."""
    return [(person.pk, person.formal_name) for person in members_on(team, today())]


def task_card(task: Task, back: str) -> dict[str, Any]:
    """A task to do as a card whose button says that it is done; `back` is where that leads."""
    until = f"Pour le {day_short(task.due_on)}" if task.due_on else "Sans date"
    return {
        "tag": "En retard" if is_late(task) else "À faire",
        "tone": "stop" if is_late(task) else "wait",
        "title": task.what,
        "sentence": f"{until}, {task.team.name}.",
        "since": task.created_at,
        "url": f"{task.moves_base}finish/",
        "action": "C'est fait",
        "post": True,
        "fields": {"next": back},
    }


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Cards of the home page: what is late or due within a week, each done in one tap; the rest in one line."""
    tasks = mine_open(user)
    soon = [task for task in tasks if task.due_on is not None and task.due_on <= today() + timedelta(days=_SOON_DAYS)]
    cards = [task_card(task, "home") for task in soon[:_SHOWN_CARDS]]
    more = len(soon) - len(cards)
    if more > 0:
        cards.append(
            {
                "tag": "À faire",
                "title": counted(more, "autre tâche vous attend", "autres tâches vous attendent"),
                "url": reverse("meetings:tasks"),
                "action": "Les voir",
            }
        )
    return cards
