"""A template that names an unknown variable fails the test, in `{{ }}`, in filters, in `{% for %}`.

`{% if %}` stays lenient, as in Django: it is how a template asks whether something is there.
Django's own templates (form widgets, error pages) are left as they are. `{{ }}` is held by tests.strict.unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from django.template import base, defaulttags


class _Demanding:
    """The sequence of a `{% for %}`, resolved without the leniency Django gives it."""

    def __init__(self, sequence: base.FilterExpression) -> None:
        self._sequence = sequence

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        """Same value as before for a known variable; an unknown one raises."""
        return self._sequence.resolve(context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sequence, name)


@pytest.fixture(scope="session", autouse=True)
def demanding_loops() -> Iterator[None]:
    """`{% for person in poeple %}` shows nothing in Django; here it fails."""
    original = defaulttags.ForNode.__init__

    def demanding(self: Any, loopvars: Any, sequence: Any, *rest: Any, **named: Any) -> None:
        original(self, loopvars, cast(base.FilterExpression, _Demanding(sequence)), *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(defaulttags.ForNode, "__init__", demanding)
        yield
