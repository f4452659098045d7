"""Finds a Chromium that starts, or installs one by whichever way works."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools.places import PYTHON, child_environment
from tools.steps import StepFailed, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 600.0


def find() -> str | None:
    """EQUIPAGE_CHROMIUM, a Chromium of the machine, or the one Playwright downloaded; None when none starts."""
    candidates = [os.environ.get("EQUIPAGE_CHROMIUM"), *map(shutil.which, NAMES)]
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    candidates += [str(place) for place in sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)]
    return next((place for place in candidates if place and _starts(place)), None)


def _starts(place: str) -> bool:
    """A browser that lacks a system library is there and yet of no use: ask it for its version."""
    try:
        done = subprocess.run([place, "--version", "--no-sandbox"], check=False, capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> str:
    """Install with apt as root, else with Playwright; the place. Raises StepFailed with what each way said."""
    apt = child_environment(DEBIAN_FRONTEND="noninteractive")
    ways: list[list[list[str | Path]]] = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append([["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]])
    ways.append([[PYTHON, "-m", "playwright", "install", "chromium"]])
    said: list[str] = []
    for way in ways:
        try:
            for command in way:
                run(command, what="", advice="", environment=apt, timeout=PATIENCE)
        except StepFailed as failure:
            said += [f"{way[-1][0]} :", *failure.lines[-8:]]
        if found := find():
            return found
    raise StepFailed(
        "Aucun Chromium ne démarre sur cette machine, et aucun n’a pu être installé.",
        "Installez-le (Debian\u202f: sudo apt install chromium) ou donnez son chemin dans EQUIPAGE_CHROMIUM.",
        said,
    )
