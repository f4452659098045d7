"""The monthly run of a large association: 6 000 lines for 2 000 people computed, filed and written in the books."""

from __future__ import annotations

import json
import subprocess

from tools.figures import POSTGRESQL, SQLITE, Context, Figure
from tools.places import PYTHON, ROOT

NAME = "monthly_run"
TARGET_SECONDS = 10.0
PEOPLE, LINES_EACH = 2000, 3
PARTS = {
    "compute": "calcul de 6 000 lignes (tarif, enveloppe, explication)",
    "preview": "aperçu en trois piles",
    "decide": "décision commune pour 2 000 premiers versements",
    "prepare": "préparation (lignes réservées, 2 000 virements)",
    "approve": "approbation (fichier bancaire, relevés, écritures)",
    "check": "contrôle des totaux au centime",
}


def run(context: Context) -> list[Figure]:
    """Both engines, each in a process of its own; the floor writes and sums as many bare rows."""
    figures = []
    for engine in (SQLITE, POSTGRESQL):
        seconds = played(context, context.database(engine), PEOPLE, LINES_EACH)
        figures += [Figure(f"{engine} : {label}", seconds[name], "s") for name, label in PARTS.items()]
        figures.append(
            Figure(
                f"{engine} : calculée, préparée, approuvée",
                seconds["compute"] + seconds["prepare"] + seconds["approve"],
                "s",
                floor=seconds["floor"],
                floor_name="écrire et sommer 6 000 lignes nues",
                target=TARGET_SECONDS,
                note=f"dont {seconds['processor']:.1f} s de processeur pour Équipage, aperçu compris ; "
                "les PDF des relevés sont composés ensuite, par un travail de fond",
            )
        )
    return figures


def played(context: Context, url: str, people: int, lines_each: int) -> dict[str, float]:
    """The world written by one process, the month played by another."""
    who = _program(context, url, "build", people, lines_each)
    return _program(context, url, "measure", int(who["officer"]), int(who["treasurer"]), people * lines_each)


def _program(context: Context, url: str, *words: str | int) -> dict[str, float]:
    done = subprocess.run(
        [str(PYTHON), "-m", "benchmarks.monthly_world", *map(str, words)],
        check=False,
        cwd=ROOT,
        env=context.environment(url, DJANGO_SETTINGS_MODULE="equipage.settings"),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return {str(name): float(value) for name, value in json.loads(done.stdout).items()}
