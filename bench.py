#!/usr/bin/env python3
"""Measures Équipage: `python3 bench.py [name] [--json]`. The scenarios are the modules of benchmarks/."""

import argparse
import sys

if sys.version_info < (3, 11):
    sys.exit("Équipage demande Python 3.11 ou plus récent. Sur Debian 12 : sudo apt install python3")

from tools import measuring, steps


def main() -> int:
    """Read the options, set up, measure. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Mesure Équipage.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="affiche cette aide")
    parser.add_argument("name", nargs="?", default="", metavar="NOM", help="seulement ce scénario")
    parser.add_argument("--json", action="store_true", help="écrit les mesures en JSON sur la sortie standard")
    parser.add_argument("--list", action="store_true", help="nomme les scénarios, sans rien mesurer")
    parser.add_argument("--lines", type=int, default=0, metavar="N", help="taille d’un scénario qui grandit (million)")
    options = parser.parse_args()
    try:
        return measuring.measure(options.name, as_json=options.json, only_list=options.list, lines=options.lines)
    except steps.StepFailed as problem:
        steps.explain(problem)
        return 1
    except KeyboardInterrupt:
        print("\nInterrompu.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
