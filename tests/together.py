"""Several people at the same moment: threads with their own database connections, released together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Run the calls at the same moment; their results in order. The first exception is raised.

    For tests marked `django_db(transaction=True)`: another connection sees only what is committed.
    """
    start = Barrier(len(calls))

    def play(call: Callable[[], T]) -> T:
        start.wait(10)
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as people:
        return [future.result(60) for future in [people.submit(play, call) for call in calls]]
