"""Total orders and the keyset that walks along them: the cost of a page does not grow with its number."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy


class BadKey(ValueError):
    """The place in the list that an address names cannot be read."""


@dataclass(frozen=True)
class Term:
    """One part of an order: a field path and its direction. `field` is None for an annotation."""

    path: str
    descending: bool
    nullable: bool
    field: models.Field[Any, Any] | None

    def expression(self, backwards: bool) -> OrderBy:
        """The SQL order. Empty values come last; NULLS is said only where needed, so that plain indexes serve."""
        descending = self.descending != backwards
        nulls: dict[str, bool] = {}
        if self.nullable:
            nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        name = F(self.path)
        return name.desc(**nulls) if descending else name.asc(**nulls)

    def beyond(self, value: Any, backwards: bool) -> Q | None:
        """The rows strictly after `value` in the walking direction, None when there can be none."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else None
        found = Q(**{f"{self.path}__{self._lookup(backwards)}": value})
        return found | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backwards else found

    def bound(self, value: Any, backwards: bool) -> Q:
        """A plain range on the first field, implied by the rest: databases use the index for it, not for an OR."""
        if self.nullable:
            return Q()
        return Q(**{f"{self.path}__{self._lookup(backwards)}e": value})

    def same(self, value: Any) -> Q:
        """The rows that tie with `value`."""
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def _lookup(self, backwards: bool) -> str:
        return "lt" if self.descending != backwards else "gt"


def terms(model: type[models.Model], order: Iterable[str]) -> tuple[Term, ...]:
    """The total order of a list: what is asked, then the primary key in the same direction as the last term."""
    found = [_term(model, name) for name in order]
    if not any(term.field is not None and term.field.primary_key and "__" not in term.path for term in found):
        found.append(_term(model, "-pk" if found and found[-1].descending else "pk"))
    return tuple(found)


def _term(model: type[models.Model], name: str) -> Term:
    path = name.removeprefix("-")
    field, nullable = field_at(model, path)
    # An annotation of the queryset is sortable, but nothing is known of its nulls.
    return Term(path, name.startswith("-"), nullable or field is None, field)


def field_at(model: type[models.Model], path: str) -> tuple[models.Field[Any, Any] | None, bool]:
    """The field at the end of a path such as "team__created_at", and whether an empty value may be met on the way."""
    nullable, found = False, None
    current: Any = model
    for step in path.split("__"):
        try:
            found = current._meta.pk if step == "pk" else current._meta.get_field(step)
        except FieldDoesNotExist:
            return None, True
        nullable = nullable or found.null
        current = found.related_model
    return found, nullable


def expressions(order: Sequence[Term], *, backwards: bool = False) -> list[OrderBy]:
    """The ORDER BY of a walk along the order."""
    return [term.expression(backwards) for term in order]


def after(order: Sequence[Term], values: Sequence[Any], *, backwards: bool = False) -> Q:
    """The rows strictly after (or before) the one that has `values`."""
    choices: list[Q] = []
    ties = Q()
    for term, value in zip(order, values, strict=True):
        step = term.beyond(value, backwards)
        if step is not None:
            choices.append(ties & step)
        ties &= term.same(value)
    if not choices:
        return Q(pk__in=[])
    return order[0].bound(values[0], backwards) & reduce(lambda one, other: one | other, choices)


def key_of(order: Sequence[Term], row: Any) -> str:
    """The place of a row, as a short word for an address."""
    values = [value_at(row, term.path) for term in order]
    text = json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_key(order: Sequence[Term], key: str) -> list[Any]:
    """The values of a place. Raises BadKey for anything this list did not write."""
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(values, list) or len(values) != len(order):
            raise BadKey(key)
        return [_typed(term, value) for term, value in zip(order, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError) as wrong:
        raise BadKey(key) from wrong


def _typed(term: Term, value: Any) -> Any:
    if isinstance(value, dict | list) or (value is None and not term.nullable):
        raise BadKey(str(value))
    if value is None or term.field is None:
        return value
    if isinstance(value, str) and "\x00" in value:
        raise BadKey("zéro")
    return term.field.to_python(value)


def value_at(row: Any, path: str) -> Any:
    """The value of a row at the end of a field path; the key of a related row."""
    for step in path.split("__"):
        if row is None:
            return None
        row = getattr(row, step)
    return row.pk if isinstance(row, models.Model) else row
