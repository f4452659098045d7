"""Who was there for a part of it is paid for that part, where time is paid; and the line says so."""

from __future__ import annotations

from datetime import time

import pytest

from equipage.compensation.models import ClaimLine
from equipage.coordination.services import set_times, validate
from tests import factories as people
from tests.compensation import factories

pytestmark = pytest.mark.django_db


def held(unit: str, amount: str = "50.00"):
    """An action of 45 minutes from two o'clock, the second person there for half an hour."""
    factories.scale([{"action_code": factories.MEETING, "unit": unit, "amount": amount}])
    action = factories.action(factories.recognised_team())
    action.starts_at = time(14, 0)
    action.save(update_fields=["starts_at"])
    late = action.presences.order_by("-professional_id")[0]
    set_times(late, actor=late.professional.user, arrived_at=time(14, 15), left_at=None)
    return action


def lines(action) -> list[ClaimLine]:
    return list(ClaimLine.objects.filter(action=action).order_by("professional_id"))


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_an_hour_rate_pays_the_minutes_of_each_and_says_it() -> None:
    action = held("hour")
    whole, late = lines(action)
    assert (whole.amount_cents, late.amount_cents) == (3750, 2500)
    assert "présente 30 min sur 45" in plain(late.sentence) and "30 min à 50,00 €" in plain(late.sentence)
    assert "présente" not in whole.sentence
    assert late.explanation["inputs"]["whole_minutes"] == 45 and "whole_minutes" not in whole.explanation["inputs"]


def test_started_half_hours_are_those_of_each() -> None:
    whole, late = lines(held("started_half_hour", "20.00"))
    assert (whole.amount_cents, late.amount_cents) == (4000, 2000) and "présente 30 min sur 45" in plain(late.sentence)


def test_a_meeting_is_a_meeting_whatever_its_minutes() -> None:
    whole, late = lines(held("meeting", "30.00"))
    assert (whole.amount_cents, late.amount_cents) == (3000, 3000) and "présente" not in late.sentence


def test_what_is_frozen_is_what_was_estimated() -> None:
    action = held("hour")
    validate(action, actor=people.officer())
    assert [(line.amount_cents, line.state) for line in lines(action)] == [(3750, "validated"), (2500, "validated")]


def test_hours_taken_back_give_the_whole_again() -> None:
    action = held("hour")
    late = action.presences.order_by("-professional_id")[0]
    set_times(late, actor=late.professional.user, arrived_at=None, left_at=None)
    assert [line.amount_cents for line in lines(action)] == [3750, 3750]
