"""Every address of the house with its declaration of access, read from the URL resolver."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from equipage.foundation.access import Access, access_of

_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Door:
    """One address: its name, its route, the names in it, its view, and who may enter (None: nobody said)."""

    name: str
    route: str
    kwargs: dict[str, str]
    view: Callable[..., Any]
    access: Access | None

    @property
    def module(self) -> str:
        """Where the view is written."""
        return str(getattr(self.view, "__module__", ""))


def doors() -> list[Door]:
    """All addresses, in the order of their routes."""
    return sorted(_walk(get_resolver(), "", ""), key=lambda door: (door.route, door.name))


def _walk(resolver: URLResolver, route: str, prefix: str) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern, here, inner)
        elif isinstance(pattern, URLPattern):
            kwargs = {name: converter or "str" for converter, name in _CONVERTED.findall(here)}
            yield Door(prefix + (pattern.name or ""), f"/{here}", kwargs, pattern.callback, access_of(pattern.callback))
