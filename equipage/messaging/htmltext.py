"""The HTML twin of a mail, shown without trusting it: blocks of text and links, nothing else survives."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import html

_BLOCKS = {"p", "h1", "h2", "h3", "li", "td", "th", "div", "blockquote"}
_DROPPED = {"script", "style", "head", "title", "iframe", "object", "svg", "form", "template", "noscript"}


@dataclass(frozen=True)
class Piece:
    """A run of text; `url` when it was a link to an http address."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or list item."""

    kind: str
    pieces: tuple[Piece, ...]


def blocks(source: str) -> list[Block]:
    """The readable blocks of an HTML mail, in order. The template escapes every text again."""
    if not source.strip():
        return []
    found: list[Block] = []
    current: list[Piece] = []

    def close(kind: str) -> None:
        pieces = tuple(piece for piece in current if piece.text.strip())
        if pieces:
            found.append(Block(kind, pieces))
        current.clear()

    def visit(element: html.HtmlElement, kind: str, url: str) -> None:
        if not isinstance(element.tag, str) or element.tag in _DROPPED:
            return
        block = element.tag in _BLOCKS
        if block:
            close(kind)
        inner = element.tag if block else kind
        link = _safe(element.get("href", "")) if element.tag == "a" else url
        if element.text:
            current.append(Piece(element.text, link))
        for child in element:
            visit(child, inner, link)
            if child.tail:
                current.append(Piece(child.tail, link))
        if block:
            close(inner)

    visit(html.document_fromstring(source), "p", "")
    close("p")
    return found


def _safe(href: str) -> str:
    return href if urlsplit(href).scheme in ("http", "https") else ""
