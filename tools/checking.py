"""What `test.py` does: every check in turn, one line each, the whole output of those that fail, one closing line."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import chromium, environment, frontend, locks, processes
from tools.places import PYTHON, ROOT, child_environment
from tools.steps import StepFailed, explain, step


@dataclass(frozen=True)
class Outcome:
    """What a check counted, and its output when something in it failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    output: str = ""


@dataclass(frozen=True)
class Check:
    """One line of the run. `fast` ones belong to the inner loop, `whole` ones to the whole run."""

    title: str
    run: Callable[[Path], Outcome]
    fast: bool = True
    whole: bool = True


class _Failed(Exception):
    """Makes the step's line say « échec »; the outcome is kept beside it."""


def check_everything(*, fast: bool, only: str) -> int:
    """Set up, run every check whatever the former said, print the closing line. Returns the exit code."""
    print("Équipage, vérification" + (" rapide" if fast else ""), flush=True)
    with locks.setting_up():
        environment.ensure(dev=True)
        frontend.ensure()
    outcomes: list[tuple[Check, Outcome]] = []
    with tempfile.TemporaryDirectory(prefix="equipage-checks-") as folder:
        for check in checks():
            if not (check.fast if fast else check.whole) or only.lower() not in check.title.lower():
                continue
            outcomes.append((check, _one(check, Path(folder))))
    return _conclude(outcomes)


def _one(check: Check, folder: Path) -> Outcome:
    outcome = Outcome(failed=1)
    try:
        with step(check.title) as current:
            outcome = check.run(folder)
            if outcome.passed + outcome.failed + outcome.skipped > 1:
                current.note = f"{outcome.passed} réussis, {outcome.failed} échoués, {outcome.skipped} laissés de côté"
            if outcome.failed:
                raise _Failed
    except _Failed:
        print("\n" + outcome.output.rstrip() + "\n", flush=True)
    except StepFailed as problem:
        explain(problem)
        print(flush=True)
    return outcome


def _conclude(outcomes: list[tuple[Check, Outcome]]) -> int:
    passed = sum(outcome.passed for _, outcome in outcomes)
    failed = sum(outcome.failed for _, outcome in outcomes)
    skipped = sum(outcome.skipped for _, outcome in outcomes)
    broken = [check.title for check, outcome in outcomes if outcome.failed]
    if broken:
        print(f"\nÀ corriger\u202f: {', '.join(broken)}.")
    if skipped:
        print(f"\nLaissés de côté\u202f: {skipped}.")
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


# Tests share the cores, and a process that has no more takes from the one that has most left.
_SHARED = ("-n", "auto", "--dist", "worksteal")


def checks() -> list[Check]:
    """Everything, quick things first."""
    return [
        Check("Mise en forme", _tool("ruff", "format", "--check", "--quiet", ".")),
        Check("Règles d’écriture", _tool("ruff", "check", "--quiet", ".")),
        Check("Gabarits", _tool("djlint", "--lint", "--quiet", "equipage")),
        Check("Étages", _code("from importlinter.cli import lint_imports_command; lint_imports_command()")),
        Check("Types Python", _tool("mypy")),
        Check("Types TypeScript", _typescript),
        Check("Migrations", _manage("makemigrations", "--check", "--dry-run")),
        Check("Réglages", _manage("check"), fast=False),
        Check("Règles de droit", _manage("rules", "check")),
        Check("Documents engendrés", _manage("generate_docs", "--check"), fast=False),
        Check("Tests rapides, SQLite", _sqlite("not browser and not slow", *_SHARED), whole=False),
        # One run for quick and slow ones: the databases of its processes are migrated once.
        Check("Tests, SQLite", _sqlite("not browser", *_SHARED), fast=False),
        Check("Tests, PostgreSQL", _postgresql("not browser", *_SHARED), fast=False),
        Check("Navigateur et accessibilité", _browser, fast=False),
    ]


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """No check reads or writes the data of an installation, nor the temporary files of somebody else."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    own = {"EQUIPAGE_VAR": str(folder / "var"), "TMPDIR": str(temporary), "XDG_RUNTIME_DIR": str(temporary)}
    settings = child_environment(**own, **more)
    if "DATABASE_URL" not in more:
        settings.pop("DATABASE_URL", None)
    return settings


def _run(words: list[str | Path], settings: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        cwd=ROOT,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    return done.returncode, done.stdout


def _command(*words: str | Path) -> Callable[[Path], Outcome]:
    """A check that is one command: its exit code is the verdict."""

    def run(folder: Path) -> Outcome:
        code, output = _run(list(words), _environment(folder))
        return Outcome(failed=1, output=output) if code else Outcome(passed=1)

    return run


def _tool(*words: str) -> Callable[[Path], Outcome]:
    return _command(PYTHON, "-m", *words)


def _code(code: str) -> Callable[[Path], Outcome]:
    return _command(PYTHON, "-c", code)


def _manage(*words: str) -> Callable[[Path], Outcome]:
    return _command(PYTHON, "manage.py", *words)


def _typescript(folder: Path) -> Outcome:
    node = frontend.find_node()
    frontend.ensure_modules(node)
    code, output = _run(
        [node.node, ROOT / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit"], node.environment()
    )
    return Outcome(failed=1, output=output) if code else Outcome(passed=1)


def _sqlite(marks: str, *more: str) -> Callable[[Path], Outcome]:
    return lambda folder: _pytest(folder, marks, _environment(folder), *more)


def _postgresql(marks: str, *more: str) -> Callable[[Path], Outcome]:
    """The tests that open the database (tests/strict/engines.py), on a server of their own."""

    def run(folder: Path) -> Outcome:
        with processes.postgresql(folder / "postgresql", child_environment()) as url:
            return _pytest(folder, marks, _environment(folder, DATABASE_URL=url), *more)

    return run


def _browser(folder: Path) -> Outcome:
    """Each file of tests has its own site, in one process."""
    place = chromium.find() or chromium.install()
    settings = _environment(folder, EQUIPAGE_CHROMIUM=place)
    return _pytest(folder, "browser", settings, "-n", "auto", "--dist", "loadfile")


def _pytest(folder: Path, marks: str, settings: dict[str, str], *more: str) -> Outcome:
    """Run pytest and count from its report; a run that dies before its report is one failure."""
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    words: list[str | Path] = [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "-m",
        marks,
        f"--junit-xml={report}",
        "-p",
        "no:cacheprovider",
        *more,
    ]
    code, output = _run(words, settings)
    if not report.exists():
        return Outcome(failed=1, output=output)
    suite = next(ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped"))
    failed = failures + errors
    if code not in {0, 5} and not failed:
        failed = 1  # interrupted, or an error outside any test
    if code == 5:
        return Outcome(failed=1, output=f"Aucun test ne correspond à « {marks} ».")
    return Outcome(max(total - failures - errors - skipped, 0), failed, skipped, output if failed else "")
