"""The time spent writing the project: it comes before the recognition, is declared after it, and is paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from equipage.agreements.models import Convention
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.compensation.rules import kinds_before_recognition
from equipage.coordination import services as coordination
from equipage.coordination.services import Facts, validate
from equipage.foundation.refusals import Refused
from equipage.teams.models import Membership
from tests import chain
from tests import factories as people
from tests.compensation import factories
from tests.compensation.factories import MEETING, OCTOBER

pytestmark = pytest.mark.django_db

WRITING = "COECRITURE"
RECOGNISED = date(2026, 10, 1)
BEFORE = date(2026, 9, 10)


@pytest.fixture
def team() -> Any:
    """Recognised on 1 October with a project that announces the writing, its members there since the summer."""
    factories.scale([{"action_code": kind, "unit": "hour", "amount": "50.00"} for kind in (WRITING, MEETING)])
    return recognised([WRITING, MEETING])


def recognised(kinds: list[str]) -> Any:
    """By the whole chain, on 1 October."""
    with time_machine.travel("2026-10-01T09:00:00+02:00", tick=True):
        formed = people.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",))
        made = chain.recognised(formed, actions=kinds)
    Membership.objects.filter(team=made).update(valid_from=date(2026, 7, 1))
    return made


def declared(team: Any, kind: str = WRITING, on: date = BEFORE) -> Any:
    present = tuple(person.pk for person in factories.people_of(team))
    facts = Facts(kind=kind, held_on=on, minutes=60, patients=0, present=present)
    return coordination.declare(actor=people.lead_of(team), team=team, facts=facts)


def sign(team: Any, since: date) -> None:
    """The conventions that the recognition prepared, signed by both."""
    at = timezone.now()
    Convention.objects.filter(team=team).update(
        state="active",
        signed_at=at,
        countersigned_at=at,
        countersigned_by=people.association_admin(),
        valid_from=since,
    )


def test_only_the_writing_of_the_project_may_be_earlier_than_the_recognition(team: Any) -> None:
    assert kinds_before_recognition("52", BEFORE) == (WRITING,)
    assert declared(team).held_on == BEFORE
    with pytest.raises(Refused, match="antérieure"):
        declared(team, MEETING)
    with pytest.raises(Refused, match="antérieure"):
        declared(team, on=date(2026, 6, 30))


def test_a_project_that_does_not_announce_it_does_not_pay_it(team: Any) -> None:
    other = recognised([MEETING])
    with pytest.raises(Refused, match="n'est pas dans le projet reconnu"):
        declared(other)


def test_it_is_paid_once_the_team_is_recognised_and_the_convention_signed(team: Any) -> None:
    action = declared(team)
    for person in factories.people_of(team):
        presence = action.presences.filter(professional=person)
        presence.update(state="confirmed", means="tap", answered_at=action.declared_at)
        factories.bank(person)
    validate(people.fresh(action), actor=people.officer())
    assert set(ClaimLine.objects.values_list("amount_cents", "state")) == {(5000, "validated")}
    piles = preview(people.organisation("association"), OCTOBER)
    assert {remark for line in piles.not_ready.lines for remark in line.remarks} == {
        "La convention n'est pas en vigueur au jour de l'action."
    }
    sign(team, RECOGNISED + timedelta(days=5))
    piles = preview(people.organisation("association"), OCTOBER)
    assert piles.not_ready.count == 0 and piles.payable_cents == 10_000


def test_a_convention_signed_later_pays_no_other_kind(team: Any) -> None:
    held = RECOGNISED + timedelta(days=1)
    factories.validated(team, kind=MEETING, held_on=held)
    for person in factories.people_of(team):
        factories.bank(person)
    sign(team, held + timedelta(days=1))
    piles = preview(people.organisation("association"), OCTOBER)
    assert piles.payable_cents == 0 and piles.not_ready.count == 2
