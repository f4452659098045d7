"""Reads a template written in YAML (`content/*.yaml`). Nothing is guessed: an unknown word is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from equipage.foundation.french import typographic
from equipage.support.toolbox.blocks import (
    Blank,
    Block,
    Bullets,
    Checks,
    Field,
    Heading,
    Note,
    Paragraph,
    Row,
    Rows,
    Signatures,
    Table,
)

CONTENT = Path(__file__).resolve().parent / "content"
MOMENTS = {"start": "Se lancer", "act": "Agir ensemble", "count": "Être indemnisé, faire le bilan"}


class TemplateWrong(ValueError):
    """A file of `content/` cannot be read: a mistake of ours, with the file and the block."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the toolbox as the page presents it. `forms` are codes of the rules; none means all.

    `steps` are the steps of a path where it helps: "project" of any form, or "cpts.association" of one.
    `from_rules` says that the body is written by the rules of a form: `blank` is then only its frame.
    """

    slug: str
    order: int
    use: str
    when: str
    moment: str
    forms: tuple[str, ...]
    steps: tuple[str, ...]
    from_rules: bool
    blank: Blank

    def fits(self, form: str) -> bool:
        """Whether teams of that form use it; "" is any form."""
        return not form or not self.forms or form in self.forms

    def helps(self, form: str, step: str) -> bool:
        """Whether it helps at a step of the path of that form."""
        return step in self.steps or f"{form}.{step}" in self.steps


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """Every template by its slug, in the order of the page. Raises TemplateWrong."""
    found = [_read(path) for path in sorted(CONTENT.glob("*.yaml"))]
    return {template.slug: template for template in sorted(found, key=lambda template: (template.order, template.slug))}


def _read(path: Path) -> Template:
    try:
        return read_template(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TemplateWrong(f"{path.name}: {type(error).__name__} {error}") from error


def read_template(slug: str, data: Mapping[str, Any]) -> Template:
    """The template of one file. Raises TemplateWrong, KeyError, TypeError on what cannot be read."""
    unknown = data.keys() - _WORDS
    if unknown:
        raise TemplateWrong(f"unknown words {sorted(unknown)}")
    if data["moment"] not in MOMENTS:
        raise TemplateWrong(f"unknown moment {data['moment']}")
    if not isinstance(data["dated"], date):
        raise TemplateWrong("dated is not a day")
    blank = Blank(
        name=typographic(data["name"]),
        title=typographic(data["title"]),
        subtitle=typographic(data.get("subtitle", "")),
        lead=typographic(data["lead"]),
        banner=typographic(data.get("banner", "")),
        blocks=tuple(_blocks(data.get("body", ()), "")),
        origin=_texts(data["origin"]),
        sources=_texts(data.get("sources", ())),
        dated=data["dated"],
    )
    return Template(
        slug=slug,
        order=int(data["order"]),
        use=typographic(data["use"]),
        when=typographic(data["when"]),
        moment=data["moment"],
        forms=tuple(data.get("forms", ())),
        steps=tuple(data.get("steps", ())),
        from_rules=bool(data.get("from_rules", False)),
        blank=blank,
    )


_WORDS = {
    *("name", "title", "subtitle", "lead", "banner", "body", "origin", "sources", "dated"),
    *("order", "use", "when", "moment", "forms", "steps", "from_rules"),
}


def _texts(items: Iterable[str]) -> tuple[str, ...]:
    if isinstance(items, str):
        raise TemplateWrong(f"a list was expected, not {items!r}")
    return tuple(typographic(item) for item in items)


def _blocks(items: Iterable[Mapping[str, Any]], number: str) -> Iterable[Block]:
    """The blocks of a body; `{n}` in a repeated one becomes its number."""
    for item in items:
        if "repeat" in item:
            _only(item, "repeat", "times")
            for turn in range(1, item["times"] + 1):
                yield from _blocks(item["repeat"], str(turn))
            continue
        kind = next((word for word in _KINDS if word in item), None)
        if kind is None:
            raise TemplateWrong(f"unknown block {sorted(item)}")
        yield _KINDS[kind](_numbered(item, number))


def _numbered(value: Any, number: str) -> Any:
    if isinstance(value, str):
        return value.replace("{n}", number) if number else value
    if isinstance(value, Mapping):
        return {key: _numbered(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    return value


def _only(item: Mapping[str, Any], *words: str) -> None:
    unknown = item.keys() - set(words)
    if unknown:
        raise TemplateWrong(f"unknown words {sorted(unknown)} in {item}")


def _heading(item: Mapping[str, Any]) -> Block:
    _only(item, "heading", "level", "new_page")
    return Heading(typographic(item["heading"]), item.get("level", 2), item.get("new_page", False))


def _paragraph(item: Mapping[str, Any]) -> Block:
    _only(item, "text")
    return Paragraph(typographic(item["text"]))


def _bullets(item: Mapping[str, Any]) -> Block:
    _only(item, "bullets")
    return Bullets(_texts(item["bullets"]))


def _note(item: Mapping[str, Any]) -> Block:
    _only(item, "note", "asks")
    return Note(typographic(item["note"]), item.get("asks", False))


def _rows(item: Mapping[str, Any]) -> Block:
    _only(item, "rows")
    return Rows(tuple(_row(row) for row in item["rows"]))


def _row(item: Mapping[str, Any] | str) -> Row:
    if isinstance(item, str):
        return Row(typographic(item))
    _only(item, "label", "help", "lines", "options")
    label, help_text = typographic(item["label"]), typographic(item.get("help", ""))
    return Row(label, help_text, item.get("lines", 1), _texts(item.get("options", ())))


def _field(item: Mapping[str, Any]) -> Block:
    _only(item, "field", "help", "example", "lines")
    help_text, example = typographic(item.get("help", "")), typographic(item.get("example", ""))
    return Field(typographic(item["field"]), help_text, example, item.get("lines", 4))


def _table(item: Mapping[str, Any]) -> Block:
    _only(item, "table", "widths", "rows", "first", "cells", "caption", "help", "lines")
    head = _texts(item["table"])
    return Table(
        head,
        widths_of(item.get("widths", ()), head),
        rows_of(head, item.get("rows", 0), _texts(item.get("first", ())), _texts(item.get("cells", ()))),
        typographic(item.get("caption", "")),
        typographic(item.get("help", "")),
        item.get("lines", 1),
    )


def widths_of(widths: Iterable[int], head: tuple[str, ...]) -> tuple[int, ...]:
    """The shares of the columns, equal when none is given. Raises TemplateWrong when one is missing."""
    found = tuple(widths) or (1,) * len(head)
    if len(found) != len(head):
        raise TemplateWrong(f"{len(found)} widths for the {len(head)} columns of {head}")
    return found


def rows_of(
    head: tuple[str, ...], count: int, first: tuple[str, ...] = (), cells: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], ...]:
    """The rows to fill: one for each text of `first`, which fills the first column, then `count` others.

    `cells` is what each row holds already (a box to tick); empty texts when nothing is said.
    """
    pattern = cells or ("",) * len(head)
    if len(pattern) != len(head):
        raise TemplateWrong(f"{len(pattern)} cells for the {len(head)} columns of {head}")
    return tuple((name, *pattern[1:]) for name in first) + (pattern,) * count


def _checks(item: Mapping[str, Any]) -> Block:
    _only(item, "checks", "options", "help")
    return Checks(typographic(item["checks"]), _texts(item["options"]), typographic(item.get("help", "")))


def _signatures(item: Mapping[str, Any]) -> Block:
    _only(item, "signatures")
    return Signatures(_texts(item["signatures"]))


_KINDS: dict[str, Callable[[Mapping[str, Any]], Block]] = {
    "heading": _heading,
    "text": _paragraph,
    "bullets": _bullets,
    "note": _note,
    "field": _field,
    "table": _table,
    "checks": _checks,
    "signatures": _signatures,
    # Last: a table also has rows.
    "rows": _rows,
}
