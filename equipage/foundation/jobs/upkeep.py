"""The jobs that keep the queue itself small."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from equipage.foundation.jobs.declare import every, job
from equipage.foundation.jobs.models import ScheduledSlot, WorkerLease
from equipage.foundation.jobs.slots import Daily

KEPT_JOBS = timedelta(days=14)
KEPT_SLOTS = timedelta(days=400)
KEPT_WORKERS = timedelta(days=7)


@every(Daily(time(3, 40)))
@job(max_attempts=3)
def tidy_up() -> dict[str, int]:
    """Delete finished jobs after two weeks, old slots and dead workers. Failed jobs stay until somebody decides."""
    now = timezone.now()
    done = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEPT_JOBS)
    return {
        "jobs": done.delete()[0],
        "slots": ScheduledSlot.objects.filter(slot__lt=now - KEPT_SLOTS).delete()[0],
        "workers": WorkerLease.objects.filter(beat_at__lt=now - KEPT_WORKERS).delete()[0],
    }
