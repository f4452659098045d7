"""Steps on the screen: what is being done, how long it took, and what to do when it fails."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.places import ROOT, child_environment

NARROW = "\u202f"
LAST_LINES = 25


class StepFailed(Exception):
    """A step failed: `what` happened, the last `lines` of its output, and the `advice` for mending it."""

    def __init__(self, what: str, advice: str, lines: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.lines = list(lines)


def duration(seconds: float) -> str:
    """« 0,4 s », « 12 s », « 1 min 05 s »."""
    if seconds < 9.95:
        return f"{seconds:.1f}".replace(".", ",") + f"{NARROW}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{NARROW}s"
    return f"{whole // 60}{NARROW}min {whole % 60:02d}{NARROW}s"


class Step:
    """One line on the screen; `note` is added at its end."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.started = time.monotonic()

    def elapsed(self) -> str:
        """Time since the beginning, in French."""
        return duration(time.monotonic() - self.started)


@contextmanager
def step(title: str, width: int = 34) -> Iterator[Step]:
    """Show `title…`, then its duration when it is over; a terminal sees the seconds pass."""
    current = Step(title)
    label = f"  {title}… ".ljust(width)
    over = threading.Event()
    ticker = threading.Thread(target=_tick, args=(label, current, over), daemon=True)
    print(label, end="", flush=True)
    if sys.stdout.isatty():
        ticker.start()
    try:
        yield current
    except BaseException as problem:
        _finish(label, current, over, ticker, _ended_badly(current, problem))
        raise
    _finish(label, current, over, ticker, current.elapsed())


def _ended_badly(current: Step, problem: BaseException) -> str:
    return ("échec" if isinstance(problem, Exception) else "interrompu") + f" après {current.elapsed()}"


def _tick(label: str, current: Step, over: threading.Event) -> None:
    while not over.wait(1.0):
        print(f"\r{label}{current.elapsed()} ", end="", flush=True)


def _finish(label: str, current: Step, over: threading.Event, ticker: threading.Thread, verdict: str) -> None:
    over.set()
    if ticker.is_alive():
        ticker.join()
        print(f"\r{label}", end="")
    note = f"  ({current.note})" if current.note else ""
    print(f"{verdict}{note}        " if sys.stdout.isatty() else f"{verdict}{note}", flush=True)


def last_lines(text: str, count: int = LAST_LINES) -> list[str]:
    """The end of an output, without the blank lines that close it."""
    return text.rstrip().splitlines()[-count:]


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    advice: str,
    environment: dict[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Run quietly from the root of the project and return the output; raise StepFailed with its end."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environment or child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
        )
    except FileNotFoundError as missing:
        raise StepFailed(what, advice, [f"commande introuvable : {missing.filename}"]) from missing
    except subprocess.TimeoutExpired as late:
        raise StepFailed(what, advice, [f"sans réponse après {duration(late.timeout)} : {words[0]}"]) from late
    if done.returncode != 0:
        raise StepFailed(what, advice, [*last_lines(done.stdout), f"(code de sortie {done.returncode})"])
    return done.stdout


def explain(problem: StepFailed) -> None:
    """Print a failure: what, the end of the output, what to do."""
    print(f"\n✗ {problem.what}", file=sys.stderr)
    for line in problem.lines:
        print(f"    {line}", file=sys.stderr)
    print(f"→ {problem.advice}", file=sys.stderr, flush=True)
