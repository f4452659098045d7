"""« Les comptes » for everybody: five years of a region, first asked and asked again, and what counting them takes."""

from __future__ import annotations

import json
import subprocess
import time
from functools import partial
from typing import Any

from tools.figures import SQLITE, Context, Figure, Served, repeat
from tools.places import PYTHON, ROOT

NAME = "account"
PAGE, FLOOR = "/comptes/", "/sante/"
TIMES = 30


def run(context: Context) -> list[Figure]:
    """One process, so that cold is cold; the floor is a bare page of the same server."""
    url = context.database(SQLITE)
    context.manage(url, "load_territory", "--verbosity=0")
    context.manage(url, "seed_demo", "--teams=60", "--verbosity=0")
    context.manage(url, "collectstatic", "--no-input", "--verbosity=0")
    world = _world(context, url)
    with context.serve(url, workers=1) as served:
        began = time.perf_counter()
        status, body, _ = served.get(PAGE)
        cold = (time.perf_counter() - began) * 1000
        if status != 200 or str(world["years"][0]).encode() not in body:
            raise RuntimeError(f"{PAGE} answered {status}")
        floor = repeat(lambda: _ask(served, FLOOR), TIMES).median
        figures = [Figure("premier affichage, processus neuf", cold, "ms", floor, "page nue")]
        for year in (world["years"][0], world["years"][-1]):
            warm = repeat(partial(_ask, served, f"{PAGE}?annee={year}"), TIMES)
            figures.append(
                Figure(
                    f"compte {year}, médiane",
                    warm.median,
                    "ms",
                    floor,
                    "page nue",
                    note=f"p95 {warm.p95:.0f} ms ; {world['queries']} requêtes",
                )
            )
    return [
        *figures,
        Figure("tout compter de nouveau", world["count"], "s", world["sum"], "une agrégation par mois"),
        Figure("années tenues", len(world["years"]), ""),
    ]


def _ask(served: Served, path: str) -> None:
    status, _, _ = served.get(path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")


def _world(context: Context, url: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(PYTHON), "-m", "benchmarks.account_world"],
        check=False,
        cwd=ROOT,
        env=context.environment(url, DJANGO_SETTINGS_MODULE="equipage.settings"),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
