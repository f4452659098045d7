"""Workflows as tables. See `table.py` for the vocabulary and `run.py` for the one function that moves a row."""

from equipage.foundation.workflow.run import Blocked, Open, available, run
from equipage.foundation.workflow.table import REGISTRY, Actor, Happened, State, Transition, Workflow

__all__ = [
    "REGISTRY",
    "Actor",
    "Blocked",
    "Happened",
    "Open",
    "State",
    "Transition",
    "Workflow",
    "available",
    "run",
]
