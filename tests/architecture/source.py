"""Reading the source of the house: its files, its trees, its templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "equipage"
_NOT_OURS = {"migrations", "node_modules", "dist", "__pycache__"}


def named(path: Path) -> str:
    """A file as one says it: from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def files(*patterns: str, inside: tuple[str, ...] = ("equipage",)) -> list[Path]:
    """Our own files, in order."""
    found = [path for place in inside for pattern in patterns for path in (ROOT / place).rglob(pattern)]
    return sorted(path for path in found if not _NOT_OURS & set(path.relative_to(ROOT).parts))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=named(path))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a file with what is called, as it is written: "timezone.now"."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def templates() -> list[Path]:
    """Every template of the house."""
    return [path for path in files("*.html", "*.txt") if "templates" in path.parts]


def template_name(path: Path) -> str:
    """The name by which a view asks for a template."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])
