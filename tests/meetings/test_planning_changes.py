"""A meeting that was announced: moved, cancelled, its people changed; series; what each calendar is told, and once."""

from __future__ import annotations

import re
import smtplib
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from icalendar import Calendar

from equipage.foundation import audit
from equipage.foundation.french import paris_day
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.refusals import Refused
from equipage.meetings.services import changing, planning
from equipage.messaging.models import MailboxMessage, Notice
from equipage.teams import services as teams
from tests import factories
from tests.meetings.planning_helpers import (
    by_person,
    calendar_in,
    event_in,
    fixed,
    people_of,
    plan,
    polled,
    recognised,
    sent,
    soon,
)
from tools.processes import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    made = recognised(factories.pharmacist(last_name="Officine"))
    sent()
    return made


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def others(team):
    return [factories.fresh(person.user) for person in people_of(team)[1:]]


def known(meeting):
    """What each calendar knows, by account."""
    rows = meeting.participants.order_by("id").values_list("professional__user", "sent_status", "sent_sequence")
    return {user: (status, sequence) for user, status, sequence in rows}


def method(message):
    return str(calendar_in(message)["METHOD"])


# --- the invitation ---------------------------------------------------------------------------------------------------


def test_each_invitation_names_its_reader_and_nobody_else(team, lead, others):
    meeting = fixed(team, title="Situation de Mme Untel", video_link="https://visio.invalid/salle?a=1,b;c")
    mails = by_person(sent())
    assert set(mails) == {lead.email, *(user.email for user in others)}
    for address, message in mails.items():
        whole = message.message().as_bytes()
        assert [other for other in mails if other != address and other.encode() in whole] == []
        assert b"Untel" not in whole and "patient" not in str(message.body).lower()
        event = event_in(message)
        assert str(event["ATTENDEE"]) == f"mailto:{address}"
        assert str(event["ORGANIZER"]) == "mailto:ne-pas-repondre@equipage.invalid"
        assert event["SEQUENCE"] == 0 and meeting.starts_at == event.DTSTART
        assert "https://visio.invalid/salle?a=1,b;c" in str(event["DESCRIPTION"])
        assert f"/reunions/{meeting.pk}/" in str(event["DESCRIPTION"])
    assert set(known(meeting).values()) == {("confirmed", 0)}
    notices = Notice.objects.filter(kind="meetings.invitation")
    assert notices.count() == 3 and all(notice.sent_at for notice in notices)
    assert not any("Untel" in f"{notice.subject} {notice.body}" for notice in Notice.objects.all())


def test_where_a_patient_may_be_met_the_place_stays_on_the_page(team):
    fixed(team, kind="RCP_AVEC_PATIENT", place="Chez elle, 5 rue du Four")
    assert all(b"rue du Four" not in message.message().as_bytes() for message in sent())
    fixed(team, starts_at=soon(20), place="Cabinet, 5 rue du Four")
    assert all(str(event_in(message)["LOCATION"]) == "Cabinet, 5 rue du Four" for message in sent())


def test_a_mail_has_the_part_that_mail_programs_read_and_the_file(team, lead):
    fixed(team)
    message = by_person(sent())[lead.email]
    parts = {part.get_content_type(): part for part in message.message().walk()}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"].get_param("charset") == "utf-8"
    assert parts["application/ics"].get_filename() == "invitation.ics"
    assert Calendar.from_ical(parts["text/calendar"].get_payload(decode=True)) == Calendar.from_ical(
        parts["application/ics"].get_payload(decode=True)
    )


def test_a_real_server_receives_the_invitation(team, lead, smtp):
    fixed(team)
    Worker().run_all()
    received = {to[0]: message for to, message in smtp.received}
    message = received[lead.email]
    assert re.fullmatch(r"<reunion\.[0-9a-f]{32}@equipage\.invalid>", message["Message-ID"])
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert "BEGIN:VEVENT" in calendar.get_content()


@pytest.fixture
def smtp(settings):
    class Kept:
        def __init__(self):
            self.received = []

        async def handle_DATA(self, server, session, envelope):
            self.received.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
            return "250 OK"

    kept, port = Kept(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, smtp_host="127.0.0.1")
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"
    yield kept
    controller.stop()


def test_the_demonstration_says_that_a_file_came_along(team, settings):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"
    fixed(team)
    Worker().run_all()
    assert MailboxMessage.objects.filter(text__contains="Pièce jointe : invitation.ics").count() == 3


def test_a_member_without_account_is_invited_at_the_address_the_team_gave(team, lead):
    reached = factories.nurse(account=False, last_name="Sans", email="sans@demo.equipage.invalid")
    silent = factories.nurse(account=False, last_name="Rien")
    for person in (reached, silent):
        factories.join(team, person)
    meeting = fixed(team)
    assert "sans@demo.equipage.invalid" in by_person(sent())
    rows = dict(meeting.participants.values_list("professional", "sent_status"))
    assert rows[reached.pk] == "confirmed" and rows[silent.pk] == ""


