"""Higher floors that want to know of an action that changes, inside its transaction: before, and once it is done."""

from __future__ import annotations

from collections.abc import Callable

from equipage.coordination.models import Action

before_change: list[Callable[[Action], None]] = []
after_change: list[Callable[[Action], None]] = []


def about_to_change(action: Action) -> None:
    """The presences and figures of the action are about to move."""
    for prepare in before_change:
        prepare(action)


def changed(action: Action) -> None:
    """The action is as it will be committed."""
    for tell in after_change:
        tell(action)
