"""Where floors above hold back what is not paid yet: a line waits, and nobody else does.

    holds.offer_hold("controls", waiting, told)       # once, from `AppConfig.ready`

`waiting()` is an expression over a claim line (through `OuterRef`): a text « controls:… », or null while nothing holds
the line. `told(text)` turns what follows the colon into the hindrance that people read. One column for all the holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Coalesce

from equipage.compensation.rules import Hindrance

# The hold of this floor: whoever was to act on the account is no longer there.
DEATH = "death"

Waiting = Callable[[], Any]
Told = Callable[[str], Hindrance]

_holds: dict[str, tuple[Waiting, Told]] = {}


def offer_hold(name: str, waiting: Waiting, told: Told) -> None:
    """Add a reason for which a line waits."""
    _holds[name] = (waiting, told)


def held_column() -> Any:
    """The column `held`: the first text that holds the line, empty when nothing does."""
    found = [waiting() for waiting, _ in _holds.values()]
    nothing = Value("", output_field=CharField())
    return Coalesce(*found, nothing, output_field=CharField()) if found else nothing


def hold_of(held: str) -> tuple[Hindrance, ...]:
    """What holds a line, from its column `held`."""
    name, _, text = held.partition(":")
    return (_holds[name][1](text),) if name else ()
