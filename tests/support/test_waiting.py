"""Nothing is lost: what waits too long is carried higher, and what nobody needs any more is forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.module_loading import autodiscover_modules
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.audit import verify
from equipage.foundation.jobs.declare import schedules
from equipage.foundation.periods import PARIS, add_months, add_working_days, today
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.people.models import RoleAssignment
from equipage.support import rules, services
from equipage.support.links import follow_link
from equipage.support.models import DeskReport, HelpRequest
from equipage.support.rules import due_level, is_stale
from tests import factories as make
from tests.support.helpers import ask, desk, inside, sent, words_of

pytestmark = pytest.mark.django_db
# A Tuesday without a public holiday near.
MONDAY = date(2026, 10, 5)


def at(day: date, hour: int = 8) -> Any:
    """That day in Paris; the clock goes on."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=PARIS), tick=True)


def later(working_days: int) -> date:
    return add_working_days(MONDAY, working_days)


def carried(working_days: int) -> set[str]:
    """The addresses written to by the job of that day."""
    with at(later(working_days)):
        services.carry_what_waits()
        return {mail.to[0] for mail in sent()}


# --- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "days", "level"),
    [
        ("waiting", 1, 0),
        ("waiting", 2, 1),
        ("waiting", 4, 1),
        ("waiting", 5, 2),
        ("waiting", 9, 2),
        ("waiting", 10, 3),
        ("taken", 4, 0),
        ("taken", 5, 1),
        ("taken", 10, 2),
        ("taken", 15, 3),
        ("answered", 60, 0),
        ("closed", 60, 0),
    ],
)
def test_the_delays_are_those_we_promise(state: str, days: int, level: int) -> None:
    assert due_level(state, MONDAY, later(days)) == level


def test_days_off_do_not_count() -> None:
    friday = MONDAY + timedelta(days=4)
    assert due_level("waiting", friday, friday + timedelta(days=3)) == 0, "lundi est le premier jour ouvré"
    assert due_level("waiting", friday, friday + timedelta(days=4)) == 1
    # 11 November 2026 is a Wednesday and a public holiday.
    assert due_level("waiting", date(2026, 11, 10), date(2026, 11, 12)) == 0


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 60), st.integers(0, 30))
def test_a_wait_never_goes_down(since: date, days: int, more: int) -> None:
    first, second = since + timedelta(days=days), since + timedelta(days=days + more)
    assert due_level("waiting", since, first) <= due_level("waiting", since, second) <= 3


def test_a_contact_is_checked_again_after_six_months() -> None:
    assert is_stale(None, MONDAY)
    assert is_stale(add_months(MONDAY, -6), MONDAY)
    assert not is_stale(add_months(MONDAY, -6) + timedelta(days=1), MONDAY)


def test_the_jobs_are_on_the_schedule() -> None:
    autodiscover_modules("jobs")
    names = {schedule.name for schedule in schedules()}
    assert {"equipage.support.jobs.carry_what_waits", "equipage.support.jobs.forget_who_asked"} <= names


# --- carried higher ---------------------------------------------------------------------------------------------------


def test_an_outside_desk_is_reminded_then_the_association_then_the_platform(client: Client) -> None:
    with at(MONDAY):
        outside = desk("apmsl", region="52")
        officer, platform = make.officer(), make.platform_admin()
        row = ask()
        sent()
    assert carried(1) == set()
    assert carried(2) == {outside.email}
    assert carried(2) == carried(4) == set(), "deux passages ne disent rien deux fois"
    assert carried(5) == {officer.email, row.email}
    with at(later(5)):
        assert "Signalée en retard" not in client.get(follow_link(row)).content.decode()
    assert carried(9) == set()
    assert carried(10) == {platform.email}
    assert carried(30) == set()
    assert make.fresh(row).reminded == 3 and verify() is None
    late = Notice.objects.filter(recipient=officer).get()
    assert late.urgent and "pas traitée" in late.subject


def test_after_a_stop_of_the_machine_everybody_is_told_once() -> None:
    with at(MONDAY):
        outside = desk("apmsl", region="52")
        officer, platform = make.officer(), make.platform_admin()
        row = ask()
        sent()
    assert carried(12) == {outside.email, officer.email, row.email, platform.email}
    assert carried(12) == set()


def test_without_an_association_the_platform_is_told_in_its_place() -> None:
    with at(MONDAY):
        desk("apmsl", region="52")
        platform = make.platform_admin()
        make.officer(region_code="53")
        row = ask()
        sent()
    assert carried(2) == {"apmsl@guichet.invalid"}
    assert carried(5) == {platform.email, row.email}
    assert make.fresh(row).reminded == 3


