"""The yearly statement: the same cents as the transfers of the year, written once, told once, read by its payee."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.books.panels import checks_of_year
from equipage.compensation import jobs
from equipage.compensation.models import ClaimLine, YearStatement
from equipage.compensation.services.yearly import issue_year, last_editions, paid_in, statements_of
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.payments.models import Payment, PaymentRun
from tests import factories as people
from tests.compensation import factories as money
from tests.compensation.reading import signed_in

pytestmark = pytest.mark.django_db
IN_JANUARY = "2027-01-15T09:00:00+01:00"
_ranks = itertools.count(1)


@pytest.fixture
def association() -> Any:
    """Two teams with a person in common, paid on 22 November 2026."""
    money.scale()
    money.paying_account()
    first, second = money.paid_team("Première"), money.paid_team("Seconde")
    money.validated(first)
    money.validated(first, minutes=50)
    money.validated(second)
    money.executed(date(2026, 11, 22))
    return people.organisation("association")


def row_of(point: str, association: Any, year: int = 2026) -> dict[str, str]:
    return next(row for row in checks_of_year(association, year) if row["point"] == point)


def transfer(person: Any, cents: int, on: date) -> Payment:
    """One more transfer of the year, without lines: what matters is its day and its amount."""
    rank = next(_ranks)
    like = PaymentRun.objects.filter(state="executed").order_by("pk")[0]
    run = PaymentRun.objects.create(
        organisation=like.organisation,
        number=f"S-{rank}",
        month=on.replace(day=1),
        state="executed",
        prepared_by=like.prepared_by,
        prepared_at=like.prepared_at,
        approved_by=like.approved_by,
        approved_at=like.approved_at,
        executed_by=like.executed_by,
        executed_at=like.executed_at,
        executed_on=on,
        requested_on=on,
        bank_file=b"x",
        payments_count=1,
        lines_count=1,
        total_cents=cents,
        content_hash="0" * 64,
    )
    return Payment.objects.create(
        run=run,
        professional=person,
        bank_details=person.bank_details.get(),
        amount_cents=cents,
        end_to_end_id=f"S-{rank}",
        label="Essai",
    )


def paper(row: YearStatement) -> Document:
    """The document of a statement."""
    assert row.document is not None
    return row.document


def test_statements_are_the_transfers_of_the_year_to_the_cent(association: Any) -> None:
    assert row_of("Relevés annuels", association)["tone"] == "wait"
    with time_machine.travel(IN_JANUARY, tick=True):
        rows = issue_year(association, 2026)
        assert issue_year(association, 2026) == []
    transfers = {payment.professional_id: payment.amount_cents for payment in Payment.objects.all()}
    assert {row.professional_id: row.total_cents for row in rows} == transfers == paid_in(association, 2026)
    assert row_of("Relevés annuels", association)["tone"] == row_of("Fichiers bancaires", association)["tone"] == "ok"
    assert [row["point"] for row in checks_of_year(association, 2026) if row["tone"] == "stop"] == []
    for row in rows:
        data = paper(row).data
        own = ClaimLine.objects.filter(professional_id=row.professional_id, payment__isnull=False)
        assert len(data["teams"]) == own.values("team").distinct().order_by().count()
        assert [month["label"] for month in data["months"]] == ["novembre 2026"]
        assert data["months"][0]["total"] == data["total"]
        assert pdf_of(paper(row)).startswith(b"%PDF")


def test_corrections_stand_apart(association: Any) -> None:
    line = ClaimLine.objects.filter(state="paid").order_by("pk")[0]
    wrong = ClaimLine.objects.get(pk=line.pk)
    wrong.pk, wrong.adjusts, wrong.amount_cents, wrong.cut_cents = None, line, -1250, 0
    wrong.state, wrong.payment = "paid", line.payment
    wrong._state.adding = True
    wrong.save()
    with time_machine.travel(IN_JANUARY, tick=True):
        row = next(one for one in issue_year(association, 2026) if one.professional_id == line.professional_id)
    assert "12,50" in paper(row).data["corrections"] and "12,50" in paper(row).data["months"][0]["corrections"]
    others = [one for one in last_editions(association, 2026).values() if one.pk != row.pk]
    assert others and all(paper(one).data["corrections"] == "" for one in others)


def test_a_year_that_runs_has_no_statement(association: Any) -> None:
    with time_machine.travel("2026-12-31T23:59:00+01:00", tick=False), pytest.raises(Refused, match="pas finie"):
        issue_year(association, 2026)
    with time_machine.travel("2027-01-01T00:00:00+01:00", tick=False):
        assert issue_year(association, 2026)
    assert not YearStatement.objects.exclude(year=2026).exists()


def test_a_transfer_recorded_later_gives_a_new_edition_of_its_payee_alone(association: Any) -> None:
    with time_machine.travel(IN_JANUARY, tick=True):
        before = issue_year(association, 2026)
        person = before[0].professional
        transfer(person, 4200, date(2026, 12, 31))
        transfer(person, 9900, date(2027, 1, 1))
        assert row_of("Relevés annuels", association)["tone"] == "wait"
        (again,) = issue_year(association, 2026)
    assert (again.professional_id, again.edition) == (person.pk, 2)
    assert again.total_cents == before[0].total_cents + 4200
    assert "remplace" in paper(again).data["edition"] and len(last_editions(association, 2026)) == len(before)
    assert [row.pk for row in statements_of(person)] == [again.pk]


def test_a_statement_never_changes(association: Any) -> None:
    with time_machine.travel(IN_JANUARY, tick=True):
        row = issue_year(association, 2026)[0]
    for change in ({"total_cents": 1}, {"document_id": None}, {"year": 2025}):
        with pytest.raises(DatabaseError), transaction.atomic():
            YearStatement.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        YearStatement.objects.filter(pk=row.pk).delete()


def test_january_issues_once_and_tells_once(association: Any, django_capture_on_commit_callbacks: Any) -> None:
    jobs.issue_year_statements.call()
    assert not YearStatement.objects.exists()
    with time_machine.travel(IN_JANUARY, tick=True):
        for _ in range(2):
            jobs.issue_year_statements.call()
            jobs.tell_year_statements.call(association.pk, 2026)
    rows = YearStatement.objects.all()
    told = Notice.objects.filter(kind="compensation.year_statement")
    assert rows.count() == Payment.objects.count() and all(paper(row).sealed for row in rows)
    assert told.count() == rows.filter(professional__user__isnull=False).count() > 0


def test_the_payee_reads_it_and_nobody_else(association: Any) -> None:
    with time_machine.travel(IN_JANUARY, tick=True):
        mine, other = issue_year(association, 2026)[:2]
    client = signed_in(mine.professional.user)
    address = reverse("compensation:year_statement", args=[mine.pk])
    assert client.get(address).content.startswith(b"%PDF")
    assert address in client.get(reverse("compensation:mine")).content.decode()
    assert client.get(reverse("compensation:year_statement", args=[other.pk])).status_code == 404
    assert signed_in(people.officer()).get(address).status_code == 200
    assert signed_in(people.officer(region_code="53")).get(address).status_code == 404


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 10**9), st.dates(date(2025, 12, 30), date(2027, 1, 2))), max_size=8
    )
)
def test_whatever_was_executed_statements_say_it(association: Any, executed: list[tuple[int, int, date]]) -> None:
    with transaction.atomic():
        payees = [payment.professional for payment in Payment.objects.order_by("pk")[:4]]
        for who, cents, on in executed:
            transfer(payees[who % len(payees)], cents, on)
        with time_machine.travel(IN_JANUARY, tick=True):
            for year in (2025, 2026):
                issue_year(association, year)
                assert {who: row.total_cents for who, row in last_editions(association, year).items()} == paid_in(
                    association, year
                )
        told = sum(row.total_cents for year in (2025, 2026) for row in last_editions(association, year).values())
        days = Payment.objects.filter(run__executed_on__lt=date(2027, 1, 1)).values_list("amount_cents", flat=True)
        assert told == sum(days)
        transaction.set_rollback(True)


def test_many_payees_ask_as_much(association: Any) -> None:
    counts = []
    for _ in range(2):
        with transaction.atomic(), time_machine.travel(IN_JANUARY, tick=True):
            with CaptureQueriesContext(connection) as queries:
                issue_year(association, 2026)
            counts.append(len(queries))
            transaction.set_rollback(True)
        more = money.paid_team("Troisième") if len(counts) == 1 else None
        for person in money.people_of(more) if more else ():
            transfer(person, 100, date(2026, 12, 1))
    assert counts[0] == counts[1]
