"""The failed jobs (travaux en échec): what could not be done, why, and a button to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from equipage.foundation import audit
from equipage.foundation.access import access
from equipage.foundation.documents import scanning
from equipage.foundation.jobs import queue
from equipage.foundation.jobs.models import PLATFORM_ADMIN, WorkerLease
from equipage.foundation.listing import ordering
from equipage.foundation.listing.paging import capped_count, paginate

PER_PAGE = 30


@dataclass(frozen=True)
class FailedJob:
    """A failed job as an administrator reads it: no argument is shown, they may name people."""

    pk: UUID
    name: str
    attempts: int
    failed_at: datetime | None
    reason: str


@access(PLATFORM_ADMIN)
def failed_jobs(request: HttpRequest) -> HttpResponse:
    """Failed jobs, newest first, with the state of the queue, of its workers and of the antivirus."""
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    order = ordering.terms(DBTaskResult, ["-finished_at"])
    page = paginate(failed, order, request.GET, PER_PAGE, lambda: capped_count(failed))
    counts = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    alive = queue.living()
    workers = WorkerLease.objects.visible_to(request.user)
    context = {
        "page": page,
        "jobs": [_shown(row) for row in page.rows],
        "ready": counts.get(TaskResultStatus.READY, 0),
        "running": counts.get(TaskResultStatus.RUNNING, 0),
        "workers": [{"worker": worker, "alive": worker.pk in alive} for worker in workers],
        "scanner": scanning.standing(),
    }
    return render(request, "foundation/jobs/failed.html", context)


@access(PLATFORM_ADMIN, writes=True)
def try_again(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Give a failed job a fresh series of attempts. Twice is once."""
    row = DBTaskResult.objects.filter(pk=job_id).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        if queue.try_again(row.pk):
            audit.record(action="job.try_again", obj=row, actor=request.user, comment=row.task_path)
            messages.success(request, "Le travail est remis en file. Il sera exécuté dans un instant.")
        else:
            messages.info(request, "Ce travail n'était plus en échec\u202f: rien n'a changé.")
    return redirect("foundation:failed_jobs")


def _shown(row: DBTaskResult[..., Any]) -> FailedJob:
    lines = row.traceback.strip().splitlines()
    reason = lines[-1][:300] if lines else row.exception_class_path
    return FailedJob(row.pk, row.task_path, len(row.worker_ids), row.finished_at, reason)
