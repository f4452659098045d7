"""Raises where Django would show nothing: the value of `string_if_invalid` during tests."""

from __future__ import annotations

import inspect
from pathlib import Path

import django
from django.template import base

DJANGO = Path(django.__file__).parent


class UnknownTemplateVariable(AssertionError):
    """A template uses a variable that its view does not give."""


class UnknownVariableRaises(str):
    """Django's `string_if_invalid`: it asks whether it holds « %s », then formats it with the variable."""

    __slots__ = ()

    def __new__(cls) -> UnknownVariableRaises:
        """Not empty, or Django would not look at it."""
        return super().__new__(cls, "%s")

    def __mod__(self, variable: object) -> str:
        place = _template_in_progress()
        if place is not None and Path(place).is_relative_to(DJANGO):
            return ""
        raise UnknownTemplateVariable(f"variable inconnue « {variable} » dans le gabarit {place or 'sans nom'}")


def _template_in_progress() -> str | None:
    """The file of the innermost node being rendered, read from the call stack."""
    frame = inspect.currentframe()
    while frame is not None:
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None) if isinstance(node, base.Node | base.Template) else None
        if origin is not None:
            return str(origin.name)
        frame = frame.f_back
    return None
