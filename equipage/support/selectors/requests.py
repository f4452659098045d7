"""Reading requests for help: their thread, what is known of who asked, what waits for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from equipage.foundation.french import counted, moment
from equipage.foundation.workflow import available
from equipage.people.roles import Role
from equipage.support.actors import (
    HANDLING_ROLES,
    REGIONAL_ROLES,
    is_handler,
    organisations_of,
)
from equipage.support.models import DeskReport, HelpMessage, HelpRequest
from equipage.support.states import HELP_REQUEST

OPEN_STATES = ("waiting", "taken", "answered")
_ASKS_MORE = ("pass_on", "close", "discard")
_SHOWN_CARDS = 3
_A_DAY = timedelta(days=1)


def requests_seen(user: Any) -> QuerySet[HelpRequest]:
    """The requests this person sees, with what a page shows of them."""
    rows: QuerySet[HelpRequest] = HelpRequest.objects.visible_to(user)
    return rows.select_related("desk__organisation", "commune__department", "holder")


def thread_of(row: HelpRequest, *, asker_reads: bool) -> list[dict[str, Any]]:
    """The thread for `{% timeline %}`, oldest first; who asked reads « Vous » where staff read a name."""
    written = row.messages.select_related("desk").order_by("at", "id")
    return [_event(message, row, asker_reads) for message in written]


def _event(message: HelpMessage, row: HelpRequest, asker_reads: bool) -> dict[str, Any]:
    own = "Vous" if asker_reads else row.who
    match message.kind:
        case "word":
            what, tone = ("Vous avez écrit" if asker_reads else f"{row.who} a écrit"), "info"
        case "answer":
            what, tone = f"Réponse de {message.author_name or 'votre interlocuteur'}", "ok"
        case "passed":
            to = message.desk.name if message.desk else "l'administration de la plateforme"
            what, tone = f"Demande confiée à : {to}", ""
        case _:
            what, tone = "Demande close", ""
    who = own if message.kind == "word" else message.author_name
    return {
        "at": message.at,
        "what": what,
        "who": "" if message.kind in ("word", "answer") else who,
        "comment": message.text or ("Texte effacé." if row.erased_at else ""),
        "tone": tone,
    }


def facts_of(row: HelpRequest) -> list[Any]:
    """What the person said of themself, for those who answer."""
    return [
        ("Nom", row.who),
        {"term": "Adresse e-mail", "text": row.email, "url": f"mailto:{row.email}" if row.email else ""},
        ("Téléphone", row.phone),
        ("Profession", row.profession_label),
        ("Commune", row.commune.label),
        ("Forme", row.form_label or "Pas précisée"),
        ("Sujet", row.get_topic_display()),
        ("Reçue", moment(row.created_at)),
    ]


def state_sentence(row: HelpRequest) -> str:
    """Who has it, and since when, as who asked reads it."""
    match row.state:
        case "waiting":
            return f"Reçue {moment(row.created_at)}, elle attend qu'une personne la prenne à : {row.desk_label}."
        case "taken":
            return f"{row.holder_name} s'en occupe depuis {_the(row.taken_at)}, à ce guichet : {row.desk_label}."
        case "answered":
            return f"{row.holder_name} vous a répondu {moment(row.answered_at)}."
    return f"Elle est close {moment(row.closed_at).replace('le ', 'depuis le ', 1)}."


def _the(when: datetime | None) -> str:
    return moment(when).partition(" à ")[0]


def moves_of(row: HelpRequest, user: Any) -> list[dict[str, Any]]:
    """The buttons of `{% action_bar %}` for who answers; those that need a word lead to a page that asks for it."""
    if not is_handler(user, row):
        return []
    return [
        {
            "name": move.name,
            "label": move.label,
            "tone": move.tone,
            "allowed": move.allowed,
            "reasons": move.reasons,
            "asks": move.name in _ASKS_MORE,
        }
        for move in available(HELP_REQUEST, row, user)
    ]


def has_asked(user: Any) -> bool:
    """Did this person ever ask for help with their account?"""
    return HelpRequest.objects.filter(asked_by=user.pk).exists()


def own_requests(user: Any) -> QuerySet[HelpRequest]:
    """The requests this person made with their account, the last first."""
    rows = HelpRequest.objects.filter(asked_by=user.pk).select_related("desk", "commune")
    return rows.order_by("-created_at", "-id")


# --- what waits for whom (cards of the home page) ---------------------------------------------------------------------


def _mine_to_answer(user: Any) -> Q:
    """Requests of one's own desk, those one has taken, and those that waited too long in one's region."""
    mine = Q(state="taken", holder=user.pk)
    bodies = organisations_of(user, *HANDLING_ROLES)
    if bodies:
        mine |= Q(state="waiting", desk__organisation_id__in=bodies)
    regions = user.regions_for(*REGIONAL_ROLES)
    if regions:
        late = Q(reminded__gte=2) | Q(desk__isnull=True)
        mine |= Q(state__in=("waiting", "taken"), region_id__in=sorted(regions)) & late
    if user.holds(Role.PLATFORM_ADMIN):
        mine |= Q(state__in=("waiting", "taken")) & (Q(reminded__gte=3) | Q(desk__isnull=True))
    return mine


def waiting_requests_card(user: Any) -> list[dict[str, Any]]:
    """What this person has to take or to answer: one card each, or one for all when they are many. Two queries."""
    rows = HelpRequest.objects.visible_to(user).filter(_mine_to_answer(user)).select_related("commune", "desk")
    found = list(rows.order_by("waiting_since", "id")[: _SHOWN_CARDS + 1])
    if len(found) > _SHOWN_CARDS:
        return [
            {
                "tag": "Demandes d'aide",
                "title": counted(rows.count(), "demande d'aide attend", "demandes d'aide attendent"),
                "sentence": "La plus ancienne d'abord : prenez-la, ou confiez-la à un autre guichet.",
                "since": found[0].waiting_since,
                "url": reverse("support:requests"),
                "action": "Voir les demandes",
            }
        ]
    return [_request_card(row) for row in found]


def _request_card(row: HelpRequest) -> dict[str, Any]:
    about = ", ".join(filter(None, (row.get_topic_display(), row.form_label, row.commune.label)))
    late = f" Personne ne s'en est occupé à temps : {row.desk_label}." if row.reminded >= 2 else ""
    return {
        "tag": "Demande d'aide",
        "title": f"{row.who} demande de l'aide" if row.state == "waiting" else f"{row.who} attend votre réponse",
        "sentence": f"{about}.{late}",
        "since": row.waiting_since,
        "url": reverse("support:request", args=[row.pk]),
        "action": "Lire et répondre",
    }


def moving_requests_card(user: Any) -> list[dict[str, Any]]:
    """What the person who asked waits for: who has their request, since when."""
    rows = HelpRequest.objects.filter(asked_by=user.pk, state__in=("waiting", "taken"))
    rows = rows.select_related("desk", "commune").order_by("waiting_since", "id")
    return [
        {
            "title": f"Votre demande d'aide : {row.get_topic_display()}",
            "sentence": state_sentence(row),
            "who": row.holder_name or row.desk_label,
            "since": row.waiting_since,
            "url": reverse("support:request", args=[row.pk]),
            "action": "Voir",
        }
        for row in rows[:_SHOWN_CARDS]
    ]


def waiting_reports_card(user: Any) -> list[dict[str, Any]]:
    """The contacts that somebody says are wrong: one card for all."""
    rows = DeskReport.objects.visible_to(user).filter(state="open")
    first = rows.order_by("created_at", "id").first()
    if first is None:
        return []
    return [
        {
            "tag": "Contacts",
            "title": counted(rows.count(), "contact est signalé faux", "contacts sont signalés faux"),
            "sentence": "Vérifiez, corrigez, ou écartez avec un motif.",
            "since": first.created_at,
            "url": reverse("support:reports"),
            "action": "Voir les signalements",
        }
    ]


def recent(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows made in the last twenty-four hours, for the limits that slow down robots."""
    return rows.filter(created_at__gt=timezone.now() - _A_DAY)
