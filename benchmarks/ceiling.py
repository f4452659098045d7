"""Fifty processes validate at the same moment under one envelope and one credit: how many a second, none above.

The floor is as many bare `UPDATE … WHERE` on one counter, by as many processes: what a ceiling costs at the least.
"""

from __future__ import annotations

import json
import subprocess

from tools.figures import POSTGRESQL, SQLITE, Context, Figure
from tools.places import PYTHON, ROOT

NAME = "ceiling"


def run(context: Context) -> list[Figure]:
    """Both engines; stops when a ceiling is passed by a cent, or when rows, lines and commitments differ."""
    figures = []
    for engine in (SQLITE, POSTGRESQL):
        done = subprocess.run(
            [str(PYTHON), "-m", "benchmarks.ceiling_world"],
            check=False,
            cwd=ROOT,
            env=context.environment(context.database(engine), DJANGO_SETTINGS_MODULE="equipage.settings"),
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        found = json.loads(done.stdout)
        figures.append(
            Figure(
                f"{engine} : {found['processes']} processus, {found['validations']} validations",
                found["rate"],
                "par s",
                found["bare_rate"],
                "UPDATE nu",
                more_is_better=True,
                note=f"la plus lente {found['slowest']:.1f} s ; aucun plafond dépassé",
            )
        )
    return figures
