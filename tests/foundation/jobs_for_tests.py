"""Jobs that real workers run in the tests. They write notices, the only proof that another process can read."""

from __future__ import annotations

import time

from django.contrib.auth import get_user_model

from equipage.foundation.jobs import Every, GiveUp, every, job
from equipage.messaging.models import Notice


def leave_a_mark(key: str) -> None:
    """One row whose key is unique: running a job twice would break the constraint, unless it looks first."""
    reader = get_user_model().objects.get(email="temoin@demo.equipage.invalid")
    Notice.objects.create(recipient=reader, kind="mark", subject=key, body="", key=key)


@job(max_attempts=3, backoff=(0, 0))
def mark(key: str) -> str:
    leave_a_mark(key)
    return key


@job(max_attempts=3, backoff=(1,))
def mark_slowly_at_first(key: str, seconds: float) -> None:
    """Takes long on its first attempt only; idempotent by its key, as jobs must be."""
    attempts = Notice.objects.filter(key__startswith=f"{key}:attempt").count()
    leave_a_mark(f"{key}:attempt {attempts + 1}")
    if attempts == 0:
        time.sleep(seconds)
    if not Notice.objects.filter(key=key).exists():
        leave_a_mark(key)


@job(max_attempts=3, backoff=(0, 0))
def always_fails() -> None:
    raise ConnectionError("le serveur ne répond pas")


@job(max_attempts=5)
def gives_up() -> None:
    raise GiveUp("rien à faire")


@every(Every(1))
@job()
def each_second() -> None:
    pass
