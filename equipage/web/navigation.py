"""The places of the house, and what the header offers in each. One table; a wrong address fails the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver, reverse

from equipage.foundation.access import access_of
from equipage.people.roles import AGENCY_ROLES, ASSOCIATION_ROLES, PROFESSIONAL, Role


@dataclass(frozen=True)
class NavItem:
    """One entry of the header. `roles` narrows it inside its place; empty means everybody there."""

    label: str
    url_name: str
    roles: frozenset[str] = frozenset()
    counts: str = ""


@dataclass(frozen=True)
class Place:
    """Where a person works (espace): being a professional and being an officer are visibly different places."""

    name: str
    label: str
    roles: frozenset[str]
    items: tuple[NavItem, ...]


HOME = NavItem("Accueil", "web:home")
NOTICES = NavItem("Messages", "messaging:notices", counts="notices")
MY_MONEY = NavItem("Mon argent", "compensation:mine")
MONEY = NavItem("Paiements", "payments:runs")
MY_TEAMS = NavItem("Mes équipes", "teams:mine")
TEAMS = NavItem("Équipes", "teams:list")
MY_MEETINGS = NavItem("Réunions", "meetings:mine")
MY_CONVENTIONS = NavItem("Mes conventions", "agreements:mine")
CONVENTIONS = NavItem("Conventions", "agreements:list")
MY_ACTIONS = NavItem("Mes actions", "coordination:mine")
FILES = NavItem("Dossiers", "recognition:queue", counts="files")
ALL_FILES = NavItem("Dossiers", "recognition:list")
PREVENTION = NavItem("Prévention", "prevention:programmes")
TO_VALIDATE = NavItem("Actions", "coordination:to_validate")
INDICATORS = NavItem("Chiffres", "indicators:region", frozenset({*ASSOCIATION_ROLES, Role.ARS_REGION}))
PROTOCOLS = NavItem("Protocoles", "protocols:library")
HELP = NavItem("Demandes", "support:requests")
HELP_OF_ALL = NavItem("Demandes d’aide", "support:requests")
DESKS = NavItem("Contacts", "support:desks")
PLATFORM = (
    NavItem("Comptes", "people:accounts"),
    NavItem("Demandes", "people:account_requests"),
    TEAMS,
    NavItem("Organisations", "people:organisations"),
    HELP_OF_ALL,
    DESKS,
    NavItem("Travaux", "foundation:failed_jobs"),
)

PLACES: tuple[Place, ...] = (
    Place(
        "professional",
        "Professionnel",
        frozenset({PROFESSIONAL}),
        (HOME, MY_TEAMS, MY_MEETINGS, MY_CONVENTIONS, MY_ACTIONS, MY_MONEY, NOTICES),
    ),
    Place(
        "association",
        "Association",
        frozenset(ASSOCIATION_ROLES),
        (HOME, TEAMS, ALL_FILES, CONVENTIONS, TO_VALIDATE, PROTOCOLS, MONEY, HELP, INDICATORS, NOTICES),
    ),
    Place(
        "agency",
        "ARS",
        frozenset(AGENCY_ROLES),
        (HOME, FILES, TEAMS, PREVENTION, PROTOCOLS, HELP, INDICATORS, NOTICES),
    ),
    Place("platform", "Plateforme", frozenset({Role.PLATFORM_ADMIN}), (HOME, *PLATFORM, NOTICES)),
)
# People who hold no role yet (an invitation not answered, for instance) still have a home.
NOWHERE = Place("none", "", frozenset(), (HOME, NOTICES))
PUBLIC_ITEMS: tuple[NavItem, ...] = (
    NavItem("Quelle forme\u202f?", "orientation:start"),
    NavItem("Formes", "orientation:forms"),
    NavItem("Comparer", "orientation:comparator"),
    NavItem("Équipes", "orientation:teams"),
    NavItem("Contacts", "support:contacts"),
    NavItem("Règles", "orientation:rules"),
)

_SESSION_KEY = "place"


def places_of(user: Any) -> list[Place]:
    """The places this person may enter, in the order of the table."""
    return [place for place in PLACES if place.roles & user.role_kinds]


def current_place(request: Any) -> Place:
    """The place chosen last, else the first one; a page kept for another role shows the place of that role."""
    places = places_of(request.user)
    declared = access_of(request.resolver_match.func) if request.resolver_match else None
    fitting = [place for place in places if declared and place.roles & declared.roles] or places
    chosen = request.session.get(_SESSION_KEY)
    return next((place for place in fitting if place.name == chosen), fitting[0] if fitting else NOWHERE)


def choose_place(request: Any, name: str) -> bool:
    """Remember the place for this session; False when this person has no business there."""
    if name not in {place.name for place in places_of(request.user)}:
        return False
    request.session[_SESSION_KEY] = name
    return True


def links(items: tuple[NavItem, ...], roles: frozenset[str], path: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The entries as links; the current one is the longest address that begins the present path."""
    found: list[dict[str, Any]] = [
        {"label": item.label, "url": reverse(item.url_name), "count": counts.get(item.counts, 0), "current": False}
        for item in items
        if not item.roles or item.roles & roles
    ]
    beginning = [link for link in found if path == link["url"] or (link["url"] != "/" and path.startswith(link["url"]))]
    if beginning:
        max(beginning, key=lambda link: len(link["url"]))["current"] = True
    return found


def has_package(name: str) -> bool:
    """Is the package of that name part of the addresses of this installation?"""
    return name in get_resolver().namespace_dict
