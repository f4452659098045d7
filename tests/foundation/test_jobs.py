"""The queue on the database: retries, dead workers, slots, the page of failed jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from equipage.foundation.jobs import queue, upkeep
from equipage.foundation.jobs.declare import Schedule
from equipage.foundation.jobs.models import ScheduledSlot, WorkerLease
from equipage.foundation.jobs.slots import Every
from equipage.foundation.jobs.worker import Worker
from equipage.messaging.models import Notice
from equipage.people.models import Organisation, RoleAssignment, User
from equipage.territory.models import Region
from tests.foundation import jobs_for_tests as jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_the_schedules_of_the_test(monkeypatch):
    monkeypatch.setattr("equipage.foundation.jobs.declare._schedules", {})


@pytest.fixture
def reader():
    return User.objects.create_user("temoin@demo.equipage.invalid", first_name="Témoin", last_name="Un")


@pytest.fixture
def administrator(reader):
    region = Region.objects.create(code="52", name="Pays de la Loire")
    platform = Organisation.objects.create(kind="platform", name="Exploitant", region=region)
    RoleAssignment.objects.create(
        user=reader, role="platform_admin", organisation=platform, valid_from=timezone.localdate() - timedelta(days=1)
    )
    return reader


def test_a_job_enqueued_in_a_transaction_that_fails_never_runs(reader):
    with transaction.atomic():
        jobs.mark.enqueue("perdu")
        transaction.set_rollback(True)
    assert Worker().run_all() == 0
    jobs.mark.enqueue("gardé")
    assert Worker().run_all() == 1
    assert Notice.objects.filter(key="gardé").exists() and not Notice.objects.filter(key="perdu").exists()


def test_a_failing_job_is_tried_as_often_as_declared(reader):
    task = jobs.always_fails.enqueue()
    assert Worker().run_all() == 3
    row = DBTaskResult.objects.get(pk=task.id)
    assert row.status == TaskResultStatus.FAILED and len(row.worker_ids) == 3
    assert "le serveur ne répond pas" in row.traceback and row.exception_class_path == "builtins.ConnectionError"


def test_a_retry_waits(reader):
    task = jobs.gives_up.enqueue()
    row = queue.take("w")
    assert row is not None and queue.settle_failure(row, OSError("x"))
    row = DBTaskResult.objects.get(pk=task.id)
    assert row.status == TaskResultStatus.READY and row.run_after > timezone.now() + timedelta(seconds=5)
    assert queue.take("w") is None


def test_giving_up_fails_at_once(reader):
    task = jobs.gives_up.enqueue()
    assert Worker().run_all() == 1
    assert DBTaskResult.objects.get(pk=task.id).status == TaskResultStatus.FAILED


def test_a_job_whose_code_is_gone_is_a_failed_job(reader):
    task = jobs.mark.enqueue("x")
    DBTaskResult.objects.filter(pk=task.id).update(task_path="equipage.nulle.part")
    assert Worker().run_all() == 1
    assert DBTaskResult.objects.get(pk=task.id).status == TaskResultStatus.FAILED


def test_the_jobs_of_a_dead_worker_are_taken_back_and_of_a_living_one_left(reader):
    queue.beat("vivant", timezone.now(), 60)
    queue.beat("mort", timezone.now(), 60)
    WorkerLease.objects.filter(pk="mort").update(beat_at=timezone.now() - timedelta(seconds=61))
    jobs.mark.enqueue("a")
    jobs.mark.enqueue("b")
    first, second = queue.take("vivant"), queue.take("mort")
    assert first is not None and second is not None
    assert queue.reap() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (TaskResultStatus.RUNNING, TaskResultStatus.READY)
    assert "ne répond plus" in second.traceback


def test_a_worker_thought_dead_does_not_overwrite_its_successor(reader):
    jobs.mark.enqueue("a")
    asleep = queue.take("endormi")
    assert asleep is not None and queue.reap() == 1
    successor = queue.take("suivant")
    assert successor is not None and successor.pk == asleep.pk
    assert queue.settle_success(asleep, "tard") is False
    assert queue.settle_success(successor, "bien") is True
    assert DBTaskResult.objects.get(pk=asleep.pk).return_value == "bien"


def test_a_job_that_kills_its_workers_ends_among_the_failed_ones(reader):
    task = jobs.mark.enqueue("a")
    for _ in range(3):
        assert queue.take("mort") is not None and queue.reap() == 1
    assert DBTaskResult.objects.get(pk=task.id).status == TaskResultStatus.FAILED


def test_each_slot_is_enqueued_once_whatever_the_number_of_nodes(monkeypatch, reader):
    schedule = Schedule("t", jobs.mark.using(priority=1), Every(60))
    monkeypatch.setattr(queue, "schedules", lambda: (schedule,))
    enqueued = []
    monkeypatch.setattr(type(jobs.mark), "enqueue", lambda self, *a, **k: enqueued.append(1))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert queue.enqueue_due(start) == []  # first met: waits for its next slot
    for node in range(3):
        assert queue.enqueue_due(start + timedelta(seconds=60 + node)) == (["t"] if node == 0 else [])
    # Down for an hour: only the latest missed slot.
    assert queue.enqueue_due(start + timedelta(hours=1)) == ["t"]
    assert len(enqueued) == 2 and ScheduledSlot.objects.filter(enqueued=True).count() == 2


def test_upkeep_keeps_what_failed(reader):
    old = timezone.now() - timedelta(days=30)
    done, failed, recent = (jobs.mark.enqueue(key) for key in "abc")
    DBTaskResult.objects.filter(pk=done.id).update(status="SUCCESSFUL", finished_at=old)
    DBTaskResult.objects.filter(pk=failed.id).update(status="FAILED", finished_at=old)
    DBTaskResult.objects.filter(pk=recent.id).update(status="SUCCESSFUL", finished_at=timezone.now())
    assert upkeep.tidy_up.call()["jobs"] == 1
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {
        row.pk for row in DBTaskResult.objects.filter(pk__in=[failed.id, recent.id])
    }


def test_failed_jobs_are_for_platform_administrators(client, reader):
    assert client.get("/plateforme/travaux/").status_code == 302
    client.force_login(reader)
    assert client.get("/plateforme/travaux/").status_code == 404


def test_a_failed_job_is_shown_and_tried_again(client, administrator):
    task = jobs.always_fails.enqueue()
    Worker().run_all()
    client.force_login(administrator)
    page = client.get("/plateforme/travaux/").content.decode()
    assert "le serveur ne répond pas" in page and "jobs_for_tests.always_fails" in page and "Aucun ouvrier" in page
    address = f"/plateforme/travaux/{task.id}/relancer/"
    assert client.get(address).status_code == 302
    assert DBTaskResult.objects.get(pk=task.id).status == TaskResultStatus.FAILED
    assert "remis en file" in client.post(address, follow=True).content.decode()
    row = DBTaskResult.objects.get(pk=task.id)
    assert (row.status, row.worker_ids, row.run_after) == (TaskResultStatus.READY, [], get_date_max())
    assert "rien n" in client.post(address, follow=True).content.decode()
    assert client.post("/plateforme/travaux/00000000-0000-0000-0000-000000000000/relancer/").status_code == 404
