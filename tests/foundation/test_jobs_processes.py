"""Real workers in real processes, killed for real, on both databases."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.installations import KINDS, ROOT, Installation, database_of

PATIENCE = 60

pytestmark = pytest.mark.slow

PREPARE = """
from equipage.people.models import User
User.objects.create_user("temoin@demo.equipage.invalid", first_name="Témoin", last_name="Un")
"""
LOOK = """
import json
from django_tasks_db.models import DBTaskResult
from equipage.foundation.jobs.models import ScheduledSlot, WorkerLease
from equipage.messaging.models import Notice
print(json.dumps({
    "keys": sorted(Notice.objects.values_list("key", flat=True)),
    "jobs": [[r.task_path.rsplit(".", 1)[1], r.status, len(r.worker_ids)] for r in DBTaskResult.objects.all()],
    "slots": ScheduledSlot.objects.filter(enqueued=True, name__endswith=".each_second").count(),
    "leases": WorkerLease.objects.count(),
}))
"""


class Workers(Installation):
    """The same, with workers that write to logs."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database)
        self.workers: list[subprocess.Popen[bytes]] = []

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.shell(LOOK).strip().splitlines()[-1])
        return found

    def worker(self) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        command = [sys.executable, "manage.py", "worker", "--interval", "0.1", "--lease", "2"]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        log.close()
        self.workers.append(process)
        return process

    def until(self, fulfilled: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while not fulfilled(seen := self.look()):
            assert time.monotonic() < end, f"{seen}\n{self.logs()}"
        return seen

    def logs(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("worker-*.log")))

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


@pytest.fixture(params=KINDS)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workers]:
    with database_of(request.param, tmp_path) as database:
        made = Workers(tmp_path, database)
        try:
            made.manage("migrate", "-v", "0")
            made.shell(PREPARE)
            yield made
        finally:
            made.close()


def test_workers_killed_and_stopped_lose_and_repeat_nothing(installation: Workers) -> None:
    """One story, since each installation takes long to make: kill -9, two workers at once, SIGTERM."""
    enqueue = "from tests.foundation.jobs_for_tests import mark, mark_slowly_at_first\n"

    # A worker is killed in the middle of a job: another one takes the job back and ends it, once.
    installation.shell(enqueue + "mark_slowly_at_first.enqueue('tué', 300)")
    victim = installation.worker()
    installation.until(lambda seen: "tué:attempt 1" in seen["keys"])
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    first = installation.worker()
    seen = installation.until(lambda seen: "tué" in seen["keys"])
    assert "tué:attempt 2" in seen["keys"] and "tué:attempt 3" not in seen["keys"]
    assert ["mark_slowly_at_first", "SUCCESSFUL", 2] in installation.until(
        lambda seen: all(status != "RUNNING" for _, status, _ in seen["jobs"])
    )["jobs"]

    # Two workers share sixty jobs: each is run once, and they never take one slot of the schedule twice.
    second = installation.worker()
    installation.shell(enqueue + "for n in range(60): mark.enqueue(f'n{n}')")
    seen = installation.until(
        lambda seen: sum(name == "mark" and s == "SUCCESSFUL" for name, s, _ in seen["jobs"]) == 60
    )
    assert all(tries == 1 for name, _, tries in seen["jobs"] if name == "mark")

    # Told to stop, a worker ends the job in hand, gives its lease back and says goodbye.
    installation.shell(enqueue + "mark_slowly_at_first.enqueue('fini', 3)")
    installation.until(lambda seen: "fini:attempt 1" in seen["keys"])
    for worker in (first, second):
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=30) for worker in (first, second)] == [0, 0], installation.logs()
    seen = installation.look()
    assert "fini" in seen["keys"] and ["mark_slowly_at_first", "SUCCESSFUL", 1] in seen["jobs"]
    assert seen["leases"] == 1  # the victim's, kept as a sign that it died
    assert not [job for job in seen["jobs"] if job[1] == "FAILED"], installation.logs()
    assert sum(name == "each_second" for name, _, _ in seen["jobs"]) == seen["slots"] > 0
