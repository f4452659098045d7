"""The demonstration shows contacts and requests in every state, and writes to nobody."""

from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult

from equipage.foundation.audit import verify
from equipage.foundation.periods import today
from equipage.messaging.models import Notice
from equipage.people.models import User
from equipage.support.models import Desk, DeskReport, HelpRequest
from equipage.support.selectors import (
    moving_requests_card,
    staff_of,
    waiting_reports_card,
    waiting_requests_card,
)
from equipage.support.states import DESK_REPORT, HELP_REQUEST
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from equipage.web.demo.stories import FEWEST
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_has_each_state_and_mails_nobody() -> None:
    load_territory(region="52")
    world = load_demo(teams=FEWEST, seed=3, today=today(), history=False)
    states = set(HelpRequest.objects.values_list("state", flat=True))
    assert states == set(HELP_REQUEST.states)
    assert set(DeskReport.objects.values_list("state", flat=True)) == {"open", "mended"} < set(DESK_REPORT.states)
    assert not DBTaskResult.objects.exists() and not Notice.objects.exists()
    assert all(row.email.endswith("@demo.equipage.invalid") for row in HelpRequest.objects.all())
    assert all(row.created_at <= row.waiting_since for row in HelpRequest.objects.all())
    assert all(row.closed_at is None or row.closed_at.date() < today() for row in HelpRequest.objects.all())
    assert verify() is None
    people = {name: User.objects.get(pk=user.pk) for name, user in world.staff.items()}
    assert people["officer"] in staff_of(Desk.objects.get(key="association-esp-clap"))
    assert len(waiting_requests_card(people["officer"])) == 3 and waiting_reports_card(people["officer"])
    assert len(waiting_requests_card(people["agency-49"])) == 1
    newcomer = make.fresh(world.personas["newcomer"].user)
    assert moving_requests_card(newcomer)[0]["who"] == "Marine Auvray"
