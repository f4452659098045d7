"""A year of books is closed by two people, opens the next one with its balances, and takes nothing more."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.books import closing, subsidies
from equipage.books.balances import closing_balances, opening_balances
from equipage.books.chart import accounts_by_role, map_roles
from equipage.books.models import FiscalYear, LedgerEntry
from equipage.books.roles import BANK, EXPENSE, PAYABLE, is_carried
from equipage.books.services import Move, record_entry
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from tests import factories as people
from tests.books import fec_checks
from tests.compensation import factories as money
from tests.compensation.reading import signed_in, text_of

pytestmark = pytest.mark.django_db
_causes = itertools.count(1)


def entry(debit: Any, credit: Any, cents: int, on: date = date(2025, 6, 1), *, person: Any = None, funder: str = ""):
    move = Move(debit, credit, cents, person.pk if person else None, None, funder)
    return record_entry(
        organisation=people.organisation("association"),
        journal="OD",
        dated=on,
        label="Essai",
        cause=f"essai:{next(_causes)}",
        moves=[move],
        actor=people.treasurer(),
    )


def closed(year: int = 2025) -> FiscalYear:
    row = closing.begin(people.organisation("association"), year, actor=people.treasurer())
    return closing.close(row, actor=people.officer())


def test_balances_open_the_next_year_person_by_person_and_the_result_is_apart() -> None:
    nurse, doctor = people.nurse(), people.nurse()
    entry(EXPENSE, PAYABLE, 5000, person=nurse)
    entry(EXPENSE, PAYABLE, 700, person=doctor)
    entry(PAYABLE, BANK, 5000, person=nurse)
    closed()
    found = {
        (key.account.code, key.professional_id): cents
        for key, cents in opening_balances(people.organisation("association"), 2026).items()
        if cents
    }
    assert found == {("512", None): -5000, ("401", doctor.pk): -700, ("129", None): 5700}
    opening = LedgerEntry.objects.get(journal="AN")
    assert (opening.number, opening.dated) == (0, date(2026, 1, 1))


def test_who_prepared_does_not_close_and_a_year_that_runs_is_not_closed() -> None:
    entry(EXPENSE, BANK, 100)
    association = people.organisation("association")
    both = people.treasurer()
    people.officer(person=both)
    row = closing.begin(association, 2025, actor=both)
    with pytest.raises(Blocked, match="deuxième personne"):
        closing.close(row, actor=both)
    entry(EXPENSE, BANK, 100, date(2026, 3, 1))
    with pytest.raises(Blocked, match="finit le 31 décembre"):
        closing.begin(association, 2026, actor=people.treasurer())


def test_the_year_before_is_closed_first() -> None:
    entry(EXPENSE, BANK, 100, date(2024, 5, 1))
    entry(EXPENSE, BANK, 100)
    with pytest.raises(Blocked, match=r"Clôturez d.abord l.exercice 2024"):
        closing.begin(people.organisation("association"), 2025, actor=people.treasurer())


def test_a_run_that_waits_for_the_bank_keeps_the_year_open() -> None:
    money.scale()
    money.paying_account()
    with time_machine.travel("2025-11-20T09:00:00+01:00", tick=True):
        team = money.paid_team(recognised_on=date(2025, 2, 1))
        for convention in team.conventions.all():
            type(convention).objects.filter(pk=convention.pk).update(valid_from=date(2025, 2, 1))
        money.scale(valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1))
        money.validated(team, held_on=date(2025, 10, 1))
        run = money.approved(month=type(money.OCTOBER)(2025, 10))
    with pytest.raises(Blocked, match=rf"l.exécution de : {run.number}"):
        closing.begin(people.organisation("association"), 2025, actor=people.treasurer())


def test_nothing_is_dated_in_a_closed_year_by_any_door() -> None:
    entry(EXPENSE, BANK, 100)
    closed()
    with pytest.raises(Refused, match="2025 est clos"):
        entry(EXPENSE, BANK, 5, date(2025, 12, 31))
    kept = LedgerEntry.objects.exclude(journal="AN").get()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.create(
            organisation=kept.organisation,
            year=2025,
            number=99,
            journal="OD",
            dated=date(2025, 12, 31),
            label="De force",
            cause="force",
            piece="force",
            recorded_at=kept.recorded_at,
        )
    late = record_entry(
        organisation=kept.organisation,
        journal="BQ",
        dated=date(2025, 12, 30),
        label="Réponse de la banque",
        cause="tard",
        moves=[Move(PAYABLE, BANK, 5)],
        actor=people.treasurer(),
        late=True,
    )
    assert late.dated == date(2026, 1, 1) and "30 décembre 2025" in late.label


def test_a_closed_year_is_not_opened_again() -> None:
    entry(EXPENSE, BANK, 100)
    row = closed()
    with pytest.raises(Blocked):
        closing.give_up(row, actor=people.treasurer())
    with pytest.raises(Blocked):
        closing.begin(row.organisation, 2025, actor=people.treasurer())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([(EXPENSE, PAYABLE), (PAYABLE, BANK), (EXPENSE, BANK), (BANK, PAYABLE)]),
            st.integers(1, 10**7),
            st.integers(0, 2),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_was_written_opening_is_closing_and_everything_is_even(written: list[Any]) -> None:
    with transaction.atomic():
        crowd = [None, people.nurse(), people.nurse()]
        for (debit, credit), cents, who in written:
            entry(debit, credit, cents, person=crowd[who])
        association = people.organisation("association")
        before = closing_balances(association, 2025)
        closed()
        after = opening_balances(association, 2026)
        for key, cents in before.items():
            if is_carried(key.account.code):
                assert after.get(key, 0) == cents
        assert sum(after.values()) == sum(before.values()) == 0
        transaction.set_rollback(True)


def test_the_file_of_the_new_year_begins_with_its_opening() -> None:
    nurse = people.nurse()
    entry(EXPENSE, PAYABLE, 5000, person=nurse)
    closed()
    entry(PAYABLE, BANK, 5000, date(2026, 1, 15), person=nurse)
    answer = signed_in(people.treasurer()).get(reverse("books:fec", args=[2026]))
    content = answer.getvalue()
    assert fec_checks.problems(content) == []
    rows = fec_checks.rows_of(content)
    assert rows[0]["JournalCode"] == "AN" and {row["JournalCode"] for row in rows} == {"AN", "OD"}
    assert not any(row["CompteNum"].startswith(("6", "7")) for row in rows)


def test_earmarked_money_that_was_not_spent_is_put_aside_then_used() -> None:
    association, treasurer = people.organisation("association"), people.treasurer()
    told: dict[str, Any] = {"organisation": association, "funder": "FIR", "actor": treasurer}
    subsidies.record_notified(**told, amount_cents=10_000, dated=date(2025, 2, 1), reference="N1", earmarked=True)
    subsidies.record_received(**told, amount_cents=10_000, dated=date(2025, 3, 1), reference="R1")
    entry(EXPENSE, BANK, 6_000, funder="FIR")
    (fund,) = subsidies.funds_of(association, 2025)
    assert (fund.notified_cents, fund.received_cents, fund.spent_cents, fund.set_aside_cents) == (
        10_000,
        10_000,
        6_000,
        4_000,
    )
    closed()
    entry(EXPENSE, BANK, 3_000, date(2026, 4, 1), funder="FIR")
    (after,) = subsidies.funds_of(association, 2026)
    assert (after.brought_cents, after.used_cents, after.left_cents) == (4_000, 3_000, 1_000)


@pytest.mark.parametrize(("cents", "funder", "said"), [(0, "FIR", "positif"), (-5, "FIR", "positif"), (5, " ", "nom")])
def test_a_wrong_subsidy_is_refused(cents: int, funder: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        subsidies.record_received(
            organisation=people.organisation("association"),
            funder=funder,
            amount_cents=cents,
            dated=date(2026, 1, 5),
            reference="R",
            actor=people.treasurer(),
        )


def test_what_is_written_keeps_its_account_when_the_parts_are_mapped_again() -> None:
    association, treasurer = people.organisation("association"), people.treasurer()
    entry(EXPENSE, BANK, 100)
    client = signed_in(treasurer)
    assert client.post(reverse("books:new_account"), {"code": "ABC", "label": "Non"}).status_code == 422
    assert client.post(reverse("books:new_account"), {"code": "6288", "label": "Divers"}).status_code == 302
    accounts = accounts_by_role(association)
    other = association.accounts.get(code="6288")
    map_roles(organisation=association, chosen={**accounts, EXPENSE: other}, actor=treasurer)
    entry(EXPENSE, BANK, 7)
    codes = [posting.debit.code for row in LedgerEntry.objects.order_by("number") for posting in row.postings.all()]
    assert codes == ["6226", "6288"]
    with pytest.raises(Refused):
        map_roles(organisation=association, chosen={}, actor=people.officer())


def test_the_pages_of_the_year_are_read_by_the_association_and_close_it_in_two_hands() -> None:
    entry(EXPENSE, BANK, 100)
    treasurer, officer = signed_in(people.treasurer()), signed_in(people.officer())
    page = treasurer.get(reverse("books:year", args=[2025]))
    assert page.status_code == 200 and "Préparer la clôture" in text_of(page)
    for name in ("books:accounts", "books:funds"):
        assert officer.get(reverse(name)).status_code == 200
    assert treasurer.get(reverse("books:year", args=[2019])).status_code == 404
    begin, close = (reverse("books:year_move", args=[2025, move]) for move in ("begin", "close"))
    assert "Rien n'est encore fermé" in text_of(treasurer.get(begin))
    treasurer.post(begin)
    assert "déficit de 1,00" in text_of(officer.get(close))
    officer.post(close)
    assert FiscalYear.objects.get().state == "closed"
    officer.post(close)
    assert LedgerEntry.objects.filter(journal="AN").count() == 1


def test_another_association_reads_nothing_of_them() -> None:
    entry(EXPENSE, BANK, 100)
    other = signed_in(people.treasurer(region_code="53"))
    assert other.get(reverse("books:year", args=[2025])).status_code == 404
    account = people.organisation("association").accounts.get(code="512")
    assert other.get(reverse("books:account", args=[account.pk])).status_code == 404
