"""What comes from a phone: once, whatever was cut, repeated or late; conflicts are told with both versions."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.coordination import services
from equipage.coordination.models import Action
from equipage.coordination.services.sync import receive
from equipage.foundation import audit
from tests import chain, factories
from tests.coordination.sending import THEME, answers, item, parcel, take
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return chain.recognised(factories.complete_team(state="accompanied", themes=(THEME,)))


@pytest.fixture
def people(team):
    return [m.professional for m in team.memberships.order_by("id").select_related("professional__user")]


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


# Exactly once --------------------------------------------------------------------------------------------------------


def test_a_new_key_declares_and_the_same_again_answers_the_same(team, people, lead):
    key = uuid.uuid4()
    first, again = take(lead, team, people, key=key), take(lead, team, people, key=key)
    assert first.outcome == again.outcome == "done" and first.action == again.action
    assert Action.objects.count() == 1
    assert people[1].user.notices.filter(kind="coordination.presence_expected").count() == 1


def test_a_higher_revision_corrects_and_a_late_lower_one_changes_nothing(team, people, lead):
    key = uuid.uuid4()
    take(lead, team, people, key=key)
    assert take(lead, team, people, key=key, revision=2, seen=1, minutes=60).outcome == "done"
    assert take(lead, team, people, key=key, revision=1).outcome == "done"
    assert take(lead, team, people, key=key, revision=2, seen=1, minutes=60).outcome == "done"
    row = Action.objects.get()
    assert (row.minutes, row.client_revision) == (60, 2)


def test_the_first_arrival_may_be_a_later_revision(team, people, lead):
    key = uuid.uuid4()
    take(lead, team, people, key=key, revision=3, seen=2, minutes=30)
    take(lead, team, people, key=key, revision=2, seen=1, minutes=90)  # late: it left before
    assert (Action.objects.get().minutes, Action.objects.get().client_revision) == (30, 3)


def test_withdrawing_at_once_undoes_and_tells_nobody(team, people, lead):
    key = uuid.uuid4()
    take(lead, team, people, key=key)
    assert take(lead, team, people, key=key, revision=2, seen=1, deleted=True).outcome == "gone"
    assert take(lead, team, people, key=key, revision=2, seen=1, deleted=True).outcome == "gone"
    row = Action.objects.get()
    assert row.state == "cancelled" and row.client_revision == 2
    last = audit.last_of(row, ["coordination.action.undo", "coordination.action.cancel"])
    assert last is not None and last[0].endswith("undo")


def test_withdrawing_after_another_voice_is_a_withdrawal_with_its_reason(team, people, lead):
    key = uuid.uuid4()
    action = take(lead, team, people, key=key).action
    other = factories.fresh(people[1].user)
    services.confirm_presence(action.presences.get(professional=people[1]), actor=other)
    assert take(lead, team, people, key=key, revision=2, seen=1, deleted=True).outcome == "gone"
    assert "téléphone" in factories.fresh(action).cancel_reason


def test_a_copy_that_arrives_after_its_withdrawal_does_not_come_back_to_life(team, people, lead):
    key = uuid.uuid4()
    assert take(lead, team, people, key=key, revision=2, seen=1, deleted=True).outcome == "gone"
    assert take(lead, team, people, key=key).outcome == "gone"
    assert not Action.objects.exists() and audit.verify() is None


def test_what_was_withdrawn_on_the_site_is_said_gone(team, people, lead):
    key = uuid.uuid4()
    action = take(lead, team, people, key=key).action
    services.cancel(action, actor=lead, reason="Erreur.")
    for revision in (1, 2):
        assert take(lead, team, people, key=key, revision=revision, seen=1, minutes=50).outcome == "gone"


# Any sequence of sends, cuts and repeats -----------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(1, 200)),
        st.just(("delete",)),
        st.just(("send",)),  # the answer comes back
        st.just(("cut",)),  # the server took it, the answer was lost
        st.just(("lost",)),  # it never left
        st.tuples(st.just("late"), st.integers(0, 9)),  # a copy sent long ago arrives now
    ),
    max_size=12,
)


class Phone:
    """The outbox of a phone for one declaration, as the scripts keep it."""

    def __init__(self, team, people, lead):
        self.frame, self.lead = (team, people), lead
        self.key, self.revision, self.seen, self.tried = uuid.uuid4(), 1, 0, False
        self.minutes, self.deleted, self.there = 45, False, True
        self.sent, self.outcomes = [], []

    def anew(self):
        self.seen = max(self.seen, self.revision if self.tried else 0)
        self.revision, self.tried = max(self.revision, self.seen) + 1, False

    def play(self, step):
        name, *more = step
        if name == "late":
            if self.sent:
                receive(self.sent[more[0] % len(self.sent)], actor=self.lead)
        elif not self.there:
            return
        elif name == "edit" and not self.deleted:
            self.anew()
            self.minutes = more[0]
        elif name == "delete" and not self.deleted:
            if not self.tried and not self.seen:
                self.there = False  # it never left: nothing to tell
                return
            self.anew()
            self.deleted = True
        elif name in ("send", "cut", "lost"):
            self.send(arrives=name != "lost", answers=name == "send")

    def send(self, *, arrives=True, answers=True):
        self.tried = True
        made = parcel(
            *self.frame,
            key=self.key,
            revision=self.revision,
            seen=self.seen,
            deleted=self.deleted,
            minutes=self.minutes,
        )
        self.sent.append(made)
        if arrives:
            received = receive(made, actor=self.lead)
            if answers:
                self.outcomes.append(received.outcome)
                if self.deleted and received.outcome in ("done", "gone"):
                    self.there = False


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_any_sequence_ends_as_if_the_last_revision_had_arrived_once(team, people, lead, steps):
    phone = Phone(team, people, lead)
    before = Action.objects.count()
    for step in steps:
        phone.play(step)
    if phone.there:
        phone.send()  # the network is back for good
    for copy in phone.sent:  # and every copy that was on its way arrives after all
        receive(copy, actor=lead)
    rows = Action.objects.filter(client_key=phone.key)
    assert Action.objects.count() - before == rows.count() <= 1
    assert set(phone.outcomes) <= {"done", "gone"}
    if phone.deleted or not phone.sent:
        assert not rows.exclude(state="cancelled").exists()
    else:
        row = rows.get()
        assert row.minutes == phone.minutes and row.state == "declared"
        services.cancel(row, actor=lead, reason="Fin de l'essai.")  # the next example finds the day free


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_copies_at_the_same_moment_make_one_action():
    team = chain.recognised(factories.complete_team(state="accompanied", themes=(THEME,)))
    people = [m.professional for m in team.memberships.order_by("id")]
    lead, made = factories.lead_of(team), parcel(team, people)
    found = together([partial(receive, made, actor=lead)] * 10)
    assert {one.outcome for one in found} == {"done"} and Action.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_copy_and_its_withdrawal_at_the_same_moment_leave_nothing_open():
    team = chain.recognised(factories.complete_team(state="accompanied", themes=(THEME,)))
    people = [m.professional for m in team.memberships.order_by("id")]
    lead = factories.lead_of(team)
    for _ in range(5):
        key = uuid.uuid4()
        copy = parcel(team, people, key=key, another=True)
        gone = parcel(team, people, key=key, revision=2, seen=1, deleted=True)
        together([partial(receive, copy, actor=lead), partial(receive, gone, actor=lead)])
    assert not Action.objects.exclude(state="cancelled").exists()


# Conflicts -----------------------------------------------------------------------------------------------------------


def test_a_correction_made_elsewhere_meanwhile_is_a_conflict_and_insisting_keeps_mine(team, people, lead):
    key = uuid.uuid4()
    action = take(lead, team, people, key=key).action
    services.correct(action, actor=lead, facts=chain.today_facts(team, people, minutes=50))
    asked = take(lead, team, people, key=key, revision=2, seen=1, minutes=60)
    assert asked.outcome == "conflict" and asked.kept and "entre-temps" in asked.sentence
    assert Action.objects.get().minutes == 50
    assert take(lead, team, people, key=key, revision=3, seen=2, minutes=60).outcome == "done"
    assert Action.objects.get().minutes == 60


def test_deleting_what_was_corrected_elsewhere_asks_first(team, people, lead):
    key = uuid.uuid4()
    action = take(lead, team, people, key=key).action
    services.correct(action, actor=lead, facts=chain.today_facts(team, people, minutes=50))
    assert take(lead, team, people, key=key, revision=2, seen=1, deleted=True).outcome == "conflict"
    assert take(lead, team, people, key=key, revision=3, seen=2, deleted=True).outcome == "gone"


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("end", ["validated", "returned"])
def test_what_is_closed_is_a_conflict_that_cannot_be_insisted_on(team, people, lead, deleted, end):
    chain.adopted_scale()
    key, officer = uuid.uuid4(), factories.officer()
    action = take(lead, team, people, key=key).action
    services.confirm_presence(action.presences.get(professional=people[1]), actor=factories.fresh(people[1].user))
    if end == "validated":
        services.validate(action, actor=officer)
    else:
        services.return_to_team(action, actor=officer, reason="La durée ?")
    asked = take(lead, team, people, key=key, revision=2, seen=1, minutes=60, deleted=deleted)
    assert asked.outcome == "conflict" and not asked.kept
    assert ("validée" if end == "validated" else "La durée ?") in asked.sentence
    row = factories.fresh(action)
    assert row.state == end and row.minutes == 45
    assert take(lead, team, people, key=key).outcome == "done"  # the first answer, again


def test_a_look_alike_is_a_question_with_the_other_version(client, team, people, lead):
    other = services.declare(
        actor=factories.fresh(people[1].user), team=team, facts=chain.today_facts(team, people, minutes=30)
    )
    client.force_login(lead)
    mine = item(team, people)
    asked = answers(client, lead, [mine])[0]
    assert asked["outcome"] == "question" and asked["url"] == reverse("coordination:action", args=[other.pk])
    assert asked["existing"]["facts"]["minutes"] == 30 and "Dr Hugo" in asked["existing"]["people"]
    assert answers(client, lead, [{**mine, "revision": 2, "another": True}])[0]["outcome"] == "done"
    assert Action.objects.count() == 2


def test_the_key_of_somebody_else_is_refused(team, people, lead):
    key = uuid.uuid4()
    take(lead, team, people, key=key)
    received = take(factories.fresh(people[1].user), team, people, key=key, revision=2)
    assert received.outcome == "refused" and "une autre personne" in received.sentence
