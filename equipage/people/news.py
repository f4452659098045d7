"""How news of people travels to higher floors, which know what was done because of it.

    news.when_death_withdrawn(replace_accounts)       # (the Death just withdrawn, who withdrew it)

Called once, from `AppConfig.ready`. What is subscribed runs inside the transaction that withdraws the death.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Withdrawn = Callable[[Any, Any], None]

_withdrawn: list[Withdrawn] = []


def when_death_withdrawn(effect: Withdrawn) -> Withdrawn:
    """Subscribe to deaths that were recorded by mistake."""
    if effect not in _withdrawn:
        _withdrawn.append(effect)
    return effect


def tell_withdrawn(death: Any, actor: Any) -> None:
    """Say it to whoever subscribed, in the order they did."""
    for effect in _withdrawn:
        effect(death, actor)
