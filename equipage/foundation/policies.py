"""A right (droit) is one decision in two forms: `can` says yes or no with reasons, `visible_to` filters rows.

Each package declares both in its `policies.py`; a property test holds that they agree:
`can(user, "<app>.view_<model>", obj)` is allowed exactly when `obj` is in `Model.objects.visible_to(user)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Q


@dataclass(frozen=True)
class Decision:
    """What a policy answers. Truth is asked by name, so that nobody mistakes the object for its verdict."""

    allowed: bool
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("Lisez decision.allowed : une décision n'est pas un booléen.")


ALLOWED = Decision(True)


def denied(*reasons: str) -> Decision:
    """A refusal, with the French sentences that explain it."""
    return Decision(False, reasons)


def decide(allowed: bool, reason: str) -> Decision:
    """`ALLOWED`, or a refusal for that one reason."""
    return ALLOWED if allowed else denied(reason)


Policy = Callable[[Any, Any], Decision]
Visibility = Callable[[Any], Q]

_policies: dict[str, Policy] = {}
_visibilities: dict[str, Visibility] = {}

EVERYTHING = Q()
NOTHING = Q(pk__in=[])


class PolicyMissing(LookupError):
    """No policy has that name: a programming error, never an authorisation."""


def policy(action: str) -> Callable[[Policy], Policy]:
    """Declare who may do `action` ("<app>.<verb>"). A name is declared once."""

    def register(function: Policy) -> Policy:
        if action in _policies:
            raise ValueError(f"La politique {action} est déclarée deux fois.")
        _policies[action] = function
        return function

    return register


def visibility(label: str) -> Callable[[Visibility], Visibility]:
    """Declare which rows of the model `label` ("<app>.<Model>") a user sees, as a Q.

    A Q must not multiply rows: it uses `__in` sub-selects, never a join to many.
    """

    def register(function: Visibility) -> Visibility:
        if label in _visibilities:
            raise ValueError(f"La visibilité de {label} est déclarée deux fois.")
        _visibilities[label] = function
        return function

    return register


def can(user: Any, action: str, obj: Any = None) -> Decision:
    """May `user` do `action` on `obj`? `<app>.view_<model>` falls back on the declared visibility."""
    if action in _policies:
        return _policies[action](user, obj)
    verb = action.partition(".")[2]
    if verb.startswith("view_") and obj is not None:
        seen = type(obj)._default_manager.visible_to(user).filter(pk=obj.pk).exists()
        return decide(seen, "Cette page n'est pas dans votre périmètre.")
    raise PolicyMissing(f"Aucune politique ne s'appelle {action}.")


def visible_q(label: str, user: Any) -> Q:
    """The Q of the model `label`. Raises PolicyMissing where nobody declared one: nothing is visible by accident."""
    try:
        function = _visibilities[label]
    except KeyError:
        raise PolicyMissing(f"Aucune visibilité n'est déclarée pour {label}.") from None
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    return function(user)


def declared_policies() -> dict[str, Policy]:
    """All declared actions, for the permission matrix."""
    return dict(_policies)


def declared_visibilities() -> dict[str, Visibility]:
    """The visibility of each model ("<app>.<Model>") that declares one."""
    return dict(_visibilities)


class VisibleQuerySet(models.QuerySet[Any]):
    """The queryset of every model: views, exports and search start from `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """The rows `user` may see."""
        return self.filter(visible_q(self.model._meta.label, user))


class PublicQuerySet(VisibleQuerySet):
    """Reference data that everybody may read, without an account."""

    def visible_to(self, user: Any) -> Self:
        """All rows."""
        return self.all()