def test_taking_stops_the_clock_and_silence_starts_another() -> None:
    with at(MONDAY):
        inside()
        officer, colleague = make.officer(), make.officer()
        row = ask()
    with at(later(1)):
        services.take(actor=officer, request=row)
        sent()
    assert carried(5) == set()
    assert carried(6) == {officer.email}, "cinq jours après l'avoir prise"
    assert carried(11) == {officer.email, colleague.email, row.email}
    with at(later(12)):
        services.answer(actor=officer, request=row, text="Pardon, voici.")
        sent()
    assert carried(40) == set() and make.fresh(row).reminded == 0


def test_a_request_passed_on_waits_afresh_and_is_reminded_there() -> None:
    with at(MONDAY):
        inside()
        officer = make.officer()
        other = desk("autre", region="52", forms=["msp"])
        row = ask()
    carried(2)
    with at(later(3)):
        services.pass_on(actor=officer, request=row, desk=other, reason="Pour vous.")
        sent()
    assert carried(4) == set()
    assert carried(5) == {other.email}


def test_somebody_who_left_is_not_the_only_one_told() -> None:
    with at(MONDAY):
        inside()
        gone, here = make.officer(), make.officer()
        row = ask()
        services.take(actor=gone, request=row)
        RoleAssignment.objects.filter(user=gone).update(valid_to=MONDAY + timedelta(days=1))
        gone.is_active = False
        gone.save()
        sent()
    assert carried(5) == {here.email}
    assert make.fresh(row).reminded == 1


# --- forgotten --------------------------------------------------------------------------------------------------------


def test_who_asked_is_forgotten_a_year_after_and_the_counts_stay(client: Client) -> None:
    with at(MONDAY):
        inside()
        nurse, officer = make.nurse(), make.officer()
        row = ask(user=nurse.user, phone="0241000000", profession_code="60")
        kept = ask(email="b@demo.equipage.invalid")
        services.answer(actor=officer, request=row, text="Voici, Léa.")
        services.close(actor=officer, request=row, reason="Réglé avec Léa.")
    closed = add_months(MONDAY, rules.KEEP_MONTHS)
    with at(closed):
        assert services.forget()["requests"] == 0
    with at(closed + timedelta(days=1)):
        assert services.forget()["requests"] == 1 and services.forget()["requests"] == 0
        row = make.fresh(row)
        personal = ("name", "email", "phone", "profession_code", "digest", "origin", "search", "holder_name")
        assert {getattr(row, column) for column in personal} == {""} and row.asked_by is None
        assert [text for _, text in words_of(row)] == ["", "", ""]
        assert not row.messages.filter(author=nurse.user).exists(), "le fil ne mène plus à son compte"
        assert row.messages.filter(author=officer).exists()
        assert (row.commune_id, row.topic, row.state, row.holder) == ("49092", "equipe", "closed", officer)
        assert row.closed_at and row.desk and row.erased_at
        assert make.fresh(kept).name == "Léa Roux"
        assert client.get(follow_link(row)).status_code == 410
        with pytest.raises(Refused, match="sont effacées"):
            services.reopen(actor=officer, request=row)
        client.force_login(officer)
        page = client.get(f"/aide/demandes/{row.pk}/").content.decode()
        assert "Coordonnées effacées" in page and "Texte effacé" in page
        assert ask().pk != row.pk, "les mêmes mots, un an après, sont une nouvelle demande"
    assert verify() is None


def test_network_traces_live_one_day() -> None:
    with at(MONDAY):
        made = desk(region="52")
        row = ask()
        report = services.report_desk(network_address="192.0.2.1", desk=made, reason="phone")
        assert services.forget()["traces"] == 0
    with at(MONDAY + timedelta(days=1), 9):
        assert services.forget()["traces"] == 2
    assert make.fresh(row).origin == make.fresh(report).origin == "" and make.fresh(row).email


def test_reports_are_forgotten_too() -> None:
    with at(MONDAY):
        made, officer = desk(region="52"), make.officer()
        report = services.report_desk(
            network_address="x", desk=made, reason="phone", text="Léa", email="lea@demo.equipage.invalid"
        )
        services.mend_report(actor=officer, report=report)
    with at(add_months(MONDAY, rules.KEEP_MONTHS) + timedelta(days=1)):
        assert services.forget()["reports"] == 1
    row = DeskReport.objects.get()
    assert (row.email, row.text, row.state, row.desk) == ("", "", "mended", made)


def test_the_promise_is_shown_where_people_ask(client: Client) -> None:
    desk(region="52")
    row = ask()
    said = (
        f"{rules.REMIND_AFTER} jours ouvrés",
        f"{rules.ASSOCIATION_AFTER} jours ouvrés",
        f"{rules.KEEP_MONTHS} mois",
    )
    for page in ("/aide/contacts/", "/aide/demander/", follow_link(row)):
        text = client.get(page).content.decode().replace("\u00a0", " ")
        assert all(words in text for words in said), page
    assert HelpRequest.objects.get().created_at.astimezone(PARIS).date() == today()
