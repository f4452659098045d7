#!/usr/bin/env python3
"""Sets Équipage up and checks everything: `python3 test.py`, or `python3 test.py fast` for the inner loop."""

import argparse
import sys

if sys.version_info < (3, 11):
    sys.exit("Équipage demande Python 3.11 ou plus récent. Sur Debian 12 : sudo apt install python3")

from tools import checking, steps


def main() -> int:
    """Read the options, set up, check. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Vérifie Équipage.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="affiche cette aide")
    parser.add_argument("what", nargs="?", choices=["all", "fast"], default="all", help="tout, ou l’essentiel (fast)")
    parser.add_argument("--only", metavar="MOT", help="seulement les étapes dont le nom contient ce mot")
    options = parser.parse_args()
    try:
        return checking.check_everything(fast=options.what == "fast", only=options.only or "")
    except steps.StepFailed as problem:
        steps.explain(problem)
        print("\n0 passed, 1 failed")
        return 1
    except KeyboardInterrupt:
        print("\nInterrompu.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
