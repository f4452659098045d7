"""How news of transfers travels to higher floors, which know what a transfer was for.

    news.when_returned(take_lines_back)          # (the PaymentReturn just written, who recorded it)

Called once, from `AppConfig.ready`. What is subscribed runs inside the transaction that writes the return.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Returned = Callable[[Any, Any], None]

_returned: list[Returned] = []


def when_returned(effect: Returned) -> Returned:
    """Subscribe to transfers that were rejected or came back."""
    if effect not in _returned:
        _returned.append(effect)
    return effect


def tell_returned(comeback: Any, actor: Any) -> None:
    """Say it to whoever subscribed, in the order they did."""
    for effect in _returned:
        effect(comeback, actor)
