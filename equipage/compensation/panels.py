"""Where floors above speak on the pages of a person's money.

    panels.offer_line_block(doubts_of)       # what stands beside a line, for whoever looks at it
    panels.offer_link(my_disputes)           # an entry of « Mon argent »

Each is called once, from `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LineBlock:
    """A card beside a line, with its own template, which reads `data`."""

    template: str
    data: Any


LineReader = Callable[[Any, Any], "LineBlock | None"]
LinkReader = Callable[[Any], "tuple[str, str] | None"]

_blocks: list[LineReader] = []
_links: list[LinkReader] = []


def offer_line_block(read: LineReader) -> None:
    """Add a card beside a line; the reader takes the line and who looks, and answers None to stay silent."""
    if read not in _blocks:
        _blocks.append(read)


def offer_link(read: LinkReader) -> None:
    """Add an entry (label, address) to « Mon argent »; the reader takes the person's account."""
    if read not in _links:
        _links.append(read)


def blocks_of(line: Any, user: Any) -> list[LineBlock]:
    """The cards beside a line."""
    return [block for read in _blocks if (block := read(line, user)) is not None]


def links_for(user: Any) -> list[tuple[str, str]]:
    """The entries of « Mon argent » that come from above."""
    return [link for read in _links if (link := read(user)) is not None]
