"""Runs the scenarios of `benchmarks/`, each in a process of its own so that none warms up another."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import benchmarks
from tools.figures import Context, Figure
from tools.places import ROOT


def scenarios() -> dict[str, str]:
    """Name of each scenario → its module."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks."):
        loaded = importlib.import_module(module.name)
        if hasattr(loaded, "NAME"):
            found[loaded.NAME] = module.name
    return found


def main(name: str, *options: str) -> int:
    """All scenarios, or one; 1 when a target is missed or a scenario fails."""
    known = scenarios()
    if "--one" in options:
        return _one(importlib.import_module(known[name]), as_json="--json" in options, lines=_lines(options))
    if "--list" in options:
        print("\n".join(sorted(known)))
        return 0
    if name != "*" and name not in known:
        print(f"Scénario inconnu : {name}. Il y a : {', '.join(sorted(known)) or 'aucun'}.", file=sys.stderr)
        return 2
    wanted = sorted(known) if name == "*" else [name]
    as_json = "--json" in options
    verdicts, figures = [], []
    for one in wanted:
        words = [sys.executable, "-m", "tools.inside.scenarios", one, "--one", *options]
        done = subprocess.run(words, check=False, cwd=ROOT, stdout=subprocess.PIPE if as_json else None, text=True)
        verdicts.append(done.returncode)
        if as_json:
            figures.append(json.loads(done.stdout) if done.stdout else {"scenario": one, "error": done.returncode})
    if as_json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    return 1 if any(verdicts) else 0


def _lines(options: Sequence[str]) -> int:
    return next((int(word.partition("=")[2]) for word in options if word.startswith("--lines=")), 0)


def _one(module: ModuleType, *, as_json: bool, lines: int) -> int:
    began = time.perf_counter()
    if not as_json:
        print(f"\n{module.NAME}", flush=True)
    with tempfile.TemporaryDirectory(prefix="equipage-bench-") as folder, Context(Path(folder), lines) as context:
        figures: list[Figure] = module.run(context)
    took = time.perf_counter() - began
    if as_json:
        print(json.dumps({"scenario": module.NAME, "seconds": took, "figures": [f.as_dict() for f in figures]}))
    else:
        for figure in figures:
            print(_line(figure))
        print(f"  en {took:.1f} s".replace(".", ","))
    return 1 if any(figure.met is False for figure in figures) else 0


def _line(figure: Figure) -> str:
    words = [f"  {figure.name:<52} {_number(figure.value):>10} {figure.unit:<8}"]
    if figure.ratio is not None:
        floor = f"{figure.floor_name} " if figure.floor_name else ""
        words.append(f"× {_number(figure.ratio)} ({floor}{_number(figure.floor or 0)} {figure.unit})")
    if figure.target is not None:
        sign = "≥" if figure.more_is_better else "≤"
        words.append(f"{'✓' if figure.met else '✗'} cible {sign} {_number(figure.target)}")
    if figure.note:
        words.append(figure.note)
    return "  ".join(words)


def _number(value: float) -> str:
    """Three significant digits, French comma, narrow spaces between thousands."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace(",", "\u202f").replace(".", ",")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
