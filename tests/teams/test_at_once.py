"""Two people, or one person twice, at the same moment: real connections on a real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from equipage.foundation.audit import verify
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.teams import services
from equipage.teams.models import Membership, Team
from tests import factories as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each on its own connection; results, or the refusals."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=20)
            return work()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, work) for work in works]]


def test_six_clicks_create_one_team() -> None:
    nurse, place = make.nurse(), make.commune()
    found = at_once(
        *[lambda: services.create_team(actor=make.fresh(nurse.user), name="Mauges", commune=place) for _ in range(6)]
    )
    assert {team.pk for team in found} == {Team.objects.get().pk}
    assert Membership.objects.count() == 1
    assert verify() is None


def test_two_leads_adding_the_same_person_add_them_once() -> None:
    team, doctor = make.complete_team(), make.gp()
    first, second = make.lead_of(team), make.member_of(team)
    team.memberships.update(role="lead")
    found = at_once(
        *[
            lambda lead=lead: services.add_member(actor=make.fresh(lead), team=team, professional=doctor)
            for lead in (first, second, first, second)
        ]
    )
    assert sum(isinstance(answer, Refused) for answer in found) == 3
    assert team.memberships.filter(professional=doctor).count() == 1


def test_two_leads_stepping_down_together_leave_one() -> None:
    team = make.complete_team()
    team.memberships.update(role="lead")
    rows = list(team.memberships.select_related("professional__user").order_by("id"))
    found = at_once(
        *[
            lambda row=row: services.step_down(actor=make.fresh(row.professional.user), membership=make.fresh(row))
            for row in rows
        ]
    )
    assert sum(isinstance(answer, Refused) for answer in found) == 1
    assert team.memberships.filter(role="lead").count() == 1


def test_two_leads_leaving_together_leave_one() -> None:
    team = make.complete_team()
    team.memberships.update(role="lead")
    rows = list(team.memberships.select_related("professional__user").order_by("id"))
    found = at_once(
        *[
            lambda row=row: services.leave(
                actor=make.fresh(row.professional.user),
                membership=make.fresh(row),
                last_day=today(),
                reason="Retraite.",
            )
            for row in rows
        ]
    )
    assert sum(isinstance(answer, Refused) for answer in found) == 1
    assert team.memberships.filter(role="lead", state="confirmed").count() == 1


def test_the_meeting_asked_twice_at_once_tells_the_association_once() -> None:
    team, officer = make.complete_team(), make.officer()
    lead = make.lead_of(team)
    at_once(*[lambda: services.move(actor=make.fresh(lead), team=team, name="request_meeting") for _ in range(4)])
    assert make.fresh(team).state == "meeting_requested"
    assert Notice.objects.filter(recipient=officer).count() == 1
