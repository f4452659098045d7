"""Reading actions: what waits for whom, what was done last, what a card proposes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from equipage.coordination.models import Action, CounterEntry, Overlap, Presence
from equipage.coordination.rules import UNDO_SECONDS, closed_reasons
from equipage.coordination.services import Facts, facts_of
from equipage.coordination.states import OPEN
from equipage.foundation.french import counted, day_short
from equipage.foundation.periods import today
from equipage.recognition.selectors import recognised_action_codes
from equipage.teams.models import Membership, Team
from equipage.teams.policies import own_team_ids
from equipage.teams.rules import form_of

# Sentences that higher floors add once an action is declared (what it makes): (action, user) → text or "".
told_after: list[Callable[[Action, Any], str]] = []
# What a higher floor proposes to declare (a planned meeting): (user, team) → facts or None. The first found wins.
proposals: list[Callable[[Any, Team], Facts | None]] = []


@dataclass(frozen=True)
class Block:
    """A block that a higher floor adds to the page of an action."""

    heading: str
    template: str
    data: Any


# (action, user) → a block, or None when there is nothing to show.
action_panels: list[Callable[[Action, Any], Block | None]] = []


@dataclass(frozen=True)
class Kind:
    """A kind of action that the team may declare, or why it may not."""

    code: str
    label: str
    involves_patients: bool
    blocked: tuple[str, ...] = ()


def label_of(team: Any, kind: str, on: date) -> str:
    """The short label of a kind of action, as the rules of that day say it."""
    catalogue = form_of(team, on).actions
    return catalogue[kind].short_label if kind in catalogue else kind


def kind_label(action: Any) -> str:
    """The short label of the kind of an action, as the rules of its day say it."""
    return label_of(action.team, action.kind, action.held_on)


def kinds_of(team: Any, on: date) -> list[Kind]:
    """The kinds of the recognised project, each with what blocks it that day."""
    catalogue = form_of(team, on).actions
    chosen = [code for code in recognised_action_codes(team, on) if code in catalogue]
    return [
        Kind(code, catalogue[code].short_label, catalogue[code].involves_patients, closed_reasons(team, code, on))
        for code in chosen
    ]


def declarable_teams(user: Any) -> QuerySet[Team]:
    """The recognised teams in which this person is a confirmed member."""
    return Team.objects.filter(pk__in=own_team_ids(user), state="recognised").order_by("name", "id")


def declare_button(user: Any) -> tuple[str, str] | None:
    """The big button of the home page, for who has a recognised team."""
    return ("Déclarer une action", "coordination:declare") if declarable_teams(user).exists() else None


def usual_team(user: Any) -> Team | None:
    """The team for which this person declared last, else the first: the card opens on it, and may be changed."""
    teams = list(declarable_teams(user))
    last = (
        Action.objects.filter(declared_by=user, team__in=teams)
        .order_by("-id")
        .values_list("team_id", flat=True)
        .first()
    )
    return next((team for team in teams if team.pk == last), teams[0] if teams else None)


def members_on_offer(team: Any) -> list[Membership]:
    """Who may have been there: confirmed members, and those who left, by name. The verb checks the day."""
    rows = Membership.objects.filter(team=team, state__in=("confirmed", "left")).select_related("professional")
    latest: dict[int, Membership] = {}
    for member in rows.order_by("valid_from", "id"):
        latest[member.professional_id] = member
    return sorted(
        latest.values(), key=lambda m: (m.state == "left", m.professional.last_name, m.professional.first_name)
    )


def last_declaration(user: Any, team: Any) -> Facts | None:
    """What this person declared last in this team, to propose « comme la dernière fois »."""
    action = (
        Action.objects.filter(team=team, declared_by=user)
        .exclude(state__in=("cancelled", "reversed"))
        .order_by("-id")
        .first()
    )
    return facts_of(action) if action else None


def proposal(user: Any, team: Team) -> Facts | None:
    """What was planned and can now be declared; else what this person declared last in this team."""
    planned = (found for read in proposals if (found := read(user, team)) is not None)
    return next(planned, None)


def with_presences(rows: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with what a list shows: how many confirmed, how many expected, and the team."""
    return rows.select_related("team").annotate(
        confirmed_count=Count("presences", filter=Q(presences__state="confirmed"), distinct=True),
        expected_count=Count("presences", filter=Q(presences__state="expected"), distinct=True),
    )


