"""The monthly run of a large association: 6 000 lines for 2 000 people computed, filed and written in the books."""

from __future__ import annotations

import json
import subprocess

from tools.figures import POSTGRESQL, SQLITE, Context, Figure
from tools.places import PYTHON, ROOT

NAME = "monthly_run"
TARGET_SECONDS = 10.0
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
        seconds = _measure(context, context.database(engine))
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


def _measure(context: Context, url: str) -> dict[str, float]:
    environment = context.environment(url, DJANGO_SETTINGS_MODULE="equipage.settings")
    done = subprocess.run(
        [str(PYTHON), "-m", "benchmarks.monthly_world"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return {str(name): float(value) for name, value in json.loads(done.stdout).items()}
