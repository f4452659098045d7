"""Lock files: the kernel frees them when their owner dies, whatever killed it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tools.places import ROOT, var
from tools.steps import StepFailed

PATIENCE = 900.0


def _hold(place: Path) -> IO[str] | None:
    """The open and locked file, or None when somebody else holds it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    file = place.open("a+", encoding="utf-8")  # the caller closes it, and so frees the lock
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def setting_up() -> Iterator[None]:
    """Only one start at a time prepares `.venv`, the front end and the database; the others wait."""
    place = ROOT / "var" / "setup.lock"
    file = _hold(place)
    if file is None:
        print("  Un autre lancement prépare l’application\u202f: attente…", flush=True)
        limit = time.monotonic() + PATIENCE
        while file is None:
            if time.monotonic() > limit:
                raise StepFailed(
                    "Un autre lancement prépare l’application depuis plus d’un quart d’heure.",
                    "Arrêtez-le (Ctrl-C dans son terminal), puis recommencez.",
                )
            time.sleep(0.3)
            file = _hold(place)
    with file:
        yield


@contextmanager
def running(address: str) -> Iterator[None]:
    """One server per data folder. Raises StepFailed that says where the other one answers."""
    place = var() / "run.lock"
    file = _hold(place)
    if file is None:
        other = place.read_text(encoding="utf-8").strip() or "un autre processus"
        raise StepFailed(
            f"Équipage tourne déjà avec ce dossier de données\u202f: {other}.",
            "Ouvrez cette adresse, ou arrêtez l’autre lancement (Ctrl-C dans son terminal). "
            "Pour en tenir deux, donnez au second un autre dossier\u202f: "
            "EQUIPAGE_VAR=/tmp/equipage2 python3 run.py --port 8001",
        )
    with file:
        file.truncate(0)
        file.write(f"{address} (processus {os.getpid()})\n")
        file.flush()
        yield
