"""Several people at the same moment: one date, one meeting, one mail, whatever the order."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.core import mail

from equipage.foundation import audit
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.refusals import Refused
from equipage.meetings.models import Meeting, Participant, SlotAnswer
from equipage.meetings.services import changing, planning
from equipage.messaging.models import Notice
from tests import factories
from tests.meetings.planning_helpers import fixed, people_of, plan, polled, recognised, soon
from tests.together import together

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def tried(call):
    """The result, or the sentence of the refusal."""
    try:
        return call()
    except Refused as refused:
        return refused.sentence


def two_leads(team):
    other = people_of(team)[1]
    team.memberships.filter(professional=other).update(role="lead")
    return factories.lead_of(team), factories.fresh(other.user)


def test_two_leads_fix_at_once_and_one_is_told():
    team = recognised()
    meeting, leads = polled(team), two_leads(team)
    calls = [
        partial(tried, partial(planning.fix, actor=who, meeting=meeting, starts_at=start))
        for who, start in zip(leads, (soon(8), soon(9, 13)), strict=True)
    ]
    results = together(calls)
    won = [result for result in results if isinstance(result, Meeting)]
    assert len(won) == 1 and any(isinstance(result, str) and "n'est plus possible" in result for result in results)
    assert factories.fresh(meeting).starts_at == won[0].starts_at
    assert Notice.objects.filter(kind="meetings.invitation").count() == 2 and audit.verify() is None


def test_the_same_form_sent_six_times_at_once_is_one_meeting():
    team, key = recognised(), uuid.uuid4()
    lead, wanted, slots = factories.lead_of(team), plan(team), [soon(8), soon(9)]
    send = partial(planning.propose, actor=lead, team=team, plan=wanted, slots=slots, client_key=key)
    results = together([send] * 6)
    assert len({meeting.pk for meeting in results}) == 1 and Meeting.objects.count() == 1
    assert Participant.objects.count() == 2 and Notice.objects.filter(kind="meetings.poll").count() == 1


def test_answering_while_the_date_is_fixed_leaves_whole_rows():
    team = recognised()
    meeting, lead, other = polled(team), factories.lead_of(team), factories.fresh(people_of(team)[1].user)
    choices = {slot.pk: "no" for slot in meeting.slots.order_by("id")}
    results = together(
        [
            partial(tried, partial(planning.fix, actor=lead, meeting=meeting, starts_at=soon(8))),
            partial(tried, partial(planning.answer_poll, actor=other, meeting=meeting, choices=choices)),
        ]
    )
    assert isinstance(results[0], Meeting)
    said = SlotAnswer.objects.filter(participant__professional__user=other).count()
    answer = meeting.participants.get(professional__user=other).answer
    # Answered before: three words, and « non » holds for that date. Too late: nothing at all.
    assert (said, answer) in ((3, "no"), (0, "")) and (said == 0) == isinstance(results[1], str)


def test_a_move_and_a_cancellation_at_once_end_cancelled():
    team = recognised()
    meeting, (one, other) = fixed(team), two_leads(team)
    together(
        [
            partial(tried, partial(changing.change, actor=one, meeting=meeting, plan=plan(team), starts_at=soon(15))),
            partial(tried, partial(changing.cancel, actor=other, meeting=meeting, reason="Salle fermée")),
        ]
    )
    row = factories.fresh(meeting)
    assert row.state == "cancelled" and row.sequence in (1, 2) and audit.verify() is None


def test_two_workers_mail_each_person_once():
    team = recognised()
    Worker().run_all()
    mail.outbox.clear()
    fixed(team)
    together([lambda: Worker().run_all()] * 2)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.user.email for person in people_of(team))
