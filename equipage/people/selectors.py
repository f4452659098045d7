"""Reading who exists: the directory, the holders of a role, the personas of a demonstration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from equipage.foundation.french import counted, enumerate_words, moment
from equipage.foundation.identifiers import check_rpps
from equipage.foundation.periods import today
from equipage.people.models import AccountRequest, Death, Organisation, Practice, Professional, RoleAssignment, User
from equipage.people.roles import PROFESSIONAL, Role
from equipage.people.rules import same_person
from equipage.territory.names import normalise

_SIGNS = re.compile(r"[\s\u00a0\u202f.\-]+")


# --- professionals ------------------------------------------------------------------------------------------------


def with_places(rows: QuerySet[Professional]) -> QuerySet[Professional]:
    """The same rows with their places of practice at hand: two more queries, whatever their number."""
    practices = Practice.objects.select_related("commune").order_by("valid_from", "id")
    return rows.prefetch_related(Prefetch("practices", queryset=practices))


def search_professionals(text: str, limit: int = 12) -> list[Professional]:
    """People of the directory by RPPS number (or its beginning), or by words of their name, accents aside.

    Fewer than two letters or three digits find nobody.
    """
    compact = _SIGNS.sub("", text)
    if compact.isdigit():
        if len(compact) < 3:
            return []
        rows = Professional.objects.filter(rpps__startswith=compact)
    else:
        words = normalise(text).split()
        if len("".join(words)) < 2:
            return []
        rows = Professional.objects.all()
        for word in words[:6]:
            rows = rows.filter(search_name__contains=word)
    return list(with_places(rows).order_by("search_name", "id")[:limit])


def place_of(professional: Professional) -> str:
    """Where somebody practises today, which tells homonyms apart: « Chemillé-en-Anjou (49) ». Reads prefetched rows."""
    on = today()
    open_now = [
        practice.commune.label
        for practice in professional.practices.all()
        if practice.commune and practice.valid_from <= on and (practice.valid_to is None or on < practice.valid_to)
    ]
    return enumerate_words(dict.fromkeys(open_now)) if open_now else ""


def occupation_and_place(professional: Professional) -> str:
    """« Infirmier ou infirmière, Chemillé-en-Anjou (49) »."""
    place = place_of(professional)
    return f"{professional.profession_label}, {place}" if place else professional.profession_label


def standing_death(professional: Professional) -> Death | None:
    """The death of somebody as it was recorded and not withdrawn; None of the living. It is no public data."""
    rows = Death.objects.standing().filter(professional=professional)
    return rows.select_related("professional__user", "organisation", "recorded_by").first()


# --- roles and bodies ---------------------------------------------------------------------------------------------


def holders(*roles: str, region_id: str, department_id: str = "") -> list[User]:
    """The active people who hold one of `roles` today in a region; those of a department only for theirs."""
    here = Q(organisation__region_id=region_id)
    if department_id:
        here &= ~Q(role=Role.ARS_DEPARTMENT) | Q(organisation__department_id=department_id)
    held = RoleAssignment.objects.in_force(today()).filter(here, role__in=roles).order_by().values("user_id")
    return list(User.objects.filter(pk__in=held, is_active=True).order_by("last_name", "first_name", "id"))


def association_of(region_id: str) -> Organisation | None:
    """The regional association that accompanies the teams of a region, where there is one."""
    return Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION, region_id=region_id).order_by("id").first()


def agency_of(region_id: str) -> Organisation | None:
    """The regional health agency (ARS) of a region."""
    return Organisation.objects.filter(kind=Organisation.Kind.AGENCY, region_id=region_id).order_by("id").first()


# --- the demonstration --------------------------------------------------------------------------------------------

_GROUPS = (
    (PROFESSIONAL, "Professionnels de santé"),
    (Role.ASSOCIATION_OFFICER, "L'association"),
    (Role.ARS_REGION, "L'agence régionale de santé"),
    (Role.PLATFORM_ADMIN, "La plateforme"),
)
_GROUP_OF: dict[str, str] = {
    Role.ASSOCIATION_TREASURER: Role.ASSOCIATION_OFFICER,
    Role.ASSOCIATION_ADMIN: Role.ASSOCIATION_OFFICER,
    Role.ARS_DEPARTMENT: Role.ARS_REGION,
}


@dataclass(frozen=True)
class Persona:
    """A person of the demonstration: who they are, and one sentence."""

    user: User
    title: str
    sentence: str


@dataclass(frozen=True)
class PersonaGroup:
    """Personas who work in the same place."""

    label: str
    personas: list[Persona]


def personas() -> list[PersonaGroup]:
    """The people of the demonstration by place; three queries. Empty outside demonstration mode."""
    if not settings.DEMO:
        return []
    held = RoleAssignment.objects.in_force(today()).order_by("id")
    people = (
        User.objects.exclude(persona="")
        .filter(is_active=True)
        .select_related("professional")
        .prefetch_related(Prefetch("role_assignments", queryset=held, to_attr="held_today"))
        .order_by("id")
    )
    found: dict[str, list[Persona]] = {key: [] for key, _ in _GROUPS}
    for user in people:
        roles: list[str] = [assignment.role for assignment in getattr(user, "held_today", [])]
        professional = getattr(user, "professional", None)
        first = roles[0] if roles else PROFESSIONAL
        titles = [Role(role).label for role in roles]
        if professional is not None:
            titles.insert(0, professional.profession_label)
        persona = Persona(user, " · ".join(titles), user.persona)
        found[_GROUP_OF.get(first, first)].append(persona)
    return [PersonaGroup(label, found[key]) for key, label in _GROUPS if found[key]]


# --- requests for an account --------------------------------------------------------------------------------------

_SHOWN_CARDS = 3


def waiting_for_platform(user: Any) -> list[dict[str, Any]]:
    """The requests that wait for an answer: one card each, or one for all when they are many."""
    if not user.holds(Role.PLATFORM_ADMIN):
        return []
    rows = list(AccountRequest.objects.visible_to(user).filter(state="waiting").select_related("commune"))
    if len(rows) > _SHOWN_CARDS:
        return [
            {
                "title": f"{counted(len(rows), 'demande de compte attend', 'demandes de compte attendent')}",
                "sentence": "Vérifiez chaque numéro RPPS, puis acceptez ou déclinez.",
                "since": rows[0].created_at,
                "url": reverse("people:account_requests"),
                "action": "Voir les demandes",
            }
        ]
    return [
        {
            "title": f"{row.full_name} demande un compte",
            "sentence": f"{row.profession_label}, {row.commune.label}.",
            "since": row.created_at,
            "url": reverse("people:account_request", args=[row.pk]),
            "action": "Examiner",
        }
        for row in rows
    ]


def facts_of(row: AccountRequest) -> list[tuple[str, str]]:
    """What the person said."""
    return [
        ("Adresse e-mail", row.email),
        ("Numéro RPPS", row.rpps),
        ("Profession", row.profession_label),
        ("Commune d'exercice", row.commune.label),
        ("Demande reçue", moment(row.created_at)),
    ]


def doubts_of(row: AccountRequest) -> list[str]:
    """What does not agree with a request that waits, in sentences; empty where nothing is known against it."""
    if row.state != "waiting":
        return []
    found = [check_rpps(row.rpps).warning or ""]
    known = Professional.objects.filter(rpps=row.rpps).select_related("user").first()
    if known is not None and known.user is not None:
        found.append(f"Ce numéro RPPS est déjà rattaché au compte de {known.user.full_name} ({known.user.email}).")
    elif known is not None and not same_person(known.first_name, known.last_name, row.first_name, row.last_name):
        found.append(f"Dans l'annuaire, ce numéro RPPS est celui de {known.full_name}.")
    elif known is not None and known.profession_code != row.profession_code:
        found.append(f"Dans l'annuaire, la profession de {known.full_name} est « {known.profession_label} ».")
    holder = User.objects.filter(email__iexact=row.email).first()
    if holder is not None:
        found.append(f"Cette adresse a déjà un compte, au nom de {holder.full_name}.")
    others = AccountRequest.objects.filter(state="waiting", rpps=row.rpps).exclude(pk=row.pk).count()
    if others:
        found.append(f"{counted(others, 'autre demande porte', 'autres demandes portent')} ce numéro RPPS.")
    return [sentence for sentence in found if sentence]


# --- the page « Mon compte » --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AccountLink:
    """An entry of the account page given by a higher floor: bank details, for instance."""

    label: str
    sentence: str
    url_name: str
    shown: Callable[[Any], bool]


_account_links: list[AccountLink] = []


def offer_account_link(link: AccountLink) -> None:
    """Add an entry to the account page; called once from `AppConfig.ready` of a higher floor."""
    if link not in _account_links:
        _account_links.append(link)


def account_links(user: Any) -> list[AccountLink]:
    """The entries that this person is shown."""
    return [link for link in _account_links if link.shown(user)]
