"""Where an entry comes from: the floor that wrote it says the page of its cause ("run:12:owed").

offer_origin("run", lambda key: reverse("payments:run", args=[key]))     # once, from AppConfig.ready
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_origins: dict[str, Callable[[int], str]] = {}


def offer_origin(kind: str, address: Callable[[int], str]) -> None:
    """Say where the entries of a kind of cause are explained."""
    _origins[kind] = address


def origin_of(entry: Any) -> str:
    """The page that explains an entry; empty when no floor knows its cause."""
    kind, _, rest = entry.cause.partition(":")
    key = rest.partition(":")[0]
    return _origins[kind](int(key)) if kind in _origins and key.isdecimal() else ""
