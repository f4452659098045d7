"""The queue itself: take a job, settle it, take back the jobs of dead workers, take the slots that are due."""

from __future__ import annotations

import logging
import os
import socket
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from django_tasks_db.utils import exclusive_transaction

from equipage.foundation.jobs.declare import GiveUp, Schedule, retry_of, schedules
from equipage.foundation.jobs.models import ScheduledSlot, WorkerLease

logger = logging.getLogger("equipage.jobs")

WORKER_DIED = "equipage.foundation.jobs.queue.WorkerDied"


class WorkerDied(Exception):
    """The worker that ran the job stopped without a word (killed, power cut)."""


def take(worker_id: str) -> DBTaskResult[..., Any] | None:
    """Take the next ready job for `worker_id`, or None. No two workers take the same one."""
    ready = DBTaskResult.objects.ready().filter(backend_name="default")
    # Asking first without a lock keeps idle workers from holding SQLite's single write lock every second.
    if not ready.exists():
        return None
    with exclusive_transaction():
        row = ready.get_locked()
        if row is not None:
            row.claim(worker_id)
    return row


def run(row: DBTaskResult[..., Any]) -> None:
    """Run a taken job and settle it. Only what is no job failure (the process being stopped) goes through."""
    try:
        declared, call = row.task, row.task_result
        value = declared.call(*call.args, **call.kwargs)
        settle_success(row, value)
    except Exception as failure:  # noqa: BLE001  (whatever a job raises is its failure, kept with its trace)
        logger.warning("Le travail %s a échoué (essai %s) : %s", row.task_path, len(row.worker_ids), failure)
        settle_failure(row, failure)


def settle_success(row: DBTaskResult[..., Any], value: Any) -> bool:
    """Write the result. False when the job was meanwhile given to another worker, whose result counts."""
    return _settle(row, status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now(), return_value=value)


def settle_failure(row: DBTaskResult[..., Any], failure: BaseException) -> bool:
    """Put the job back with a later start, or among the failed ones after its last attempt."""
    known = {
        "exception_class_path": f"{type(failure).__module__}.{type(failure).__qualname__}",
        "traceback": "".join(format_exception(failure)),
    }
    retry, attempts = retry_of(row.task_path), len(row.worker_ids)
    if isinstance(failure, GiveUp) or attempts >= retry.max_attempts:
        return _settle(row, status=TaskResultStatus.FAILED, finished_at=timezone.now(), **known)
    later = timezone.now() + retry.delay(attempts)
    return _settle(row, status=TaskResultStatus.READY, run_after=later, **known)


def _settle(row: DBTaskResult[..., Any], **changes: Any) -> bool:
    """One conditional update: a worker that was thought dead and wakes up does not overwrite its successor."""
    mine = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
    return bool(mine.update(**changes))


def beat(worker_id: str, started_at: datetime, lease_seconds: int) -> None:
    """Say that this worker is alive. The database's clock is the only clock, so nodes need not agree on the time."""
    changed = WorkerLease.objects.filter(pk=worker_id).update(beat_at=Now())
    if not changed:
        WorkerLease.objects.create(
            worker_id=worker_id,
            host=socket.gethostname()[:255],
            pid=os.getpid(),
            started_at=started_at,
            beat_at=Now(),
            lease_seconds=lease_seconds,
        )


def leave(worker_id: str) -> None:
    """A worker that stops in good order gives its lease back."""
    WorkerLease.objects.filter(pk=worker_id).delete()


def living() -> set[str]:
    """The workers whose lease still runs."""
    # Added up here rather than in SQL: the two databases multiply durations differently, and workers are few.
    leases = WorkerLease.objects.annotate(clock=Now()).values_list("worker_id", "beat_at", "lease_seconds", "clock")
    return {worker for worker, beat_at, seconds, clock in leases if beat_at + timedelta(seconds=seconds) >= clock}


def reap() -> int:
    """Take back the running jobs of workers that are no more. Returns how many jobs were taken back."""
    running = list(DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).order_by("started_at", "pk"))
    if not running:
        return 0
    # Read after the running rows: a worker beats before it takes, so a job seen here has its lease seen too.
    alive = living()
    taken_back = 0
    for row in running:
        worker = row.worker_ids[-1] if row.worker_ids else ""
        if worker not in alive and settle_failure(row, WorkerDied(f"L'ouvrier {worker} ne répond plus.")):
            logger.warning("Travail repris à l'ouvrier disparu %s : %s", worker, row.task_path)
            taken_back += 1
    return taken_back


def enqueue_due(now: datetime | None = None) -> list[str]:
    """Put in the queue each scheduled job whose slot is due and not taken yet. Returns their names."""
    moment = now or timezone.now()
    return [schedule.name for schedule in schedules() if _take_slot(schedule, moment)]


def _take_slot(schedule: Schedule, now: datetime) -> bool:
    slot = schedule.cadence.latest(now)
    taken = ScheduledSlot.objects.filter(name=schedule.name)
    if taken.filter(slot__gte=slot).exists():
        return False
    first_met = not taken.exists()
    with transaction.atomic():
        _, mine = ScheduledSlot.objects.get_or_create(
            name=schedule.name, slot=slot, defaults={"enqueued": not first_met}
        )
        if mine and not first_met:
            schedule.job.enqueue()
    return mine and not first_met


def try_again(task_id: Any) -> bool:
    """Give a failed job a fresh series of attempts. False when it is no longer among the failed ones."""
    failed = DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.FAILED)
    return bool(failed.update(status=TaskResultStatus.READY, run_after=get_date_max(), worker_ids=[], finished_at=None))
