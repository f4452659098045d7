"""Millions of presences written by the database itself. Run as a program with their number, it measures the search of
the hours that meet and prints milliseconds as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any

PEOPLE_EACH, A_YEAR, SEARCHES, PLANTED = 4, 50, 500, 20


def fill(size: int) -> tuple[list[int], date]:
    """`size` presences: four people an action, fifty actions a person in two years. Ids of the people, first day."""
    from django.db import connection
    from django.utils import timezone

    from equipage.foundation.periods import today
    from equipage.people.models import Professional
    from tests import factories

    team = factories.recognised_team("Équipe de mesure")
    lead = factories.lead_of(team)
    first = today() - timedelta(days=730)
    people = max(PEOPLE_EACH * 10, size // A_YEAR)
    Professional.objects.bulk_create(
        (
            Professional(
                rpps=f"7{rank:010d}",
                first_name="Camille",
                last_name=f"Mesure-{rank}",
                search_name=f"mesure {rank}",
                profession_code="60",
                fictitious=True,
            )
            for rank in range(people)
        ),
        batch_size=5000,
    )
    ids = list(Professional.objects.filter(rpps__startswith="7").order_by("pk").values_list("pk", flat=True))
    now, actions = timezone.now(), size // PEOPLE_EACH
    with connection.cursor() as cursor:
        _actions(cursor, team, lead, now, actions, first)
        _presences(cursor, now, ids, actions)
        cursor.execute("ANALYZE")
    return ids, first


def _actions(cursor: Any, team: Any, lead: Any, now: Any, count: int, first: date) -> None:
    from equipage.coordination.models import Action

    rng = random.Random(7)  # noqa: S311
    rows = (
        Action(
            team=team,
            region_id=team.region_id,
            kind="RCP_SANS_PATIENT",
            held_on=first + timedelta(days=rng.randrange(730)),
            minutes=45,
            starts_at=f"{rng.randrange(7, 21):02d}:{rng.randrange(0, 60, 15):02d}",
            state="verified",
            verified_at=now,
            declared_by=lead,
            declared_at=now,
        )
        for _ in range(count)
    )
    Action.objects.bulk_create(rows, batch_size=5000)


def _presences(cursor: Any, now: Any, ids: list[int], actions: int) -> None:
    """Person `r + k × step` at action `r`, for k of 0 to 3: spread, without one person twice at one action."""
    lowest, people = ids[0], len(ids)
    for k in range(PEOPLE_EACH):
        cursor.execute(
            "INSERT INTO coordination_presence"
            " (action_id, professional_id, held_on, state, means, answered_at, added_at)"
            " SELECT a.id, %s + (a.id * 7 + %s) %% %s, a.held_on, 'confirmed', 'tap', a.declared_at, a.declared_at"
            " FROM coordination_action a",
            [lowest, k * (people // PEOPLE_EACH), people],
        )


def plant(rng: random.Random) -> list[tuple[list[int], date]]:
    """Tell some meetings a second time, for the same people at the same hour: what the search must find."""
    from equipage.coordination.models import Action, Presence

    ids = list(Action.objects.order_by("pk").values_list("pk", flat=True)[:10_000])
    wanted = []
    for pk in rng.sample(ids, PLANTED):
        known = Action.objects.get(pk=pk)
        people = list(known.presences.values_list("professional_id", flat=True))
        again = Action.objects.get(pk=pk)
        again.pk, again.client_key = None, uuid.uuid4()
        again.save(force_insert=True)
        Presence.objects.bulk_create(
            Presence(
                action=again,
                professional_id=person,
                held_on=again.held_on,
                state="confirmed",
                means="tap",
                answered_at=known.declared_at,
                added_at=known.declared_at,
            )
            for person in people
        )
        wanted.append((people, known.held_on))
    return wanted


def measure(size: int) -> dict[str, float]:
    """Milliseconds of one search (median, p95) and of the floor; `found` are the pairs seen."""
    from equipage.coordination.rules import overlap
    from equipage.coordination.services.hours import attended, presences_around
    from equipage.people.models import Professional

    ids, first = fill(size)
    rng = random.Random(11)  # noqa: S311
    wanted = plant(rng)
    for _ in range(SEARCHES - PLANTED):
        wanted.append((rng.sample(ids, 8), first + timedelta(days=rng.randrange(1, 729))))
    taken, floors, found = [], [], 0
    for people, day in wanted:
        began = time.perf_counter()
        around = presences_around(people, day)
        for rank, one in enumerate(around):
            for other in around[rank + 1 :]:
                if one.professional_id == other.professional_id:
                    found += overlap(attended(one), attended(other)) != ""
        taken.append(time.perf_counter() - began)
        began = time.perf_counter()
        list(Professional.objects.filter(pk__in=people).order_by("pk"))
        floors.append(time.perf_counter() - began)
    if found < PLANTED * PEOPLE_EACH:
        raise SystemExit(f"{PLANTED * PEOPLE_EACH} chevauchements semés, {found} trouvés.")
    return {
        "median": median(taken) * 1000,
        "p95": quantiles(taken, n=20)[-1] * 1000,
        "floor": median(floors) * 1000,
        "found": found,
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure(int(sys.argv[1]))))
