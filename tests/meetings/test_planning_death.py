"""Nobody is invited after their death, not even through an address that a colleague shares."""

from __future__ import annotations

import pytest

from equipage.foundation.periods import today
from equipage.people.services import record_death
from tests import factories
from tests.meetings.planning_helpers import fixed, recognised, sent

pytestmark = pytest.mark.django_db


def test_somebody_who_died_is_sent_no_calendar() -> None:
    colleague = factories.gp()
    gone = factories.nurse(account=False, email=colleague.user.email)
    team = recognised(colleague, gone)
    sent()
    record_death(
        actor=factories.officer(),
        professional=gone,
        organisation=factories.organisation(),
        died_on=today(),
        learnt_from="l'équipe",
    )
    meeting = fixed(team)
    assert {row.sent_sequence for row in meeting.participants.filter(professional=gone)} == {-1}
    assert [message.to[0] for message in sent()].count(colleague.user.email) == 1
