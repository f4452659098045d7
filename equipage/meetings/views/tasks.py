"""Pages of the tasks: mine, the team's, one; done in one tap, undone as fast, handed to somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.foundation.access import access
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.meetings.forms.tasks import ChangeForm, TaskForm
from equipage.meetings.lists_room import MyTasks, TasksOfTeam
from equipage.meetings.models import Task
from equipage.meetings.selectors import tasks as selectors
from equipage.meetings.services import tasks as services
from equipage.meetings.states import TASK
from equipage.people.models import Professional
from equipage.people.roles import PROFESSIONAL
from equipage.teams.models import Team
from equipage.teams.policies import own_team_ids

_mine = listing_view(MyTasks, template="meetings/tasks.html")
_of_team = listing_view(TasksOfTeam)
_MOVES = {"finish": services.finish, "drop": services.drop, "reopen": services.reopen}


@access(PROFESSIONAL, writes=True)
def mine(request: HttpRequest) -> Any:
    """My tasks: those to do on top, each with its button; then the whole list."""
    return _mine(request)


def _own_team(request: HttpRequest, team_id: int) -> Team:
    found: Team = get_object_or_404(Team.objects.filter(pk__in=own_team_ids(request.user)), pk=team_id)
    return found


@access(PROFESSIONAL, writes=True)
def of_team(request: HttpRequest, team_id: int) -> Any:
    """The tasks of a team, for its members."""
    _own_team(request, team_id)
    return _of_team(request, team_id=team_id)


@access(PROFESSIONAL, writes=True)
def new(request: HttpRequest, team_id: int) -> HttpResponse:
    """A task that no meeting made."""
    team = _own_team(request, team_id)
    user: Any = request.user
    form = TaskForm(request.POST or None, members=selectors.members_of(team), assignee=user.professional_or_none.pk)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            assignee = Professional.objects.get(pk=given["assignee"])
            services.add_task(team, services.NewTask(given["what"], assignee, given["due_on"]), actor=user)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La tâche est ajoutée.")
            return redirect("meetings:tasks_of_team", team.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "meetings/tasks_new.html", {"form": form, "team": team}, status=status)


def _seen(request: HttpRequest, task_id: int) -> Task:
    found: Task = get_object_or_404(selectors.tasks_seen(request.user), pk=task_id)
    return found


@access(PROFESSIONAL, writes=True)
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task: what, who, for when, where it comes from; handed to somebody else or given another day (POST)."""
    row = _seen(request, task_id)
    members = selectors.members_of(row.team)
    form = ChangeForm(request.POST or None, members=members, assignee=row.assignee_id, due_on=row.due_on)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            assignee = Professional.objects.get(pk=given["assignee"])
            services.change(row, assignee=assignee, due_on=given["due_on"], actor=request.user)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La tâche est modifiée.")
            return redirect("meetings:task", row.pk)
    context = {
        "task": row,
        "late": selectors.is_late(row),
        "moves": available(TASK, row, request.user),
        "form": form if row.state == "open" and can(request.user, "meetings.tend_task", row).allowed else None,
        "meeting": row.item.meeting if row.item else None,
    }
    return render(request, "meetings/task.html", context, status=422 if request.method == "POST" else 200)


@access(PROFESSIONAL, writes=True)
def move(request: HttpRequest, task_id: int, move: str) -> HttpResponse:
    """« C'est fait » and its undoing: one tap, then back to where one was."""
    row = _seen(request, task_id)
    if move not in _MOVES or request.method != "POST":
        raise Http404
    try:
        _MOVES[move](row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, TASK.transitions[move].done)
    where = request.POST.get("next", "")
    if where == "home":
        return redirect("web:home")
    return redirect("meetings:tasks") if where == "mine" else redirect("meetings:task", row.pk)
