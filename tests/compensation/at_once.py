"""Fifty validations at the same moment, in fifty real processes, three ways. Run as a program: prints what is left.

Nothing is judged here: `test_at_once.py` reads the figures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import time_machine

from tests.forks import at_once, load

MANY = 50


def attempt(action_id: int, officer_id: int) -> str:
    """Validate; "" when it was, else the sentence that refused."""
    from equipage.coordination.models import Action
    from equipage.coordination.services import validate
    from equipage.foundation.refusals import Refused
    from equipage.people.models import User

    try:
        validate(Action.objects.get(pk=action_id), actor=User.objects.get(pk=officer_id))
    except Refused as refused:
        return refused.sentence
    return ""


def days(count: int) -> list[date]:
    """As many days of 2026 on which a team of 1 February may meet."""
    return [date(2026, 2, 2) + timedelta(days=5 * rank) for rank in range(count)]


def validated_at_once(actions: Sequence[Any]) -> dict[str, Any]:
    """Validate them all at once, each by another person; what the rows, the lines and the commitments say then."""
    from equipage.compensation.models import ClaimLine
    from equipage.compensation.states import COMMITTED
    from equipage.funding.models import Commitment, Envelope
    from tests import factories as people

    calls = [partial(attempt, action.pk, people.officer().pk) for action in actions]
    told = at_once(calls)
    lines = ClaimLine.objects.filter(action__in=actions)
    kept = lines.filter(state__in=COMMITTED)
    return {
        "told": told,
        "estimated": sorted(set(lines.filter(state="estimated").values_list("action", flat=True))),
        "refused": sorted(action.pk for action, said in zip(actions, told, strict=True) if said),
        "lines": [
            [line.amount_cents, line.cut_cents, line.sentence, line.professional_id] for line in kept.order_by("pk")
        ],
        "commitments": sum(
            Commitment.objects.filter(envelope__team__in={action.team_id for action in actions}).values_list(
                "amount_cents", flat=True
            )
        ),
        "envelopes": {
            str(row.team_id): [row.amount_cents, row.committed_cents]
            for row in Envelope.objects.filter(team__in={action.team_id for action in actions})
        },
    }


def one_team() -> dict[str, Any]:
    """An envelope that pays half of fifty actions of 75 €, and a part of one more."""
    from tests.compensation import factories
    from tests.funding.factories import envelope

    team = factories.recognised_team()
    envelope(team, 190_000)
    return validated_at_once([factories.action(team, held_on=day) for day in days(MANY)])


def two_teams_one_credit() -> dict[str, Any]:
    """Two teams, a credit that pays half of what they did together and a part of one more."""
    from tests import factories as people
    from tests.compensation import factories
    from tests.funding.factories import fund

    credit = fund(190_000)
    teams = [factories.recognised_team() for _ in range(2)]
    found = validated_at_once(
        [factories.action(teams[rank % 2], held_on=day) for rank, day in enumerate(days(MANY))],
    )
    credit = people.fresh(credit)
    found["credit"] = [credit.amount_cents, credit.committed_cents]
    credit.amount_cents = 100_000_000
    credit.save()
    return found


def one_person_two_teams() -> dict[str, Any]:
    """Somebody at every action of two teams, with a yearly ceiling of 500 €: fifty times 37,50 € are asked.

    The colleague there in each team, twenty-five times, passes the same ceiling in one team.
    """
    from tests import factories as people
    from tests.compensation import factories

    # Adopted later for the same days: it applies.
    factories.scale(valid_from=date(2026, 1, 2), cap_person_year_cents=50_000)
    shared = people.nurse()
    teams = [factories.recognised_team(lead=shared) for _ in range(2)]
    found = validated_at_once([factories.action(teams[rank % 2], held_on=day) for rank, day in enumerate(days(MANY))])
    found["person"] = shared.pk
    return found


def main() -> dict[str, Any]:
    """The three stories, on a day of November."""
    from tests.compensation import factories

    with time_machine.travel("2026-11-22T09:00:00+01:00", tick=True):
        factories.scale()
        return {
            "one_team": one_team(),
            "two_teams": two_teams_one_credit(),
            "one_person": one_person_two_teams(),
        }


if __name__ == "__main__":
    load()
    print(json.dumps(main()))
