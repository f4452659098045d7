"""What the frame of every page needs, and nothing else: at most two cheap queries, none for a stranger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from equipage.messaging.selectors import unread_count
from equipage.people.roles import PROFESSIONAL
from equipage.recognition.selectors import waiting_count
from equipage.web import navigation

# Small numbers beside an entry of the header: name used in NavItem.counts → how many for this person.
COUNTS: dict[str, Callable[[Any], int]] = {"notices": unread_count, "files": waiting_count}

_DEMO_LINKS = (("Changer de personnage", "people:personas"), ("Lire les messages envoyés", "messaging:mailbox"))
_ACCOUNT_LINKS = (("Mon compte", "people:account"),)
_FOOT_LINKS = (
    ("Les comptes", "indicators:account"),
    ("Les règles, en données ouvertes", "orientation:rules"),
    ("Simulateur", "orientation:simulator"),
    ("Contacts", "support:contacts"),
    ("Boîte à outils", "support:toolbox"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` in every template. Lazy: a partial that shows no frame costs no query."""
    return {"shell": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    common = {
        "demo": settings.DEMO,
        "demo_links": _present(_DEMO_LINKS) if settings.DEMO else [],
        "signed_in": False,
        "user_id": "",
        "professional": False,
        "sign_in": _address(settings.LOGIN_URL),
        "sign_out": _address("people:logout"),
        "account_links": [],
        "foot_links": _present(_FOOT_LINKS),
        "places": [],
        "place": navigation.NOWHERE,
        "name": "",
    }
    if user is None or not user.is_authenticated:
        items = tuple(item for item in navigation.PUBLIC_ITEMS if _address(item.url_name))
        nav = navigation.links(items, frozenset(), request.path, {})
        return {**common, "nav": nav}
    place = navigation.current_place(request)
    wanted = {item.counts for item in place.items if item.counts}
    counts = {name: COUNTS[name](user) for name in wanted}
    return {
        **common,
        "signed_in": True,
        "user_id": str(user.pk),
        "professional": PROFESSIONAL in user.role_kinds,
        "account_links": _present(_ACCOUNT_LINKS),
        "name": user.full_name,
        "place": place,
        "places": navigation.places_of(user),
        "nav": navigation.links(place.items, user.role_kinds, request.path, counts),
    }


def _address(url_name: str) -> str:
    """The address, or nothing when this installation lacks the package. A wrong name in a present package is loud."""
    return reverse(url_name) if navigation.has_package(url_name.partition(":")[0]) else ""


def _present(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"label": label, "url": address} for label, name in pairs if (address := _address(name))]
