"""Whose hours meet, among five million presences: one declaration of eight people, searched by person and day."""

from __future__ import annotations

import json
import subprocess

from tools.figures import POSTGRESQL, SQLITE, Context, Figure
from tools.places import PYTHON, ROOT

NAME = "overlaps"
SMALL, LARGE = 50_000, 5_000_000


def run(context: Context) -> list[Figure]:
    """Both engines; the floor reads the same eight people by their key. The growth says whether size matters."""
    figures = []
    for engine in (SQLITE, POSTGRESQL):
        small, large = (_measure(context, context.database(engine), size) for size in (SMALL, LARGE))
        figures += [
            Figure(
                f"{engine} : chevauchements de 8 personnes parmi 5 000 000 de présences, médiane",
                large["median"],
                "ms",
                large["floor"],
                "lire 8 personnes par leur clé",
                note=f"parmi 50 000 : {small['median']:.2f} ms ; {large['found']:.0f} trouvés en 500 recherches",
            ),
            Figure(f"{engine} : la même, p95", large["p95"], "ms", large["floor"], "lire 8 personnes par leur clé"),
        ]
    return figures


def _measure(context: Context, url: str, size: int) -> dict[str, float]:
    done = subprocess.run(
        [str(PYTHON), "-m", "benchmarks.overlaps_world", str(size)],
        check=False,
        cwd=ROOT,
        env=context.environment(url, DJANGO_SETTINGS_MODULE="equipage.settings"),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return {str(name): float(value) for name, value in json.loads(done.stdout).items()}