def with_questions(rows: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with `questions`: does a question about somebody's hours remain to be looked at?"""
    asked = Overlap.objects.filter(
        Q(first__action=OuterRef("pk")) | Q(second__action=OuterRef("pk")), state__in=("open", "explained")
    )
    return rows.annotate(questions=Exists(asked))


def to_confirm(user: Any) -> QuerySet[Presence]:
    """The presences that wait for this person's tap, the oldest first."""
    professional = user.professional_or_none
    if professional is None:
        return Presence.objects.none()
    return (
        Presence.objects.filter(professional=professional, state="expected", action__state__in=OPEN)
        .select_related("action__team", "action__declared_by")
        .order_by("action__held_on", "id")
    )


def presences_of(action: Action) -> list[Presence]:
    """The presences of an action, those confirmed first."""
    return list(
        action.presences.select_related("professional").order_by("state", "professional__last_name", "professional_id")
    )


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Cards of the home page: one tap « J'y étais », and actions to correct."""
    awaited = list(to_confirm(user)[:10])
    cards: list[dict[str, Any]] = []
    if len(awaited) > 1:
        cards.append(
            {
                "tag": "Des voix manquent",
                "title": f"{counted(to_confirm(user).count(), 'présence')} à confirmer",
                "sentence": "Toutes sur une page, et un seul geste si vous étiez partout.",
                "since": min(presence.added_at for presence in awaited),
                "url": reverse("coordination:to_confirm"),
                "action": "Tout confirmer",
            }
        )
    cards.extend(
        {
            "tag": "Une voix manque",
            "title": f"{kind_label(presence.action)} du {day_short(presence.action.held_on)}",
            "sentence": f"{presence.action.declared_by.full_name} l'a déclarée pour {presence.action.team.name}.",
            "since": presence.added_at,
            "url": f"/actions/presences/{presence.pk}/confirm/",
            "action": "J'y étais",
            "post": True,
        }
        for presence in awaited
    )
    cards.extend(
        {
            "tag": "Deux actions au même moment",
            "title": f"Étiez-vous aux deux, le {day_short(row.held_on)} ?",
            "sentence": f"{kind_label(row.first.action)} de {row.first.action.team.name}, "
            f"{kind_label(row.second.action)} de {row.second.action.team.name}.",
            "since": row.noticed_at,
            "url": row.moves_base,
            "action": "Répondre",
        }
        for row in hours_to_explain(user)[:5]
    )
    returned = (
        Action.objects.filter(declared_by=user, state="returned").select_related("team").order_by("held_on", "id")
    )
    cards.extend(
        {
            "tag": "À corriger",
            "title": f"{kind_label(action)} du {day_short(action.held_on)}",
            "sentence": action.return_reason,
            "since": action.declared_at,
            "url": f"/actions/{action.pk}/corriger/",
            "action": "Corriger",
        }
        for action in returned[:10]
    )
    return cards


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """Card of the officer's home: how many actions wait, since when."""
    rows = Action.objects.visible_to(user).filter(state="verified")
    count = rows.count()
    first = rows.order_by("declared_at").first()
    cards: list[dict[str, Any]] = []
    if count:
        cards.append(
            {
                "tag": "À valider",
                "title": counted(count, "action vérifiée", "actions vérifiées"),
                "sentence": "Les plus anciennes d'abord ; celles à qui il manque une voix attendent leur équipe.",
                "since": first.declared_at if first else None,
                "url": reverse("coordination:to_validate") + "?etat=verified",
                "action": "Ouvrir la file",
            }
        )
    asked = CounterEntry.objects.visible_to(user).filter(state="asked").order_by("asked_at")
    oldest = asked.first()
    if oldest is not None:
        cards.append(
            {
                "tag": "À décider",
                "title": counted(asked.count(), "contre-écriture demandée", "contre-écritures demandées"),
                "sentence": "Une action validée est dite fausse par son équipe.",
                "since": oldest.asked_at,
                "url": reverse("coordination:counters"),
                "action": "Ouvrir",
            }
        )
    return cards


def team_summary(team: Any, user: Any) -> dict[str, Any] | None:
    """Block of the team page: this year's actions by state, and the last ones."""
    if team.state != "recognised" or not Action.objects.visible_to(user).filter(team=team).exists():
        return None
    year = today().year
    rows = Action.objects.filter(team=team, held_on__year=year)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("id")))
    last = Action.objects.filter(team=team).exclude(state__in=("cancelled", "reversed")).order_by("-held_on", "-id")[:5]
    return {
        "year": year,
        "validated": counts.get("validated", 0),
        "open": sum(counts.get(state, 0) for state in OPEN),
        "last": [{"action": action, "label": kind_label(action)} for action in last],
    }


def with_people(rows: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with their people, in two queries whatever their number."""
    return rows.prefetch_related(Prefetch("presences", Presence.objects.select_related("professional").order_by("id")))


def undo_seconds(action: Action, user: Any) -> int:
    """How many seconds are left to take a declaration back, for who has just made it; 0 when it is too late."""
    if action.declared_by_id != user.pk or action.state not in ("declared", "verified"):
        return 0
    left = UNDO_SECONDS - (timezone.now() - action.declared_at).total_seconds()
    return max(0, ceil(left))


def hours_to_explain(user: Any) -> QuerySet[Overlap]:
    """The questions about this person's hours that wait for an answer, the oldest first."""
    professional = user.professional_or_none
    if professional is None:
        return Overlap.objects.none()
    return (
        Overlap.objects.filter(professional=professional, state="open")
        .select_related("first__action__team", "second__action__team")
        .order_by("noticed_at", "id")
    )


def overlaps_of(action: Action, user: Any) -> QuerySet[Overlap]:
    """The questions about hours in which an action takes part, as far as this person sees them."""
    return (
        Overlap.objects.visible_to(user)
        .filter(Q(first__action=action) | Q(second__action=action))
        .select_related("professional", "first__action__team", "second__action__team")
        .order_by("id")
    )
