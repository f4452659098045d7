"""Real processes that start in a moment: forked from one that has already loaded everything.

Each opens a connection of its own, since one is never shared between processes. Used by programs, not inside pytest.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import django
from django.db import connections
from django.urls import reverse

KILLED = "killed"


def load() -> None:
    """Everything a web process has loaded before its first request; else each fork would, holding locks meanwhile."""
    django.setup()
    reverse("web:home")


class Fork:
    """One call in a process of its own; it waits until the descriptor `gate` is closed everywhere else."""

    def __init__(self, call: Callable[[], Any], gate: tuple[int, int] | None = None) -> None:
        connections.close_all()
        sys.stdout.flush()
        self._answer, answer = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(answer)
            return
        try:
            if gate is not None:
                os.close(gate[1])
                os.read(gate[0], 1)
            os.write(answer, json.dumps(call()).encode())
            connections.close_all()
        except BaseException:  # noqa: BLE001 (whatever it was, this process ends here and says it)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def result(self) -> Any:
        """What the call returned; KILLED when the process was. Raises RuntimeError when it failed otherwise."""
        said = b""
        while more := os.read(self._answer, 65536):
            said += more
        os.close(self._answer)
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return KILLED
        if status:
            raise RuntimeError(f"A process ended with {status}.")
        return json.loads(said)


def alone(call: Callable[[], Any]) -> Any:
    """The call in a new process."""
    return Fork(call).result()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Every call in a process of its own, all released at the same moment; their results in order."""
    gate = os.pipe()
    forks = [Fork(call, gate) for call in calls]
    os.close(gate[0])
    os.close(gate[1])
    return [fork.result() for fork in forks]
