"""How a job is declared: its function, how often it is tried, and when it is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task

from equipage.foundation.jobs.slots import Cadence

P = ParamSpec("P")
T = TypeVar("T")

Job = Task

# Seconds before the second, third... attempt; the last one repeats.
DEFAULT_BACKOFF = (10, 60, 300, 1800)


class GiveUp(Exception):
    """A job raises it when trying again cannot help: the job goes straight to the failed jobs, with this reason."""


@dataclass(frozen=True)
class Retry:
    """How a job is tried again (reprise): at most `max_attempts` runs, a worker's death included."""

    max_attempts: int
    backoff: tuple[int, ...]

    def delay(self, attempts: int) -> timedelta:
        """The pause after `attempts` runs (at least one)."""
        return timedelta(seconds=self.backoff[min(attempts, len(self.backoff)) - 1])


@dataclass(frozen=True)
class Schedule:
    """A job and its cadence. `name` is the dotted path of the job."""

    name: str
    job: Task[..., Any]
    cadence: Cadence


NEVER = Retry(1, DEFAULT_BACKOFF)
_retries: dict[str, Retry] = {}
_schedules: dict[str, Schedule] = {}


def job(
    *, max_attempts: int = 5, backoff: Sequence[int] = DEFAULT_BACKOFF, priority: int = 0
) -> Callable[[Callable[P, T]], Task[P, T]]:
    """Declare a background job. Arguments and result are JSON values; `priority` goes from -100 to 100.

    `backoff` gives the seconds to wait after each failed attempt. Enqueue with `the_job.enqueue(...)`.
    """
    if max_attempts < 1 or not backoff or min(backoff) < 0:
        raise ValueError("Un travail se tente au moins une fois, avec des attentes positives.")

    def declare(function: Callable[P, T]) -> Task[P, T]:
        declared: Task[P, T] = task(priority=priority)(function)
        _retries[declared.module_path] = Retry(max_attempts, tuple(backoff))
        return declared

    return declare


def every(cadence: Cadence) -> Callable[[Task[P, T]], Task[P, T]]:
    """Run a job, declared just below without arguments, at each slot of `cadence`.

    A schedule first met starts at its next slot; after an interruption only the latest missed slot is run.
    """

    def declare(declared: Task[P, T]) -> Task[P, T]:
        name = declared.module_path
        if name in _schedules:
            raise ValueError(f"Le travail {name} est planifié deux fois.")
        _schedules[name] = Schedule(name, declared, cadence)
        return declared

    return declare


def retry_of(task_path: str) -> Retry:
    """How the job of that path is tried again; a task declared without `@job`, or gone, is tried once."""
    if task_path not in _retries:
        # Whoever takes a job back may not have met its module yet.
        with suppress(ImportError):
            import_string(task_path)
    return _retries.get(task_path, NEVER)


def schedules() -> tuple[Schedule, ...]:
    """All declared schedules."""
    return tuple(_schedules.values())


def declared_jobs() -> dict[str, Retry]:
    """How each declared job is tried again, by its dotted path."""
    return dict(_retries)
