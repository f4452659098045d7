"""Where things are, and which environment variables the three scripts hand to their children."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
NODE_MODULES = ROOT / "node_modules"
DIST = ROOT / "equipage" / "web" / "static" / "dist"


def var() -> Path:
    """The data folder: EQUIPAGE_VAR, else `var/` beside the code (same rule as equipage.environment)."""
    return ROOT / os.environ.get("EQUIPAGE_VAR", "var")


def fingerprint(files: Iterable[Path]) -> str:
    """A hash of names and contents, so that a step is done again only when what it reads has changed."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def child_environment(**more: str) -> dict[str, str]:
    """The environment of every child: this one, the project's settings, no Python variable of another place."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    environment["DJANGO_SETTINGS_MODULE"] = "equipage.settings"
    environment["PYTHONUTF8"] = "1"
    environment["EQUIPAGE_VAR"] = str(var())  # absolute: a child may stand in another folder
    environment.update(more)
    return environment
