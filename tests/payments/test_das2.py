"""Whom the year paid, for the DAS2: cash basis, everybody, the threshold of the year, what is still to ask."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipage.payments import das2
from equipage.payments.models import BankDetails, Payment, PaymentRun
from equipage.people.models import Professional
from tests import factories as people
from tests.compensation import factories as money
from tests.compensation.reading import signed_in, text_of

pytestmark = pytest.mark.django_db
_ranks = itertools.count(1)


def paid(
    person: Professional, cents: int, on: date, *, region_code: str = "52", state: str = "executed", holder: str = ""
) -> Payment:
    """One transfer of a run of its own, executed on a day."""
    known = BankDetails.objects.filter(professional=person, organisation__region_id=region_code).first()
    details = known or money.bank(person, region_code=region_code, holder=holder)
    rank = next(_ranks)
    run = PaymentRun.objects.create(
        organisation=details.organisation,
        number=f"E-{rank}",
        month=on.replace(day=1),
        state=state,
        prepared_by=people.officer(region_code=region_code),
        prepared_at=timezone.now(),
        approved_by=people.treasurer(),
        approved_at=timezone.now(),
        executed_by=people.treasurer() if state == "executed" else None,
        executed_at=timezone.now() if state == "executed" else None,
        executed_on=on if state == "executed" else None,
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
        bank_details=details,
        amount_cents=cents,
        end_to_end_id=f"E-{rank}",
        label="Essai",
    )


def amounts(year: int, region_code: str = "52") -> dict[int, int]:
    association = people.organisation("association", region_code=region_code)
    return {row.pk: row.paid_cents for row in das2.payees_of(association, year)}  # type: ignore[attr-defined]


def test_what_counts_is_the_day_of_the_bank() -> None:
    person = people.nurse()
    paid(person, 100, date(2024, 2, 29))
    paid(person, 20, date(2024, 12, 31))
    paid(person, 3, date(2025, 1, 1))
    paid(person, 5000, date(2024, 6, 1), state="approved")
    assert amounts(2024) == {person.pk: 120}
    assert amounts(2025) == {person.pk: 3} and amounts(2023) == {}


def test_a_person_paid_by_two_associations_is_in_two_lists_with_two_sums() -> None:
    person = people.nurse()
    paid(person, 100, date(2025, 3, 1))
    paid(person, 7, date(2025, 4, 1), region_code="53")
    assert amounts(2025) == {person.pk: 100} and amounts(2025, "53") == {person.pk: 7}


@pytest.mark.parametrize(
    ("year", "cents", "above"),
    [(2025, 240_000, 0), (2025, 240_001, 1), (2024, 240_000, 0), (2023, 120_000, 0), (2023, 120_001, 1)],
)
def test_the_threshold_itself_is_not_above_it(year: int, cents: int, above: int) -> None:
    person = people.nurse()
    paid(person, cents - 1, date(year, 5, 1))
    paid(person, 1, date(year, 7, 1))
    found = das2.summary_of(people.organisation("association"), year)
    assert (found.above, found.payees, found.paid_cents) == (above, 1, cents)
    page = text_of(signed_in(people.treasurer()).get(reverse("payments:das2", args=[year])))
    assert ("au-dessus" in page.split("À demander")[-1]) is bool(above)


def test_what_is_missing_is_named_person_by_person() -> None:
    known, company = people.nurse(), people.nurse()
    Professional.objects.filter(pk=known.pk).update(siret="73282932000074")
    paid(known, 100, date(2025, 5, 1))
    paid(company, 100, date(2025, 5, 1), holder="SELARL des Trois Rivières")
    rows = {row.pk: das2.missing_of(row) for row in das2.payees_of(people.organisation("association"), 2025)}
    assert "SIRET" not in rows[known.pk] and "nom de la voie" in rows[known.pk]
    assert "SIRET" in rows[company.pk] and "« SELARL des Trois Rivières »" in rows[company.pk]
    assert das2.summary_of(people.organisation("association"), 2025).without_siret == 1


def test_the_last_evening_of_the_year_still_asks_for_the_year_before() -> None:
    with time_machine.travel(datetime(2025, 12, 31, 23, 59, tzinfo=ZoneInfo("Europe/Paris")), tick=False):
        assert das2.last_full_year() == 2024
    with time_machine.travel(datetime(2026, 1, 1, 0, 0, tzinfo=ZoneInfo("Europe/Paris")), tick=False):
        assert das2.last_full_year() == 2025


def test_the_page_and_its_file_are_those_of_the_association() -> None:
    person = people.nurse()
    paid(person, 123_456, date(2025, 5, 1))
    client = signed_in(people.officer())
    assert client.get(reverse("payments:das2_last")).headers["Location"] == reverse("payments:das2", args=[2025])
    page = text_of(client.get(reverse("payments:das2", args=[2025])))
    assert person.last_name in page and "L'expert-comptable décide" in page
    file = client.get(reverse("payments:das2", args=[2025]), {"export": "csv"}).getvalue().decode()
    assert "1234,56" in file and person.rpps in file and len(file.splitlines()) == 2
    neighbour = signed_in(people.officer(region_code="53"))
    assert person.last_name not in text_of(neighbour.get(reverse("payments:das2", args=[2025])))
    assert signed_in(person.user or people.user()).get(reverse("payments:das2", args=[2025])).status_code == 404


def test_a_long_list_asks_as_much() -> None:
    client = signed_in(people.officer())
    counts: list[Any] = []
    for more in (1, 12):
        for _ in range(more):
            paid(people.nurse(), 100, date(2025, 5, 1))
        client.get(reverse("payments:das2", args=[2025]))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("payments:das2", args=[2025]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
