"""What `bench.py` does: set up, then run the scenarios inside `.venv`."""

from __future__ import annotations

import subprocess
import sys

from tools import environment, frontend, locks
from tools.places import PYTHON, ROOT, child_environment


def measure(name: str, *, as_json: bool, only_list: bool, lines: int = 0) -> int:
    """Set up like test.py (PostgreSQL comes with its packages) and hand over to the environment's Python."""
    words = [str(PYTHON), "-m", "tools.inside.scenarios", name or "*"]
    words += ["--json"] * as_json + ["--list"] * only_list + [f"--lines={lines}"] * bool(lines)
    if as_json:
        sys.stdout, kept = sys.stderr, sys.stdout  # only the figures on standard output
    with locks.setting_up():
        environment.ensure(dev=True)
        frontend.ensure()
    if as_json:
        sys.stdout = kept
    sys.stdout.flush()
    return subprocess.run(words, check=False, cwd=ROOT, env=child_environment()).returncode
