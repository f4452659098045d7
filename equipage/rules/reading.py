"""Reads one YAML file and remembers the line of every key.

Only plain data is understood: no tags, no dates guessed by the reader (a date is text until its schema says so),
decimals are exact, a key written twice is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from equipage.rules.errors import PackRefused, Problem

Path_ = tuple[str | int, ...]
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Page:
    """One file: its data, and the line of each key."""

    path: Path
    name: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """The line of a key, or of the nearest key above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: Path_, what: str, expected: str = "") -> None:
        """Note a problem at a key."""
        key = ".".join(str(part) for part in path)
        self.problems.append(Problem(self.name, self.line(path), key, what, expected))


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style:  # quoted or block text is never a number, "10" is a code
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.match(text):
        return int(text)
    return Decimal(text) if _DECIMAL.match(text) else text


def _build(page: Page, node: yaml.Node, path: Path_) -> Any:
    page.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_build(page, child, (*path, index)) for index, child in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, child in node.value:
        key = str(key_node.value)
        here = (*path, key)
        if key in result:
            problem = f"cette clé est déjà écrite à la ligne {page.line(here)}"
            name = ".".join(map(str, here))
            page.problems.append(Problem(page.name, key_node.start_mark.line + 1, name, problem, "une seule fois"))
            continue
        page.lines[here] = key_node.start_mark.line + 1
        result[key] = _build(page, child, here)
    return result


def read(path: Path, name: str) -> Page:
    """The data of a file; whatever is wrong with its form is in `problems`.

    Raises PackRefused when the file cannot be read at all.
    """
    page = Page(path, name)
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = Problem(name, line, "", "ce n'est pas du YAML lisible", "indentation et deux-points corrects")
        raise PackRefused([problem]) from error
    except UnicodeDecodeError as error:
        raise PackRefused([Problem(name, 1, "", "le texte n'est pas en UTF-8", "un fichier UTF-8")]) from error
    if node is None:
        raise PackRefused([Problem(name, 1, "", "le fichier est vide", "au moins la clé « kind »")])
    page.data = _build(page, node, ())
    return page
