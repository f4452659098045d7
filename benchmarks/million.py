"""The monthly run at its limit: a million lines for a hundred thousand people, on both databases, and how it grows.

`bench.py million` goes to 100 000 lines; `--lines 1000000` further. Each part has its seconds, its peak memory, and its
ratio to the least the same rows or bytes cost: a plain aggregation, bare rows, one writing to the disk.
"""

from __future__ import annotations

import math

from benchmarks.monthly_run import played
from tools.figures import POSTGRESQL, SQLITE, Context, Figure

NAME = "million"
LINES, LINES_EACH, SMALLEST = 100_000, 10, 10_000
PARTS = {
    "compute": ("calcul et écriture des lignes", "floor", "lignes nues"),
    "prepare": ("préparation (lignes réservées)", "sums", "une agrégation"),
    "approve": ("approbation", "save", "écrire les mêmes octets"),
    "file": ("dont le fichier bancaire", "save", "écrire les mêmes octets"),
    "ledger": ("dont le livre", "sums", "une agrégation"),
    "statements": ("dont les relevés", "save", "écrire les mêmes octets"),
    "check": ("contrôle au centime", "sums", "une agrégation"),
    "execute": ("exécution (lignes versées, livre)", "sums", "une agrégation"),
}


def run(context: Context) -> list[Figure]:
    """Ten times more lines each time, up to those asked for."""
    most = context.lines or LINES
    sizes = [size for size in (SMALLEST * 10**power for power in range(6)) if size < most] + [most]
    figures = []
    for engine in (SQLITE, POSTGRESQL):
        found = [played(context, context.database(engine), size // LINES_EACH, LINES_EACH) for size in sizes]
        for size, seconds in zip(sizes, found, strict=True):
            figures += [
                Figure(
                    f"{engine} : {size} lignes, {label}",
                    seconds[name],
                    "s",
                    seconds[floor],
                    floor_name,
                    note=f"{seconds[f'{name}_mb']:.0f} Mo de plus",
                )
                for name, (label, floor, floor_name) in PARTS.items()
            ]
        figures += [
            Figure(f"{engine} : {label}, exposant", _exponent(sizes, [seconds[name] for seconds in found]), "")
            for name, (label, _, _) in PARTS.items()
            if len(sizes) > 1
        ]
    return figures


def _exponent(sizes: list[int], seconds: list[float]) -> float:
    """1 when twice the lines take twice the time; between the smallest and the largest size."""
    return math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])
