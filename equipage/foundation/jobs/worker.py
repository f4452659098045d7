"""A worker (ouvrier): one thread runs jobs, another keeps the lease, takes back orphans and follows the schedule."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone

from equipage.foundation.jobs import queue

logger = logging.getLogger("equipage.jobs")

LEASE_SECONDS = 60


class Worker:
    """Runs jobs until `stop` is set. `lease_seconds` is how long its silence is taken for life."""

    def __init__(self, *, interval: float = 1.0, lease_seconds: int = LEASE_SECONDS) -> None:
        self.worker_id = uuid.uuid4().hex
        self.interval = interval
        self.lease_seconds = lease_seconds
        self.started_at: datetime = timezone.now()
        self.stop = threading.Event()

    def run(self) -> None:
        """Work until told to stop; the job in hand is finished first."""
        self._keep()
        keeper = threading.Thread(target=self._keeper, name="equipage-keeper", daemon=True)
        keeper.start()
        try:
            while not self.stop.is_set():
                if not self._guarded(self._one_job):
                    self.stop.wait(self.interval)
        finally:
            self.stop.set()
            keeper.join(timeout=self.lease_seconds)
            self._guarded(self._leave)

    def run_all(self) -> int:
        """Run what is ready now, then return how many jobs were run."""
        self._keep()
        count = 0
        try:
            while not self.stop.is_set() and self._one_job():
                count += 1
        finally:
            queue.leave(self.worker_id)
        return count

    def _one_job(self) -> bool:
        row = queue.take(self.worker_id)
        if row is None:
            return False
        queue.run(row)
        return True

    def _keep(self) -> bool:
        queue.beat(self.worker_id, self.started_at, self.lease_seconds)
        queue.reap()
        queue.enqueue_due()
        return True

    def _leave(self) -> bool:
        queue.leave(self.worker_id)
        return True

    def _keeper(self) -> None:
        try:
            while not self.stop.wait(min(self.lease_seconds / 4, 5.0)):
                self._guarded(self._keep)
        finally:
            connections.close_all()

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """A database that is away for a moment is no reason to die: say it, drop the connection, go on."""
        try:
            close_old_connections()
            return step()
        except (DatabaseError, InterfaceError):
            logger.exception("La base de données ne répond pas comme prévu ; nouvel essai dans un instant.")
            connections.close_all()
            return False