def test_a_job_run_again_mails_nothing_twice(team):
    fixed(team)
    assert len(sent()) == 3
    DBTaskResult.objects.update(status="READY")
    assert sent() == []


def test_a_refusal_of_the_server_is_tried_again_and_told_once(team, monkeypatch):
    meeting = fixed(team)

    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("parti")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        Worker().run_all()
    assert set(known(meeting).values()) == {("", -1)} and not mail.outbox
    DBTaskResult.objects.update(run_after=timezone.now())
    assert len(sent()) == 3 and set(known(meeting).values()) == {("confirmed", 0)}


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_move_tells_the_new_date_with_the_next_sequence_and_asks_again(team, lead, others):
    meeting = fixed(team)
    planning.answer(actor=others[0], meeting=meeting, coming=True)
    sent()
    changing.change(actor=lead, meeting=meeting, plan=plan(team), starts_at=soon(15, 19))
    mails = by_person(sent())
    event = event_in(mails[others[0].email])
    assert method(mails[others[0].email]) == "REQUEST" and event["SEQUENCE"] == 1 and soon(15, 19) == event.DTSTART
    assert "déplacée" in mails[others[0].email].subject
    assert meeting.participants.get(professional__user=others[0]).answer == ""
    assert meeting.participants.get(professional__user=lead).answer == "yes"
    assert set(known(meeting).values()) == {("confirmed", 1)}


def test_two_moves_before_the_mail_leaves_are_one_mail(team, lead):
    meeting = fixed(team)
    changing.change(actor=lead, meeting=meeting, plan=plan(team), starts_at=soon(15))
    changing.change(actor=lead, meeting=meeting, plan=plan(team), starts_at=soon(16))
    mails = sent()
    assert len(mails) == 3 and {event_in(message)["SEQUENCE"] for message in mails} == {2}
    assert {event_in(message).DTSTART for message in mails} == {soon(16)}


def test_what_calendars_do_not_show_is_not_mailed(team, lead):
    meeting = fixed(team)
    sent()
    row = changing.change(actor=lead, meeting=meeting, plan=plan(team, title="Autre objet"), starts_at=soon())
    assert row.title == "Autre objet" and row.sequence == 0 and sent() == []
    changing.change(actor=lead, meeting=meeting, plan=plan(team, title="Autre objet", minutes=90))
    assert {event_in(message)["SEQUENCE"] for message in sent()} == {1}


def test_nothing_changed_tells_nobody(team, lead):
    meeting = fixed(team)
    sent()
    links = audit.models.AuditEntry.objects.count()
    changing.change(actor=lead, meeting=meeting, plan=plan(team), starts_at=soon())
    assert sent() == [] and audit.models.AuditEntry.objects.count() == links


def test_a_title_is_not_in_the_journal(team, lead):
    meeting = polled(team, title="Situation de Mme Untel")
    changing.change(actor=lead, meeting=meeting, plan=plan(team, title="Suite pour Mme Untel"))
    changing.cancel(actor=lead, meeting=fixed(team), reason="Reportée")
    links = audit.models.AuditEntry.objects.filter(action__startswith="meetings.")
    assert not any("Untel" in str((link.before, link.after, link.comment)) for link in links)


@pytest.mark.parametrize("days", [-1, 900])
def test_a_wrong_move_is_refused(team, lead, days):
    meeting = fixed(team)
    with pytest.raises(Refused) as refused:
        changing.change(actor=lead, meeting=meeting, plan=plan(team), starts_at=timezone.now() + timedelta(days=days))
    assert refused.value.field == "starts_at" and factories.fresh(meeting).starts_at == soon()


def test_only_who_organises_or_leads_changes(team, lead, others):
    meeting = fixed(team, actor=others[0])
    with pytest.raises(Refused, match="organise"):
        changing.change(actor=others[1], meeting=meeting, plan=plan(team, minutes=30))
    changing.change(actor=lead, meeting=meeting, plan=plan(team, minutes=30))
    changing.cancel(actor=others[0], meeting=meeting, reason="Reportée")
    with pytest.raises(Refused, match="ne se modifie plus"):
        changing.change(actor=lead, meeting=meeting, plan=plan(team))


# --- the people -------------------------------------------------------------------------------------------------------


