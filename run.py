#!/usr/bin/env python3
"""Sets Équipage up and runs it: `python3 run.py`. Standard library only; everything it makes is in .venv and var/."""

import argparse
import sys

if sys.version_info < (3, 11):
    sys.exit("Équipage demande Python 3.11 ou plus récent. Sur Debian 12 : sudo apt install python3")

from tools import running, steps


def main() -> int:
    """Read the options, set up, serve until Ctrl-C. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Prépare Équipage et le lance sur cette machine.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="affiche cette aide")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="port d’écoute (8000)")
    parser.add_argument("--empty", action="store_true", help="base vide, sans démonstration, avec un administrateur")
    parser.add_argument("--database", metavar="URL", help="autre base, par exemple postgresql://… ou sqlite:////…")
    parser.add_argument("--no-worker", action="store_true", help="sans les travaux de fond (ils tournent ailleurs)")
    parser.add_argument("--prepare", action="store_true", help="prépare tout, puis s’arrête sans servir")
    options = parser.parse_args()
    if not 1 <= options.port <= 65535:
        parser.error(f"--port {options.port} : un port va de 1 à 65535.")
    try:
        return running.start(options)
    except steps.StepFailed as problem:
        steps.explain(problem)
        return 1
    except KeyboardInterrupt:
        print("\nInterrompu. Recommencez quand vous voulez : ce qui est fait ne sera pas refait.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
