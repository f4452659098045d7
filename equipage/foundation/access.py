"""Login by default: a view says who may enter, or nobody enters.

`@access(...)` on the view is the only door. The middleware reads it, sends strangers to the sign-in page, answers 404
to people whose role has no business there, and lets only views declared `writes=True` write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

PUBLIC = "public"
SIGNED_IN = "signed_in"

_READS = ("GET", "HEAD", "OPTIONS")
# Signing in, counting wrong passwords and keeping a session alive are not business writes.
_TECHNICAL_TABLES = ("django_session", "axes_", "people_user")


@dataclass(frozen=True)
class Access:
    """Who may enter a view: everybody, the signed in, or the holders of one of `roles`; and whether it writes."""

    audience: str
    roles: frozenset[str]
    writes: bool


class WriteDuringRead(RuntimeError):
    """A page that only reads tried to write: the view must declare `writes=True` and answer a POST."""


def access(*who: str, writes: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare who may enter: `PUBLIC`, `SIGNED_IN`, or one or more role names."""
    if not who:
        raise ValueError("Dites qui peut entrer : PUBLIC, SIGNED_IN ou des rôles.")
    audience = who[0] if who[0] in (PUBLIC, SIGNED_IN) else "roles"
    roles = frozenset(who) if audience == "roles" else frozenset()

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        view.access = Access(audience, roles, writes)  # type: ignore[attr-defined]
        return view

    return declare


def access_of(view: Callable[..., Any]) -> Access | None:
    """The declaration of a view, also through the `view_class` that `as_view()` leaves."""
    found = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
    return found if isinstance(found, Access) else None


def holds_any(user: Any, roles: frozenset[str]) -> bool:
    """Does `user` hold one of `roles` today?"""
    return bool(roles & user.role_kinds)


class AccessMiddleware:
    """Applies the declaration of the view before it runs, and keeps reading requests from writing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _READS:
            return self.get_response(request)
        with connections["default"].execute_wrapper(_refuse_writes):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        declared = access_of(view)
        if declared is None:
            raise Http404(f"La page {request.path} n'a pas de règle d'accès.")
        if declared.audience != PUBLIC and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if declared.audience == "roles" and not holds_any(request.user, declared.roles):
            raise Http404
        if not declared.writes and request.method not in _READS:
            return HttpResponseNotAllowed(_READS)
        return None


def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    head = sql.lstrip()[:6].upper()
    if head in ("INSERT", "UPDATE", "DELETE") and not any(table in sql[:80] for table in _TECHNICAL_TABLES):
        raise WriteDuringRead(f"Une page de lecture a voulu écrire : {sql[:80]}")
    return execute(sql, params, many, context)