def test_who_leaves_the_list_and_who_joins_it_are_told_and_nobody_else(team, lead, others):
    first, second = people_of(team)[1:]
    meeting = fixed(team, invited=(people_of(team)[0].pk, first.pk))
    sent()
    changing.change(actor=lead, meeting=meeting, plan=plan(team, invited=(people_of(team)[0].pk, second.pk)))
    mails = by_person(sent())
    assert set(mails) == {user.email for user in others}
    gone, come = mails[first.user.email], mails[second.user.email]
    assert method(gone) == "CANCEL" and event_in(gone)["SEQUENCE"] == 1 and "plus attendu" in gone.subject
    assert method(come) == "REQUEST" and event_in(come)["SEQUENCE"] == 0
    assert Notice.objects.get(kind="meetings.withdrawal").link == "/reunions/"


def test_who_comes_back_is_invited_at_a_later_sequence(team, lead):
    head, first, second = people_of(team)
    meeting = fixed(team)
    sent()
    changing.change(actor=lead, meeting=meeting, plan=plan(team, invited=(head.pk, second.pk)))
    (off,) = sent()
    changing.change(actor=lead, meeting=meeting, plan=plan(team))
    (back,) = sent()
    assert off.to == back.to == [first.user.email] and method(back) == "REQUEST"
    assert event_in(back)["SEQUENCE"] > event_in(off)["SEQUENCE"]
    assert meeting.participants.count() == 3 and meeting.invited.count() == 3


def test_somebody_never_told_is_not_told_the_end(team, lead):
    """Taken off before the first mail left: nothing is in any calendar, nothing to forget."""
    head, first, second = people_of(team)
    meeting = fixed(team)
    changing.change(actor=lead, meeting=meeting, plan=plan(team, invited=(head.pk, second.pk)))
    assert first.user.email not in by_person(sent())


def test_people_added_to_a_poll_are_asked(team, lead, others):
    head, first, second = people_of(team)
    meeting = polled(team, invited=(head.pk, first.pk))
    sent()
    changing.change(actor=lead, meeting=meeting, plan=plan(team))
    (asked,) = sent()
    assert asked.to == [second.user.email] and not asked.attachments


def test_who_leaves_the_team_is_no_longer_expected(team, lead):
    member = people_of(team)[1]
    before, after, poll = fixed(team, starts_at=soon(2)), fixed(team, starts_at=soon(20)), polled(team)
    sent()
    row = team.memberships.get(professional=member)
    with time_machine.travel(timezone.now() + timedelta(seconds=5), tick=True):
        teams.leave(actor=lead, membership=row, last_day=paris_day(soon(2)), reason="Déménagement")
    assert before.invited.filter(professional=member).exists()
    assert not after.invited.filter(professional=member).exists()
    assert not poll.invited.filter(professional=member).exists()
    told = [message for message in sent() if message.to == [member.user.email] and message.attachments]
    assert [method(message) for message in told] == ["CANCEL"] and soon(20) == event_in(told[0]).DTSTART


def test_a_closed_team_meets_no_more(team):
    meeting, poll = fixed(team), polled(team)
    sent()
    teams.close_team(actor=factories.officer(), team=team, reason="Départs à la retraite")
    assert {factories.fresh(meeting).state, factories.fresh(poll).state} == {"cancelled"}
    told = [message for message in sent() if message.attachments]
    assert len(told) == 3 and {method(message) for message in told} == {"CANCEL"}


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_a_cancellation_reaches_those_who_knew(team, lead, others):
    meeting = fixed(team)
    sent()
    row = changing.cancel(actor=lead, meeting=meeting, reason="Salle fermée")
    assert (row.state, row.sequence, row.cancel_reason) == ("cancelled", 1, "Salle fermée")
    mails = sent()
    assert len(mails) == 3 and {method(message) for message in mails} == {"CANCEL"}
    assert {event_in(message)["SEQUENCE"] for message in mails} == {1}
    assert "Salle fermée" in mails[0].body
    assert set(known(meeting).values()) == {("cancelled", 1)}
    assert Notice.objects.filter(kind="meetings.withdrawal").count() == 3


def test_cancelled_before_the_invitation_left_sends_no_calendar(team, lead):
    changing.cancel(actor=lead, meeting=fixed(team), reason="Erreur")
    assert sent() == []


def test_a_poll_that_is_cancelled_frees_its_slots(team, lead, others):
    meeting = polled(team)
    sent()
    changing.cancel(actor=lead, meeting=meeting, reason="Plus besoin")
    mails = sent()
    assert {message.to[0] for message in mails} == {user.email for user in others}
    assert not any(message.attachments for message in mails) and "libres" in mails[0].body


@pytest.mark.parametrize("reason", ["", "  ", "Patient 1 84 12 76 451 089 46"])
def test_a_cancellation_asks_a_reason_that_may_be_read(team, lead, reason):
    meeting = fixed(team)
    with pytest.raises(Refused):
        changing.cancel(actor=lead, meeting=meeting, reason=reason)
    assert factories.fresh(meeting).state == "fixed"
