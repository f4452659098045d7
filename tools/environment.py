"""Makes `.venv` and installs the pinned packages, on a machine that has Python 3.11 and little else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.places import PYTHON, ROOT, VENV, fingerprint
from tools.steps import StepFailed, run, step

OLDEST_PYTHON = (3, 11)
STAMP = VENV / "equipage-installed.json"
BASE = ROOT / "requirements" / "base.txt"
DEV = ROOT / "requirements" / "dev.txt"


def ensure(*, dev: bool = False) -> None:
    """Make the environment and install what changed. Raises StepFailed."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise StepFailed(
            f"Équipage demande Python 3.11 ou plus récent\u202f; celui-ci est {found}.",
            "Sur Debian 12\u202f: sudo apt install python3, puis recommencez avec python3.",
        )
    wanted = DEV if dev else BASE
    with step("Environnement Python") as current:
        current.note = "" if _sound() else _make()
    with step("Paquets Python") as current:
        if _installed().get(wanted.name) == fingerprint([wanted]):
            current.note = "à jour"
        else:
            current.note = _install(wanted)


def _sound() -> bool:
    """Does `.venv` hold a Python that starts and is recent enough?"""
    if not PYTHON.exists():
        return False
    test = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    return subprocess.run([str(PYTHON), "-I", "-c", test], capture_output=True).returncode == 0


def _installed() -> dict[str, str]:
    if not STAMP.exists():
        return {}
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return {}  # cut short by a full disk or a power cut: install again
    return stamp


def _uv() -> str | None:
    """uv, when it is there and really starts (a version manager may leave a shim that does not)."""
    found = shutil.which("uv")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return found
    return None


def _first_that_works(ways: list[tuple[str, Callable[[], object]]], what: str, advice: str) -> str:
    """Try the ways in order; the name of the first that works, or StepFailed with what each one said."""
    lines: list[str] = []
    for name, way in ways:
        try:
            way()
        except StepFailed as failure:
            lines += [f"{name} :", *(f"  {line}" for line in failure.lines[-12:])]
        else:
            return name
    raise StepFailed(what, advice, lines)


def _make() -> str:
    """Create `.venv`: with uv, with venv, or with venv without pip (bare Debian has no ensurepip)."""
    if VENV.exists():
        shutil.rmtree(VENV)

    def make(*command: str | Path) -> Callable[[], object]:
        def way() -> None:
            if VENV.exists():
                shutil.rmtree(VENV)  # what a failed way left behind
            run(command, what="", advice="")

        return way

    ways: list[tuple[str, Callable[[], object]]] = []
    if uv := _uv():
        ways.append(("uv", make(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, VENV)))
    ways.append(("venv", make(sys.executable, "-m", "venv", VENV)))
    ways.append(("venv sans pip", make(sys.executable, "-m", "venv", "--without-pip", VENV)))
    return _first_that_works(
        ways,
        f"L’environnement Python n’a pas pu être créé dans {VENV}.",
        "Vérifiez que vous pouvez écrire dans ce dossier et qu’il reste de la place\u202f; "
        "sur Debian\u202f: sudo apt install python3-venv, puis recommencez.",
    )


def _install(wanted: Path) -> str:
    """Install the pinned packages, each checked against its hash."""
    pinned: list[str | Path] = ["--require-hashes", "-r", wanted]
    ways: list[tuple[str, Callable[[], object]]] = []
    if uv := _uv():
        ways.append(("uv", lambda: run([uv, "pip", "install", "-q", "--python", PYTHON, *pinned], what="", advice="")))
    quiet = ["install", "-q", "--disable-pip-version-check", "--no-input"]
    ways.append(("pip", lambda: run([PYTHON, "-m", "pip", *quiet, *pinned], what="", advice="")))
    outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    ways.append(("pip du système", lambda: run([*outer, *quiet, *pinned], what="", advice="")))

    def give_it_pip() -> None:  # python3-venv was added after .venv had been made without it
        run([PYTHON, "-m", "ensurepip"], what="", advice="")
        run([PYTHON, "-m", "pip", *quiet, *pinned], what="", advice="")

    ways.append(("ensurepip", give_it_pip))
    name = _first_that_works(
        ways,
        "Les paquets Python n’ont pas pu être installés.",
        "Vérifiez l’accès à l’index de paquets Python (réseau, mandataire) puis recommencez\u202f: "
        "ce qui est déjà fait ne sera pas refait. Sans pip\u202f: sudo apt install python3-venv python3-pip.",
    )
    stamp = _installed() | {wanted.name: fingerprint([wanted])}
    if wanted == DEV:
        stamp[BASE.name] = fingerprint([BASE])  # dev.txt holds all of base.txt; tests/tooling checks it
    _write(STAMP, json.dumps(stamp))
    return name


def _write(place: Path, text: str) -> None:
    """Write whole or not at all."""
    temporary = place.with_suffix(f".{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(place)
