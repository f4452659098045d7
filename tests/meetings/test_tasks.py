"""Tasks: done in one tap and undone, handed over, reminded once a week, left to the lead by who leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.meetings.jobs_room import hand_over_tasks, remind_late_tasks
from equipage.meetings.models import Task
from equipage.meetings.selectors import tasks as selectors
from equipage.meetings.selectors.room import since_last
from equipage.meetings.services import tasks
from equipage.meetings.services.tasks import NewTask
from equipage.teams.states import MEMBERSHIP
from tests import factories
from tests.meetings import room_helpers as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make.recognised_team()


@pytest.fixture
def people(team):
    return make.people_of(team)


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def member(team):
    return factories.member_of(team)


def task(team, person, actor, **more):
    return tasks.add_task(team, NewTask(**{"what": "Appeler la pharmacie", "assignee": person, **more}), actor=actor)


def late(team, person, actor, days=3):
    """A task whose day is past: written today, judged later."""
    made = task(team, person, actor)
    Task.objects.filter(pk=made.pk).update(due_on=today() - timedelta(days=days))
    return factories.fresh(made)


def said(team):
    """What the next meeting says of the tasks."""
    found = since_last(team.pk)
    assert found is not None
    return found.sentence


def text_of(response):
    return response.content.decode()


# --- verbs ------------------------------------------------------------------------------------------------------------


def test_done_in_one_tap_and_undone(team, people, lead, member):
    made = task(team, people[1], lead)
    done = tasks.finish(made, actor=member)
    assert (done.state, done.done_by) == ("done", member) and done.done_at
    assert tasks.finish(made, actor=member).done_at == done.done_at
    undone = tasks.reopen(made, actor=member)
    assert (undone.state, undone.done_at, undone.done_by) == ("open", None, None)
    assert tasks.drop(made, actor=lead).state == "dropped"
    factories.fresh(made).full_clean()
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"what": "   "}, "what", "Écrivez"),
        ({"what": "x" * 201}, "what", "200 signes"),
        ({"due_on": date(2026, 11, 23)}, "due_on", "est passé"),
    ],
)
def test_a_wrong_task_is_refused_beside_its_field(team, people, lead, wrong, field, words):
    with pytest.raises(Refused) as refused:
        task(team, people[0], lead, **wrong)
    assert refused.value.field == field and words in refused.value.sentence and not Task.objects.exists()


def test_a_task_is_for_a_member(team, people, lead):
    with pytest.raises(Refused, match="n'est pas membre") as refused:
        task(team, factories.pharmacist(), lead)
    assert refused.value.field == "assignee"


def test_handed_to_somebody_else_who_is_told_without_a_word_of_it(team, people, lead, member):
    made = task(team, people[0], lead)
    assert not lead.notices.filter(kind="meetings.task").exists()
    tasks.change(made, assignee=people[1], due_on=today() + timedelta(days=2), actor=lead)
    tasks.change(made, assignee=people[1], due_on=today() + timedelta(days=2), actor=lead)
    notice = member.notices.get(kind="meetings.task")
    assert "pharmacie" not in notice.subject + notice.body and notice.link == f"/reunions/taches/{made.pk}/"
    with pytest.raises(Refused, match="est passé"):
        tasks.change(made, assignee=people[1], due_on=today() - timedelta(days=2), actor=lead)
    tasks.finish(made, actor=member)
    with pytest.raises(Refused, match="n'est plus à faire"):
        tasks.change(made, assignee=people[0], due_on=None, actor=lead)


def test_strangers_touch_no_task(team, people, lead):
    made = task(team, people[0], lead)
    for actor in (factories.nurse().user, factories.officer(), factories.lead_of(factories.recognised_team())):
        for verb in (tasks.finish, tasks.drop):
            with pytest.raises(Refused):
                verb(made, actor=actor)
        with pytest.raises(Refused):
            tasks.change(made, assignee=people[0], due_on=None, actor=actor)
    assert factories.fresh(made).state == "open"


# --- what comes back --------------------------------------------------------------------------------------------------


def test_what_is_late_is_said_once_a_week(team, people, lead, member):
    late(team, people[1], lead)
    late(team, people[1], lead)
    task(team, people[0], lead)
    with time_machine.travel("2026-11-25 08:00+01:00", tick=False):
        Task.objects.filter(assignee=people[1]).update(due_on=today() - timedelta(days=1))
        assert remind_late_tasks.call() == 1
        assert remind_late_tasks.call() == 1
        assert member.notices.filter(kind="meetings.tasks_late").count() == 1
        assert member.notices.get(kind="meetings.tasks_late").subject.startswith("2 tâches")
    with time_machine.travel("2026-12-01 08:00+01:00", tick=False):
        remind_late_tasks.call()
    assert member.notices.filter(kind="meetings.tasks_late").count() == 2
    assert not lead.notices.filter(kind="meetings.tasks_late").exists()


def test_the_tasks_of_who_leaves_go_to_the_lead_with_a_sentence(team, people, lead, member):
    first, second = task(team, people[1], lead), task(team, people[1], lead)
    done = tasks.finish(task(team, people[1], lead), actor=member)
    membership = team.memberships.get(professional=people[1])
    run(
        MEMBERSHIP,
        membership,
        "leave",
        actor=member,
        comment="Déménagement.",
        data={"valid_to": today(), "leaving_reason": "Déménagement."},
    )
    for made in (first, second):
        row = factories.fresh(made)
        assert row.assignee == people[0] and row.handed_from == people[1]
    assert factories.fresh(done).assignee == people[1]
    notice = lead.notices.get(kind="meetings.tasks_handed")
    assert people[1].full_name in notice.body and "a quitté l'équipe" in notice.body
    assert hand_over_tasks.call() == 0
    assert lead.notices.filter(kind="meetings.tasks_handed").count() == 1


def test_a_departure_to_come_waits_for_its_day(team, people, lead, member):
    made = task(team, people[1], lead)
    membership = team.memberships.get(professional=people[1])
    day = today() + timedelta(days=10)
    data = {"valid_to": day, "leaving_reason": "Retraite."}
    run(MEMBERSHIP, membership, "leave", actor=member, comment="Retraite.", data=data)
    assert factories.fresh(made).assignee == people[1]
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        assert hand_over_tasks.call() == 1
        assert hand_over_tasks.call() == 0
    assert factories.fresh(made).assignee == people[0]


def test_since_last_time_counts_what_was_done_and_what_is_late(team, people, lead):
    record = make.held(team, situations=2)
    assert said(team) == "Depuis la dernière fois : 0\xa0tâche faite, 4 à venir"
    rows = list(Task.objects.filter(item__meeting=record.meeting).order_by("id"))
    for row in rows[:2]:
        tasks.finish(row, actor=lead)
    Task.objects.filter(pk=rows[2].pk).update(due_on=today() - timedelta(days=1))
    assert said(team) == "Depuis la dernière fois : 2\xa0tâches faites, 1 en retard, 1 à venir"
    assert since_last(factories.recognised_team().pk) is None


# --- pages ------------------------------------------------------------------------------------------------------------


def test_one_tap_from_the_home_page(client, team, people, lead, member):
    made = task(team, people[1], lead, due_on=today() + timedelta(days=1))
    far = task(team, people[1], lead, what="Plus tard", due_on=today() + timedelta(days=90))
    client.force_login(member)
    home = text_of(client.get("/"))
    assert "Appeler la pharmacie" in home and "Plus tard" not in home
    assert client.post(f"{made.moves_base}finish/", {"next": "home"}).url == "/"
    assert factories.fresh(made).state == "done" and "Appeler la pharmacie" not in text_of(client.get("/"))
    mine = text_of(client.get(reverse("meetings:tasks")))
    assert "Vous venez de les faire" in mine and "Plus tard" in mine
    assert client.post(f"{made.moves_base}reopen/", {"next": "mine"}).url == reverse("meetings:tasks")
    assert factories.fresh(made).state == "open" and factories.fresh(far).state == "open"


def test_the_page_of_a_task_hands_it_over_and_keeps_what_was_typed(client, team, people, lead):
    made = task(team, people[0], lead)
    client.force_login(lead)
    address = reverse("meetings:task", args=[made.pk])
    wrong = client.post(address, {"assignee": people[1].pk, "due_on": (today() - timedelta(days=2)).isoformat()})
    assert wrong.status_code == 422 and "est passé" in text_of(wrong)
    assert f'value="{(today() - timedelta(days=2)).isoformat()}"' in text_of(wrong)
    assert client.post(address, {"assignee": people[1].pk, "due_on": ""}).status_code == 302
    assert factories.fresh(made).assignee == people[1]
    Task.objects.filter(pk=made.pk).update(handed_from=people[0])
    assert "a quitté l’équipe" in text_of(client.get(address)).replace("'", "’")


def test_a_task_is_added_without_a_meeting(client, team, people, lead):
    client.force_login(lead)
    address = reverse("meetings:new_task", args=[team.pk])
    assert "Sans nom" in text_of(client.get(address))
    wrong = client.post(address, {"what": "", "assignee": people[1].pk})
    assert wrong.status_code == 422 and "Écrivez ce qu" in text_of(wrong)
    html = {"what": "<script>alert(1)</script>", "assignee": people[1].pk, "due_on": ""}
    assert client.post(address, html).status_code == 302
    shown = text_of(client.get(reverse("meetings:tasks_of_team", args=[team.pk])))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown and "<script>alert(1)" not in shown


def test_several_are_done_at_once(client, team, people, lead):
    rows = [task(team, people[0], lead) for _ in range(3)]
    tasks.finish(rows[2], actor=lead)
    client.force_login(lead)
    address = reverse("meetings:tasks")
    data = {"action": "faites", "ligne": [row.pk for row in rows], "portee": "coches"}
    assert "Sera fait pour 2" in text_of(client.post(address, data)).replace("\xa0", " ")
    client.post(address, {**data, "confirme": "oui"})
    assert Task.objects.filter(state="done").count() == 3


@pytest.mark.parametrize("who", ["officer", "treasurer", "ars_region", "ars_department", "platform_admin", "nurse"])
def test_outsiders_see_no_task(client, team, people, lead, who):
    made = task(team, people[0], lead)
    user = getattr(factories, who)()
    client.force_login(user.user if who == "nurse" else user)
    for name, args in (("task", [made.pk]), ("tasks_of_team", [team.pk]), ("new_task", [team.pk])):
        assert client.get(reverse(f"meetings:{name}", args=args)).status_code == 404, name
    assert client.post(f"{made.moves_base}finish/").status_code == 404
    assert factories.fresh(made).state == "open"


@pytest.mark.parametrize("name", ["tasks", "tasks_of_team", "home"])
def test_a_list_costs_the_same_whatever_its_length(client, team, people, lead, name):
    client.force_login(lead)
    address = {"tasks": "/reunions/taches/", "tasks_of_team": f"/reunions/taches/equipe/{team.pk}/", "home": "/"}[name]
    counts = []
    for number in (2, 48):
        now = timezone.now()
        Task.objects.bulk_create(
            Task(team=team, what=f"T{n}", assignee=people[0], created_by=lead, created_at=now, due_on=today())
            for n in range(number)
        )
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_cards_are_few(team, people, lead):
    for _ in range(6):
        task(team, people[0], lead, due_on=today())
    cards = selectors.waiting_for_professional(lead)
    assert len(cards) == 4 and cards[3]["title"] == "3\xa0autres tâches vous attendent"
    assert selectors.waiting_for_professional(factories.officer()) == []
