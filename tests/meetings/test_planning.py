"""Calling a meeting, answering its poll, fixing its date: what is written, who is told, what is refused."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.meetings.jobs import remind_silent
from equipage.meetings.models import Meeting, Participant, SlotAnswer
from equipage.meetings.selectors.planning import poll_of
from equipage.meetings.services import planning
from equipage.messaging.models import Notice
from tests import factories
from tests.meetings.planning_helpers import by_person, event_in, fixed, people_of, plan, polled, recognised, sent, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """A nurse who leads, a GP, a pharmacist."""
    return recognised(factories.pharmacist(last_name="Officine"))


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def others(team):
    """The accounts of the members who do not lead."""
    return [factories.fresh(person.user) for person in people_of(team)[1:]]


def say(meeting, actor, *choices):
    slots = list(meeting.slots.order_by("starts_at"))
    given = {slot.pk: choice for slot, choice in zip(slots, choices, strict=True)}
    return planning.answer_poll(actor=actor, meeting=meeting, choices=given)


# --- proposing --------------------------------------------------------------------------------------------------------


def test_a_poll_asks_the_others_and_the_organiser_has_answered(team, lead, others):
    sent()
    meeting = polled(team)
    assert meeting.state == "polling" and meeting.starts_at is None and meeting.slots.count() == 3
    assert set(SlotAnswer.objects.values_list("participant__professional__user", "choice")) == {(lead.pk, "yes")}
    assert {notice.recipient for notice in Notice.objects.filter(kind="meetings.poll")} == set(others)
    mails = by_person(sent())
    assert set(mails) == {user.email for user in others}
    assert f"/reunions/{meeting.pk}/" in mails[others[0].email].body
    assert audit.verify() is None


def test_the_same_sending_arrives_once(team, lead):
    key, slots = uuid.uuid4(), [soon(8), soon(9)]
    first, again = (
        planning.propose(actor=lead, team=team, plan=plan(team), slots=slots, client_key=key) for _ in range(2)
    )
    assert first.pk == again.pk and Meeting.objects.count() == 1
    assert Notice.objects.filter(kind="meetings.poll").count() == 2


def test_somebody_else_cannot_send_with_that_key(team, lead, others):
    key = uuid.uuid4()
    planning.propose(actor=lead, team=team, plan=plan(team), slots=[soon(8), soon(9)], client_key=key)
    with pytest.raises(Refused, match="rechargez"):
        planning.propose(actor=others[0], team=team, plan=plan(team), slots=[soon(8), soon(9)], client_key=key)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"kind": "PPS"}, "kind", "de la liste"),
        ({"kind": "PREVENTION"}, "kind", "de la liste"),
        ({"minutes": 0}, "minutes", "au moins 5"),
        ({"minutes": -30}, "minutes", "au moins 5"),
        ({"minutes": 721}, "minutes", "12 heures"),
        ({"invited": ()}, "invited", "au moins une"),
        ({"title": "x" * 161}, "title", "160"),
        ({"title": "Patient 1 84 12 76 451 089 46"}, "title", "sécurité sociale"),
        ({"place": "Virement FR76 3000 6000 0112 3456 7890 189"}, "place", "compte bancaire"),
        ({"video_link": "http://visio.invalid/a"}, "video_link", "https://"),
        ({"video_link": "javascript:alert(1)"}, "video_link", "https://"),
        ({"video_link": "https://moi:secret@visio.invalid/"}, "video_link", "https://"),
        ({"video_link": "https://"}, "video_link", "https://"),
        ({"video_link": "https://visio.invalid/" + "a" * 400}, "video_link", "https://"),
    ],
)
def test_a_wrong_plan_is_refused_with_its_field(team, more, field, words):
    with pytest.raises(Refused) as refused:
        polled(team, **more)
    assert refused.value.field == field and words in refused.value.sentence
    assert not Meeting.objects.exists() and not Participant.objects.exists()


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        (list, "au moins deux"),
        (lambda: [soon(8)], "au moins deux"),
        (lambda: [soon(8)] * 12, "deux fois"),
        (lambda: [soon(8, hour) for hour in range(8, 17)], "8 créneaux au plus"),
        (lambda: [soon(8), timezone.now() - timedelta(minutes=1)], "passé"),
        (lambda: [soon(8), soon(8) + timedelta(days=800)], "plus d'un an"),
    ],
)
def test_wrong_slots_are_refused(team, slots, words):
    with pytest.raises(Refused, match=words) as refused:
        planning.propose(actor=factories.lead_of(team), team=team, plan=plan(team), slots=slots())
    assert refused.value.field == "slots" and not Meeting.objects.exists()


def test_who_left_or_leaves_before_is_named(team, lead):
    gone = factories.nurse(first_name="Ana", last_name="Partie")
    factories.join(team, gone, until=today() + timedelta(days=3))
    invited = (*plan(team).invited,)
    with pytest.raises(Refused, match="Ana Partie ne sera pas membre") as refused:
        planning.plan_meeting(actor=lead, team=team, plan=plan(team, invited=invited), starts_at=soon(8))
    assert refused.value.field == "invited"
    stranger = factories.gp(last_name="Ailleurs")
    with pytest.raises(Refused, match="Ailleurs"):
        polled(team, invited=(stranger.pk,))


def test_only_members_of_a_recognised_team_call_a_meeting(team):
    with pytest.raises(Refused, match="membre confirmé"):
        polled(team, actor=factories.nurse().user)
    other = factories.complete_team(state="accompanied")
    with pytest.raises(Refused, match="pas reconnue"):
        polled(other)


def test_html_is_text_and_lines_are_one(team):
    meeting = polled(team, title="<b>Suite</b>\r\nBcc: x@y.fr\x00", place="Salle\n2")
    assert meeting.title == "<b>Suite</b> Bcc: x@y.fr" and meeting.place == "Salle 2"


def test_the_agenda_of_last_time_is_offered_to_the_room(team, lead, monkeypatch):
    seen = []
    monkeypatch.setattr(planning, "after_copy", [lambda new, old, actor: seen.append((new.pk, old.pk, actor))])
    first = polled(team)
    second = planning.propose(actor=lead, team=team, plan=plan(team), slots=[soon(20), soon(21)], like=first)
    assert seen == [(second.pk, first.pk, lead)]


# --- the poll ---------------------------------------------------------------------------------------------------------


def test_answers_are_counted_and_the_best_slot_is_said(team, lead, others):
    meeting = polled(team)
    say(meeting, others[0], "no", "yes", "maybe")
    say(meeting, others[1], "yes", "maybe", "no")
    view = poll_of(meeting)
    first, second, third = view.tallies
    assert (first.figures, second.figures, third.figures) == ("2 oui", "2 oui, 1 si besoin", "1 oui, 1 si besoin")
    assert view.best is second and view.waited == 0
    said = first.sentence(timezone.now())
    assert "2 oui ; manque Dr Hugo" in said and "médecin" in said
    assert Notice.objects.filter(kind="meetings.poll_complete", recipient=lead).count() == 1


def test_an_answer_may_change_and_says_everybody_answered_once(team, lead, others):
    meeting = polled(team)
    say(meeting, others[0], "yes", "yes", "yes")
    say(meeting, others[1], "yes", "yes", "yes")
    say(meeting, others[1], "no", "no", "maybe")
    assert Notice.objects.filter(kind="meetings.poll_complete").count() == 1
    rows = SlotAnswer.objects.filter(participant__professional__user=others[1])
    assert list(rows.order_by("slot__starts_at").values_list("choice", flat=True)) == ["no", "no", "maybe"]


def test_wrong_answers_are_refused(team, others):
    meeting, other = polled(team), polled(team)
    slot = meeting.slots.order_by("id")[0].pk
    for choices in ({}, {slot: "peut-être"}, {other.slots.order_by("id")[0].pk: "yes"}, {0: "yes"}):
        with pytest.raises(Refused, match="chaque créneau"):
            planning.answer_poll(actor=others[0], meeting=meeting, choices=choices)
    assert not SlotAnswer.objects.filter(participant__professional__user=others[0]).exists()
    with pytest.raises(Refused, match="pas sur la liste"):
        planning.answer_poll(actor=factories.nurse().user, meeting=meeting, choices={slot: "yes"})


def test_after_the_poll_closed_the_answer_comes_too_late(team, lead, others):
    meeting = polled(team)
    slots = {slot.pk: "yes" for slot in meeting.slots.order_by("id")}
    planning.fix(actor=lead, meeting=meeting, starts_at=soon(8))
    with pytest.raises(Refused, match="la date est fixée"):
        planning.answer_poll(actor=others[0], meeting=meeting, choices=slots)


def test_the_silent_are_reminded_once(team, lead, others):
    meeting = polled(team, slots=[soon(13), soon(14)])
    say(meeting, others[0], "yes", "yes")
    assert remind_silent.call() == 0, "trop tôt"
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1), tick=True):
        assert remind_silent.call() == 1
        assert remind_silent.call() == 0
    assert Notice.objects.get(kind="meetings.poll_reminder").recipient == others[1]


def test_a_poll_whose_slots_are_near_reminds_sooner_and_a_dead_one_never(team, others):
    polled(team, slots=[timezone.now() + timedelta(hours=30), soon(12)])
    assert remind_silent.call() == 2
    dead = polled(team, slots=[timezone.now() + timedelta(hours=3), timezone.now() + timedelta(hours=4)])
    Notice.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=True):
        remind_silent.call()
    assert not Notice.objects.filter(link=f"/reunions/{dead.pk}/").exists()


# --- fixing -----------------------------------------------------------------------------------------------------------


def test_fixing_keeps_what_was_said_of_that_slot_and_frees_the_others(team, lead, others):
    meeting = polled(team)
    say(meeting, others[0], "yes", "no", "no")
    say(meeting, others[1], "maybe", "yes", "yes")
    sent()
    row = planning.fix(actor=lead, meeting=meeting, starts_at=soon(8))
    assert row.state == "fixed" and row.starts_at == soon(8) and row.sequence == 0
    answers = dict(row.participants.values_list("professional__user", "answer"))
    assert answers == {lead.pk: "yes", others[0].pk: "yes", others[1].pk: ""}
    mails = by_person(sent())
    assert set(mails) == {lead.email, *(user.email for user in others)}
    text = mails[others[1].email].body.replace("\u202f", " ").replace("\xa0", " ")
    assert "Les autres créneaux proposés sont libres" in text and "à 13 h" in text
    assert soon(8) == event_in(mails[others[1].email]).DTSTART


def test_another_date_than_the_slots(team, lead):
    meeting = polled(team)
    row = planning.fix(actor=lead, meeting=meeting, starts_at=soon(30, 19))
    assert row.starts_at == soon(30, 19)
    with pytest.raises(Refused, match="passé"):
        planning.fix(actor=lead, meeting=polled(team), starts_at=timezone.now() - timedelta(days=1))


def test_only_who_organises_or_leads_fixes(team, lead, others):
    meeting = polled(team, actor=others[0])
    with pytest.raises(Refused, match="revient à"):
        planning.fix(actor=others[1], meeting=meeting, starts_at=soon(8))
    assert planning.fix(actor=lead, meeting=meeting, starts_at=soon(8)).state == "fixed"


def test_the_same_click_twice_tells_once_and_a_second_lead_is_told(team, lead, others):
    meeting = polled(team)
    for _ in range(2):
        planning.fix(actor=lead, meeting=meeting, starts_at=soon(8))
    assert Notice.objects.filter(kind="meetings.invitation").count() == 3
    team.memberships.filter(professional__user=others[0]).update(role="lead")
    with pytest.raises(Refused, match="n'est plus possible"):
        planning.fix(actor=factories.fresh(others[0]), meeting=meeting, starts_at=soon(9, 13))
    assert factories.fresh(meeting).starts_at == soon(8)


def test_who_has_left_by_that_day_is_not_expected(team, lead):
    leaver = factories.nurse(last_name="Mobile")
    factories.join(team, leaver, until=today() + timedelta(days=6))
    meeting = polled(team)
    row = planning.fix(actor=lead, meeting=meeting, starts_at=soon(8))
    assert leaver.pk not in set(row.invited.values_list("professional_id", flat=True))
    assert not Notice.objects.filter(kind="meetings.invitation", recipient=leaver.user).exists()


# --- once it is fixed -------------------------------------------------------------------------------------------------


def test_coming_or_not_the_last_answer_counts(team, lead, others):
    meeting = fixed(team)
    assert dict(meeting.participants.values_list("professional__user", "answer"))[lead.pk] == "yes"
    for coming, kept in ((True, "yes"), (False, "no"), (False, "no")):
        planning.answer(actor=others[0], meeting=meeting, coming=coming)
        assert meeting.participants.get(professional__user=others[0]).answer == kept
    with pytest.raises(Refused, match="pas sur la liste"):
        planning.answer(actor=factories.nurse().user, meeting=meeting, coming=True)
    with time_machine.travel(soon() + timedelta(hours=2), tick=True), pytest.raises(Refused, match="passée"):
        planning.answer(actor=others[0], meeting=meeting, coming=True)


def test_one_person_is_reminded_once_a_day(team, lead, others):
    meeting = fixed(team)
    row = meeting.participants.get(professional__user=others[0])
    assert "rappel est parti" in planning.nudge(actor=lead, participant=row)
    with pytest.raises(Refused, match="déjà reçu"):
        planning.nudge(actor=lead, participant=row)
    with pytest.raises(Refused, match="organise"):
        planning.nudge(actor=others[1], participant=row)
    planning.answer(actor=others[0], meeting=meeting, coming=True)
    with (
        time_machine.travel(timezone.now() + timedelta(days=1), tick=True),
        pytest.raises(Refused, match="a déjà répondu"),
    ):
        planning.nudge(actor=lead, participant=row)
    nobody = factories.pharmacist(account=False, last_name="Horsligne")
    factories.join(team, nobody)
    other = fixed(team, starts_at=soon(20))
    with pytest.raises(Refused, match="pas de compte"):
        planning.nudge(actor=lead, participant=other.participants.get(professional=nobody))


# --- who sees ---------------------------------------------------------------------------------------------------------


def test_the_team_alone_sees_its_meetings(team, lead, others):
    meeting = polled(team)
    for user in (lead, *others):
        assert can(user, "meetings.view_meeting", meeting).allowed
    outside = [
        factories.officer(),
        factories.treasurer(),
        factories.ars_region(),
        factories.ars_department(),
        factories.platform_admin(),
        factories.lead_of(factories.recognised_team()),
    ]
    for user in outside:
        assert not can(user, "meetings.view_meeting", meeting).allowed
        assert not can(user, "meetings.view_participant", meeting.participants.order_by("id")[0]).allowed


def test_the_journal_of_the_team_which_the_association_reads_says_nothing_of_meetings(team, lead):
    fixed(team)
    links = audit.models.AuditEntry.objects.filter(action__startswith="meetings.")
    assert links.exists() and not links.filter(stream=team.audit_stream).exists()
    assert not links.model.objects.visible_to(factories.officer()).filter(action__startswith="meetings.").exists()
