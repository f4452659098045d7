"""Random walks: whatever people try, in any order, no illegal row and no team that nobody answers for."""

from __future__ import annotations

import contextlib
import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.foundation.audit import verify
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.teams import services
from equipage.teams.models import Membership, Team
from equipage.teams.states import MEMBERSHIP, TEAM
from tests import factories as make

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "add",
                "add_certain",
                "accept",
                "decline",
                "vouch",
                "lead",
                "no_lead",
                "leave",
                "leave",
                "leave",
                "request_meeting",
                "cancel_meeting_request",
                "record_meeting",
                "themes",
                "close",
            ]
        ),
        # The founder and the officer may do most: they act more often than the others.
        st.sampled_from([0, 0, 4, 1, 2, 3]),
        st.sampled_from([0, 0, 1, 2, 3]),
        st.sampled_from([-5, 0, 0, 1, 10, 400]),
    ),
    min_size=4,
    max_size=20,
)


class Rolled(Exception):
    """Leaves the transaction of one example, so that the next starts clean."""


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_sequence_of_gestures_makes_an_illegal_row(steps: list[tuple[str, int, int, int]]) -> None:
    with contextlib.suppress(Rolled), transaction.atomic():
        people = [make.nurse(), make.gp(), make.gp(), make.pharmacist()]
        actors = [*(person.user for person in people), make.officer()]
        team = services.create_team(actor=people[0].user, name="Équipe", commune=make.commune())
        for name, actor, other, days in steps:
            with contextlib.suppress(Refused), transaction.atomic():
                _try(name, team, actors[actor], people[other % 4], days)
            _legal(team)
        assert verify() is None
        raise Rolled


def _try(name: str, team: Team, actor: Any, person: Any, days: int) -> None:
    actor, day = make.fresh(actor), today() + timedelta(days=days)
    row = team.memberships.filter(professional=person).order_by("-id").first()
    match name:
        case "add" | "add_certain":
            certain = name == "add_certain"
            services.add_member(actor=actor, team=team, professional=person, certain=certain, valid_from=day)
        case "request_meeting" | "cancel_meeting_request":
            services.move(actor=actor, team=team, name=name)
        case "record_meeting":
            services.record_meeting(actor=actor, team=team, met_on=day, place="", notes="")
        case "themes":
            services.choose_themes(actor=actor, team=team, codes=["asthme"][: days % 2], free="x" * (days % 3))
        case "close":
            services.close_team(actor=actor, team=team, reason="Fin." if days % 4 == 0 else " ")
        case "leave" if row is not None:
            services.leave(actor=actor, membership=row, last_day=day, reason="Départ.")
        case "lead" if row is not None:
            services.name_lead(actor=actor, membership=row)
        case "no_lead" if row is not None:
            services.step_down(actor=actor, membership=row)
        case "accept" | "decline" | "vouch" if row is not None:
            getattr(services, name)(actor=actor, membership=row)


def _legal(team: Team) -> None:
    fresh = Team.objects.get(pk=team.pk)
    for column in TEAM.states[fresh.state].required:
        assert getattr(fresh, column) not in (None, "")
    rows = list(Membership.objects.filter(team=team).order_by("professional", "valid_from", "id"))
    for row in rows:
        for column in MEMBERSHIP.states[row.state].required:
            assert getattr(row, column) not in (None, "")
    if fresh.state != "closed":
        assert any(row.role == "lead" and row.state == "confirmed" for row in rows), (
            "plus personne ne répond de l'équipe"
        )
    alive = [row for row in rows if row.state != "declined"]
    for first, second in itertools.pairwise(alive):
        if first.professional_id == second.professional_id:
            assert first.valid_to is not None and first.valid_to <= second.valid_from
