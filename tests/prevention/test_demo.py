"""The demonstration shows prevention in each state, a programme that waits and one to evaluate, and holds together."""

from __future__ import annotations

import pytest

from equipage.foundation.audit import verify
from equipage.foundation.periods import today
from equipage.prevention.models import Evaluation, PreventionAction, Programme, ProgrammeChange, Session
from equipage.prevention.selectors import waiting_for_professional
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_shows_prevention() -> None:
    load_territory(region="52")
    world = load_demo(teams=36, seed=1, today=today())
    assert set(PreventionAction.objects.values_list("state", flat=True)) == {"planned", "under_way", "finished"}
    finished = PreventionAction.objects.get(state="finished")
    assert all(row.achieved is not None for row in finished.indicators.order_by("id"))
    waiting = Programme.objects.get(state="sent")
    assert not waiting.silence_has_passed and waiting.complete_since(today()) is None
    complete = Programme.objects.get(state="complete")
    assert complete.complete_since(today()) == complete.acknowledged_on
    assert [row.is_late for row in complete.evaluations.filter(kind="annual").order_by("rank")] == [True, False]
    assert Evaluation.objects.count() == 5 and ProgrammeChange.objects.count() == 1
    rows: list[PreventionAction | Programme] = [
        *PreventionAction.objects.select_related("team"),
        *Programme.objects.select_related("team"),
    ]
    assert all(row.team.association_since and row.team.association_since <= world.yesterday for row in rows)
    assert all(row.number.startswith("FICTIF") for row in Programme.objects.exclude(number=""))
    for session in Session.objects.select_related("action", "prevention_action", "programme"):
        action = session.prevention_action
        assert action is None or action.first_on <= session.action.held_on <= action.last_on
        assert session.programme is None or session.programme.complete_since(session.action.held_on)
    assert verify() is None
    nurse = factories.fresh(complete.coordinator.user)
    assert {"Évaluation en retard", "Changement à notifier"} <= {
        card["tag"] for card in waiting_for_professional(nurse)
    }
