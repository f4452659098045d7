"""What a template is made of. Both renderers read these blocks, so that the two files say the same words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

BOX = "☐"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of level 2 or 3; level 1 is the title of the document. `new_page` begins a page."""

    text: str
    level: int = 2
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two; `soft` is smaller, for what only helps."""

    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short lines."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence set apart; `asks` when it forbids or asks something, else it explains."""

    text: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One short answer: its label, some help, boxes to tick if any, and the height of the room to write, in lines."""

    label: str
    help: str = ""
    lines: int = 1
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Short answers one below the other: the label on the left, the room to write on the right."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A long answer (champ): label, help and example above, then a wide box of `lines` lines."""

    label: str
    help: str = ""
    example: str = ""
    lines: int = 4


@dataclass(frozen=True, slots=True)
class Table:
    """A table to fill. `widths` are shares; every row is a copy of `cells`, after those of `first`, if any."""

    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    help: str = ""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Checks:
    """Boxes to tick (cases à cocher)."""

    label: str
    options: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """One box per person who signs; a person is named by a role."""

    people: tuple[str, ...]


Block = Heading | Paragraph | Bullets | Note | Rows | Field | Table | Checks | Signatures


@dataclass(frozen=True, slots=True)
class Blank:
    """A template ready to be drawn (modèle vierge). Two equal ones give the same bytes.

    `banner` is repeated at the head of every page. `origin` says where the content comes from and how sure it is.
    `dated` is the day of its wording or of the rules behind it, never today.
    """

    name: str
    title: str
    subtitle: str
    lead: str
    banner: str
    blocks: tuple[Block, ...]
    origin: tuple[str, ...]
    sources: tuple[str, ...]
    dated: date


def as_data(blank: Blank) -> list[dict[str, Any]]:
    """The blocks as JSON-safe dictionaries; `kind` is the name of the class, in lower case."""
    return [{"kind": type(block).__name__.lower(), **asdict(block)} for block in blank.blocks]
