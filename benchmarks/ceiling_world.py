"""Fifty processes that validate together. Run as a program on the database of its environment, prints JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from tests.forks import at_once, load

PROCESSES, EACH = 50, 4


def timed(call: Callable[[Any], Any], times: Sequence[Any]) -> list[float]:
    """The call for each of `times`; when it began, when it ended, the slowest."""
    began, slowest = time.monotonic(), 0.0
    for one in times:
        before = time.monotonic()
        call(one)
        slowest = max(slowest, time.monotonic() - before)
    return [began, time.monotonic(), slowest]


def validate_one(officer_id: int, action_id: int) -> None:
    """One validation, as the page does it."""
    from equipage.coordination.models import Action
    from equipage.coordination.services import validate
    from equipage.people.models import User

    validate(Action.objects.get(pk=action_id), actor=User.objects.get(pk=officer_id))


def take_one(_: Any) -> None:
    """The bare counter."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_room SET used = used + 1 WHERE used <= room - 1")


def rate(calls: list[Callable[[], Any]]) -> tuple[float, float]:
    """How many a second, all processes together, and the slowest of all."""
    found = at_once(calls)
    seconds = max(one[1] for one in found) - min(one[0] for one in found)
    return len(calls) * EACH / seconds, max(one[2] for one in found)


def main() -> dict[str, Any]:
    """Build, measure the floor, measure, check."""
    from django.db import connection
    from django.db.models import Sum

    from equipage.compensation.models import ClaimLine
    from equipage.foundation.periods import today
    from equipage.funding.models import Commitment
    from tests import factories as people
    from tests.compensation import factories
    from tests.funding.factories import envelope, fund

    many, year = PROCESSES * EACH, today().year - 1
    factories.scale(valid_from=date(year, 1, 1))
    team = factories.recognised_team(recognised_on=date(year, 1, 1))
    room = many * 7500 // 2
    row = envelope(team, room, year=year, ceiling=room)
    credit = fund(10 * room, year=year)
    actions = [factories.action(team, held_on=date(year, 1, 2) + timedelta(days=rank)).pk for rank in range(many)]
    officers = [people.officer().pk for _ in range(PROCESSES)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_room (used integer, room integer)")
        cursor.execute("INSERT INTO bench_room VALUES (0, %s)", [many // 2])
    bare_rate, _ = rate([partial(timed, take_one, range(EACH)) for _ in range(PROCESSES)])
    found_rate, slowest = rate(
        [
            partial(timed, partial(validate_one, officer), actions[rank * EACH : (rank + 1) * EACH])
            for rank, officer in enumerate(officers)
        ]
    )
    lines = ClaimLine.objects.filter(state="validated").aggregate(total=Sum("amount_cents"))["total"]
    taken = Commitment.objects.aggregate(total=Sum("amount_cents"))["total"]
    sums = {lines, taken, people.fresh(row).committed_cents, people.fresh(credit).committed_cents, room}
    if len(sums) != 1 or ClaimLine.objects.filter(state="estimated").exists():
        raise RuntimeError(f"Les totaux ne sont pas d'accord : {sums}")
    return {
        "processes": PROCESSES,
        "validations": many,
        "rate": found_rate,
        "bare_rate": bare_rate,
        "slowest": slowest,
    }


if __name__ == "__main__":
    load()
    print(json.dumps(main()))
