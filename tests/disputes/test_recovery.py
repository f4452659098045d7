"""What was paid too much comes back: kept back in instalments, or given back by the person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.books.models import LedgerEntry
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.compensation.selectors import owed_lines
from equipage.compensation.services.adjustments import MOST_INSTALMENTS, Right, adjust, standing_cents
from equipage.compensation.services.claims import committed_cents
from equipage.compensation.services.recovery import record_repayment
from equipage.disputes.services import disputes
from equipage.foundation.periods import Month, today
from equipage.foundation.refusals import Refused
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.disputes.cast import cast, minutes

pytestmark = pytest.mark.django_db


def negative(line):
    return list(ClaimLine.objects.filter(adjusts=line).order_by("due_on", "pk"))


def test_a_correction_downwards_is_kept_back_month_by_month() -> None:
    who = cast(paid=True)
    disputes.correct(who.opened(), actor=who.treasurer, words="30 min.", right=minutes(30), instalments=3)
    parts = negative(who.line)
    assert [part.amount_cents for part in parts] == [-834, -833, -833]
    assert [part.due_on for part in parts] == [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert "Échéance 2 sur 3, à partir du 1er janvier 2027" in parts[1].sentence
    association = people.organisation("association")
    kept = [owed_lines(association, Month(*month)).count() for month in ((2026, 11), (2026, 12), (2027, 1), (2027, 2))]
    assert kept == [0, 1, 2, 3]
    assert standing_cents(who.line) == 2500 and committed_cents(who.line.team, 2026) == 7500


def test_each_instalment_is_kept_back_on_the_transfer_of_its_month() -> None:
    who = cast(paid=True)
    adjust(who.line, minutes(30), actor=who.treasurer, reason="30 min.", instalments=2)
    factories.validated(who.line.team, minutes=60, held_on=date(2026, 11, 10))
    november = runs.approve(factories.prepared(month=Month(2026, 11)), actor=people.treasurer())
    mine = november.payments.get(professional=who.line.professional)
    assert mine.amount_cents == 5000 and factories.disagreements(november) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.integers(1, 5000), times=st.integers(1, MOST_INSTALMENTS))
def test_instalments_never_lose_a_cent(cents: int, times: int, request: pytest.FixtureRequest) -> None:
    who = cast(paid=True, scaled=not ClaimLine.objects.exists())
    try:
        adjust(who.line, Right(delta_cents=-cents), actor=who.treasurer, reason="Trop.", instalments=times)
    except Refused:
        assert times > cents
        return
    parts = [part.amount_cents for part in negative(who.line)]
    assert sum(parts) == -cents and len(parts) == times and max(parts) - min(parts) <= 1 and max(parts) < 0


@pytest.mark.parametrize("times", [0, 13])
def test_a_schedule_of_no_month_or_of_more_than_a_year_is_refused(times: int) -> None:
    who = cast(paid=True)
    with pytest.raises(Refused, match="1 à 12"):
        adjust(who.line, minutes(30), actor=who.treasurer, reason="30.", instalments=times)
    assert negative(who.line) == []


def taken_back():
    who = cast(paid=True)
    return who, adjust(who.line, minutes(30), actor=who.treasurer, reason="30 min.")


def test_a_repayment_is_in_the_books_and_is_no_longer_kept_back() -> None:
    who, line = taken_back()
    record_repayment(line, actor=people.treasurer(), received_on=today(), reference="VIR 4521")
    assert people.fresh(line).state == "repaid"
    entry = LedgerEntry.objects.get(cause=f"repayment:{line.pk}")
    posting = entry.postings.get()
    assert (posting.debit.code, posting.credit.code, posting.amount_cents) == ("512", "6226", 2500)
    assert entry.piece == "VIR 4521" and posting.professional_id == who.line.professional_id
    piles = preview(people.organisation("association"), Month(2026, 11))
    assert piles.not_ready.count == piles.clear.count == piles.to_look_at.count == 0
    assert committed_cents(who.line.team, 2026) == 7500
    with pytest.raises(Refused, match="n'attend pas"):
        record_repayment(people.fresh(line), actor=people.treasurer(), received_on=today(), reference="VIR 4521")


@pytest.mark.parametrize(
    ("days", "reference", "said"),
    [(1, "VIR", "dans le futur"), (-1, "VIR", "reçu avant"), (0, "  ", "référence")],
)
def test_a_wrong_repayment_is_refused_and_nothing_is_written(days: int, reference: str, said: str) -> None:
    _, line = taken_back()
    with pytest.raises(Refused, match=said):
        day = today() + timedelta(days=days)
        record_repayment(line, actor=people.treasurer(), received_on=day, reference=reference)
    assert people.fresh(line).state == "validated" and not LedgerEntry.objects.filter(cause__startswith="rep").exists()


def test_nobody_records_their_own_repayment_and_only_the_association_does() -> None:
    who, line = taken_back()
    own = people.treasurer(person=who.payee)
    for wrong in (own, who.payee, people.officer(region_code="53"), who.admin):
        with pytest.raises(Refused):
            record_repayment(line, actor=wrong, received_on=today(), reference="VIR")


def test_the_page_asks_what_the_statement_says() -> None:
    who, line = taken_back()
    client = signed_in(people.officer())
    address = reverse("compensation:repayment", args=[line.pk])
    assert (
        reverse("compensation:repayment", args=[line.pk])
        in client.get(reverse("compensation:line", args=[line.pk])).content.decode()
    )
    assert client.post(address, {"received_on": "", "reference": ""}).status_code == 422
    sent = {"received_on": today().isoformat(), "reference": "VIR 9"}
    assert "Remboursée" in text_of(client.post(address, sent, follow=True))
    assert client.get(address).status_code == 302
    assert signed_in(who.payee).get(address).status_code in (403, 404)
