"""Login by default: a view says who may enter, or nobody enters.

`@access(...)` on the view is the only door. The middleware reads it, sends strangers to the sign-in page, answers 404
to people whose role has no business there, and lets only views declared `writes=True` write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, get_urlconf, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from equipage.foundation import audit

PUBLIC = "public"
SIGNED_IN = "signed_in"

_READS = ("GET", "HEAD", "OPTIONS")
# Keeping a session alive and counting wrong passwords are not business writes.
_TECHNICAL_TABLES = ("django_session", "axes_")
# Journals of who read what, which a reading must write: names of tables, added by the floors that keep one.
JOURNALS_OF_READING: list[str] = []
_TABLE_WRITTEN = re.compile(
    r"\s*(?:WITH\b.*?\b)?(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|(?<!FOR )UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?"
    r"|DELETE\s+FROM(?:\s+ONLY)?|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|(?:ALTER|CREATE|DROP)\s+TABLE)\s+\"?(\w+)",
    re.IGNORECASE | re.DOTALL,
)


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
    if len(who) > 1 and {PUBLIC, SIGNED_IN} & set(who):
        raise ValueError("PUBLIC et SIGNED_IN se disent seuls : un rôle à côté n'y changerait rien.")
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
            # Every link of the journal written by a page says from where.
            with audit.context(via="page", path=_route_of(request), address=request.META.get("REMOTE_ADDR", "")):
                return self.get_response(request)
        with ExitStack() as guards:
            for connection in connections.all():
                guards.enter_context(connection.execute_wrapper(_refuse_writes))
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        declared = access_of(view)
        if declared is None:
            raise Http404(f"La page {request.path} n'a pas de règle d'accès.")
        if declared.audience != PUBLIC and not request.user.is_authenticated:
            return _to_sign_in(request)
        if declared.audience == "roles" and not holds_any(request.user, declared.roles):
            raise Http404
        if not declared.writes and request.method not in _READS:
            return HttpResponseNotAllowed(_READS)
        return None


def _route_of(request: HttpRequest) -> str:
    """The address without what was put in it: an invitation's secret is not written in the journal for ever."""
    try:
        return f"/{resolve(request.path_info, get_urlconf()).route}"
    except Resolver404:
        return ""


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which comes back to the page the person was on; a fragment sends the whole window there."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer["HX-Redirect"] = redirect_to_login(_path_of(request, request.headers.get("HX-Current-URL", ""))).url
        return answer
    if request.method in _READS:
        return redirect_to_login(request.get_full_path())
    # What was posted cannot be played again: back to the page that held the form.
    return redirect_to_login(_path_of(request, request.headers.get("Referer", "")))


def _path_of(request: HttpRequest, address: str) -> str:
    """The path and query of an address of this site; the front door for any other."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    written = _TABLE_WRITTEN.match(sql)
    if written and not written[1].lower().startswith((*_TECHNICAL_TABLES, *JOURNALS_OF_READING)):
        raise WriteDuringRead(f"Une page de lecture a voulu écrire : {sql[:80]}")
    return execute(sql, params, many, context)
