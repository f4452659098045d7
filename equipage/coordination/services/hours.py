"""The same person in two places: found by person and day, asked kindly, settled by the association."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from equipage.coordination.models import Action, Overlap, Presence
from equipage.coordination.rules import Attended, Hours, overlap
from equipage.coordination.services.facts import AlreadyDeclared, Facts
from equipage.coordination.states import OPEN, OVERLAP
from equipage.foundation.french import day_long, time_of_day
from equipage.foundation.workflow import run

COUNTED = (*OPEN, "validated")
_ONE_DAY = timedelta(days=1)


def presences_around(people: Iterable[int], on: date) -> list[Presence]:
    """The presences of these professionals from the day before to the day after: a night belongs to two days.

    One query, by the index on person and day, whatever the size of the table.
    """
    return list(
        Presence.objects.filter(
            professional_id__in=list(people), held_on__gte=on - _ONE_DAY, held_on__lte=on + _ONE_DAY
        )
        .filter(state__in=("expected", "confirmed"), action__state__in=COUNTED)
        .select_related("action__team")
        .order_by("professional_id", "id")
    )


def attended(presence: Presence) -> Attended:
    """A presence as the rule of overlaps reads it."""
    return Attended(presence.action.team_id, presence.action.kind, presence.hours)


def already_somewhere(actor: Any, team: Any, facts: Facts) -> AlreadyDeclared | None:
    """The question to somebody who declares hours already told in another action, or None."""
    professional = actor.professional_or_none
    if professional is None or professional.pk not in facts.present:
        return None
    told = Attended(team.pk, facts.kind, Hours(facts.held_on, facts.minutes, facts.starts_at))
    for presence in presences_around([professional.pk], facts.held_on):
        if overlap(told, attended(presence)):
            return AlreadyDeclared(presence.action, _question(presence))
    return None


def _question(presence: Presence) -> str:
    action = presence.action
    at = f", de {time_of_day(presence.hours.start)} à {time_of_day(presence.hours.end)}" if presence.hours.known else ""
    return (
        f"Vous étiez déjà à une action de l'équipe « {action.team.name} » le {day_long(action.held_on)}{at}. "
        "Est-ce la même rencontre ?"
    )


def refresh_overlaps(action: Action) -> list[Overlap]:
    """Make the open questions about hours match an action that has just changed. Returns the new ones.

    What was explained or settled stays, as long as the two presences stand.
    """
    mine = {presence.professional_id: presence for presence in action.presences.all()}
    found = _pairs(action, mine) if action.state in COUNTED else {}
    about = Q(first__action=action) | Q(second__action=action)
    known = {(row.first_id, row.second_id): row for row in Overlap.objects.filter(about).order_by("id")}
    gone = [row.pk for key, row in known.items() if key not in found and row.state == "open"]
    Overlap.objects.filter(pk__in=gone).delete()
    return [
        Overlap.objects.create(
            first_id=first,
            second_id=second,
            professional_id=professional_id,
            held_on=action.held_on,
            certainty=certainty,
            noticed_at=timezone.now(),
        )
        for (first, second), (certainty, professional_id) in found.items()
        if (first, second) not in known
    ]


def forget_overlaps(presences: QuerySet[Presence]) -> None:
    """Somebody who was not there after all has no question about those hours."""
    ids = presences.order_by().values("pk")
    Overlap.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()


def _pairs(action: Action, mine: dict[int, Presence]) -> dict[tuple[int, int], tuple[str, int]]:
    found: dict[tuple[int, int], tuple[str, int]] = {}
    around: dict[int, list[Presence]] = {}
    for presence in presences_around(mine, action.held_on):
        around.setdefault(presence.professional_id, []).append(presence)
    for professional_id, presences in around.items():
        own = next((presence for presence in presences if presence.action_id == action.pk), None)
        if own is None:
            continue
        length = _minutes_of_day(presences, action.held_on)
        for other in presences:
            certainty = overlap(attended(own), attended(other), day_minutes=length) if other.pk != own.pk else ""
            if certainty:
                found[(min(own.pk, other.pk), max(own.pk, other.pk))] = (certainty, professional_id)
    return found


def _minutes_of_day(presences: Sequence[Presence], day: date) -> int:
    return sum(presence.minutes for presence in presences if presence.held_on == day)


@transaction.atomic
def explain_overlap(row: Overlap, *, actor: Any, answer: str) -> Overlap:
    """« Les deux ont eu lieu » : the person says so, in her words or not. Nothing is blocked."""
    said = answer.strip() or "Les deux ont eu lieu."
    return run(OVERLAP, row, "explain", actor=actor, data={"answer": said})


def settle_overlap(row: Overlap, *, actor: Any) -> Overlap:
    """The association has looked: the question is closed."""
    return run(OVERLAP, row, "settle", actor=actor)
