"""The accounts: the same numbers as the raw tables, the same rows twice, nothing that changes once it appeared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from equipage.foundation.periods import today
from equipage.indicators.jobs import count_accounts
from equipage.indicators.masking import THRESHOLD
from equipage.indicators.models import AccountCell, AccountFigure, YearAccount
from equipage.indicators.services import keep_accounts, last_month_over
from tests import factories
from tests.compensation import factories as money
from tests.indicators.living import (
    AFTER_THE_YEAR,
    ALONE,
    NEXT_MONTH,
    PLAN,
    WITH_PATIENT,
    YEAR,
    csv_of,
    lived_region,
    recounted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november() -> Any:
    """The facts are of November 2026, whenever the tests run."""
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=UTC)):
        yield


def picture(model: Any) -> list[dict[str, Any]]:
    """The rows without what changes with each counting."""
    own = {"id", "computed_at", "published_at", "account_id"}
    rows = [{name: value for name, value in row.items() if name not in own} for row in model.objects.values()]
    return sorted(rows, key=str)


def test_the_public_file_is_the_raw_tables_but_for_what_is_masked(client: Client) -> None:
    lived_region()
    keep_accounts(at=AFTER_THE_YEAR)
    again = recounted(YEAR)
    lines = {(row["nature"], row["code"]): row for row in csv_of(client) if row["ventilation"] != "mois"}
    assert lines["fait", WITH_PATIENT]["masque"] == "< 6, masqué"
    assert lines["fait", "53"]["masque"] == "< 6, masqué"
    assert lines["fait", "49"]["masque"] == "masqué, protège une autre ligne"
    shown = 0
    for key, cell in again.items():
        row = lines[key]
        items, amount = ("actions", "minutes") if key[0] == "fait" else ("lignes", "montant_centimes")
        if row["masque"]:
            assert not any(row[name] for name in ("equipes", "personnes", items, amount)), key
        else:
            assert [int(row[name]) for name in ("equipes", "personnes", items, amount)] == cell, key
            shown += 1
    assert shown >= 4
    assert min(int(row["equipes"]) for row in lines.values() if row["equipes"]) >= THRESHOLD


def test_what_is_masked_is_in_the_group_and_cannot_be_subtracted(client: Client) -> None:
    """Three types of action, one of them of two teams: the smallest of the others is masked with it."""
    lived_region()
    keep_accounts(at=AFTER_THE_YEAR)
    rows = [row for row in csv_of(client) if (row["nature"], row["ventilation"]) == ("paye", "type_action")]
    masked = {row["code"] for row in rows if row["masque"]}
    assert WITH_PATIENT in masked and len(masked) == 2
    again = recounted(YEAR)
    group = next(row for row in rows if row["code"] == "groupes")
    assert int(group["montant_centimes"]) == sum(again["paye", code][3] for code in masked)
    assert int(group["lignes"]) == sum(again["paye", code][2] for code in masked)
    whole = next(row for row in csv_of(client) if (row["nature"], row["ventilation"]) == ("paye", "annee"))
    assert int(whole["montant_centimes"]) == sum(int(row["montant_centimes"] or 0) for row in rows)
    assert {ALONE, PLAN, WITH_PATIENT} == {row["code"] for row in rows} - {"groupes"}


def test_counting_twice_gives_the_same_rows() -> None:
    lived_region()
    for at in (NEXT_MONTH, AFTER_THE_YEAR):
        keep_accounts(at=at)
        first = [picture(model) for model in (AccountCell, AccountFigure, YearAccount)]
        assert all(first)
        keep_accounts(at=at + timedelta(hours=1))
        assert [picture(model) for model in (AccountCell, AccountFigure, YearAccount)] == first


def test_counting_month_after_month_appears_as_counting_once() -> None:
    lived_region()
    keep_accounts(at=NEXT_MONTH)
    early = picture(AccountFigure)
    assert {row["dimension"] for row in early} == {"month"}
    keep_accounts(at=AFTER_THE_YEAR)
    late = picture(AccountFigure)
    assert all(row in late for row in early)
    for model in (AccountFigure, AccountCell, YearAccount):
        model.objects.all().delete()
    keep_accounts(at=AFTER_THE_YEAR)
    assert picture(AccountFigure) == late


def test_a_month_that_runs_is_for_the_association_only() -> None:
    lived_region()
    keep_accounts()
    assert not AccountFigure.objects.exists()
    assert AccountCell.objects.filter(dimension="month", key="2026-11").count() == 2


def test_a_team_that_moves_changes_nothing_that_appeared() -> None:
    """Its department was another when the year was over: the figures stay those of that day."""
    teams = lived_region()
    keep_accounts(at=AFTER_THE_YEAR)
    before = [picture(model) for model in (AccountCell, AccountFigure)]
    assert all(before)
    type(teams[0]).objects.filter(pk=teams[0].pk).update(department=factories.department("85"))
    keep_accounts(at=AFTER_THE_YEAR + timedelta(days=40))
    assert [picture(model) for model in (AccountCell, AccountFigure)] == before


def test_a_small_region_says_nothing() -> None:
    lived_region(5)
    keep_accounts(at=AFTER_THE_YEAR)
    account = YearAccount.objects.get()
    assert account.complete and account.recognised is None and account.median_days is None
    assert not AccountFigure.objects.exists()
    assert AccountCell.objects.get(flow="paid", dimension="year").teams == 5


def test_what_is_said_once_of_a_year() -> None:
    lived_region()
    keep_accounts(at=AFTER_THE_YEAR)
    account = YearAccount.objects.get()
    assert account.recognised == 9
    assert account.median_days == (today() - money.DAY).days


def test_the_medians_are_those_of_one_team_among_six() -> None:
    lived_region()
    keep_accounts()
    done = AccountCell.objects.get(flow="done", dimension="year")
    # Seven teams did two things, two did three; the fifth smallest duration is 45 + 34 minutes or so.
    assert done.median_items == 2
    assert done.median_minutes == sorted([75 + rank + (60 if rank < 2 else 0) for rank in range(9)])[4]


def test_no_median_below_six_teams() -> None:
    lived_region(5)
    keep_accounts()
    assert AccountCell.objects.get(flow="done", dimension="year").median_items is None


@pytest.mark.parametrize("few", [{"teams": 5}, {"people": 5}, {"teams": None}, {"items": 3}, {"masked": True}])
def test_the_table_itself_refuses_a_small_figure(few: dict[str, Any]) -> None:
    account = YearAccount.objects.create(region=factories.region(), year=2025, computed_at=timezone.now())
    right = {"teams": 6, "people": 6, "items": 6, "minutes": 60, "amount_cents": None}
    row = {"account": account, "flow": "done", "dimension": "kind", "published_at": timezone.now()}
    AccountFigure.objects.create(**row, key="a", **right)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountFigure.objects.create(**row, key="b", **{**right, **few})


def test_a_complete_year_is_not_read_again() -> None:
    lived_region()
    keep_accounts(at=AFTER_THE_YEAR)
    with CaptureQueriesContext(connection) as seen:
        assert keep_accounts(at=AFTER_THE_YEAR) == 0
    reading = [query["sql"] for query in seen if "claimline" in query["sql"] or "coordination_action" in query["sql"]]
    assert reading and all("_at" in sql and ">=" in sql for sql in reading)


def test_counting_takes_as_many_queries_whatever_the_number_of_teams() -> None:
    lived_region(3)
    with CaptureQueriesContext(connection) as few:
        keep_accounts()
    officer = factories.officer()
    for _ in range(6):
        team = money.paid_team()
        money.validated(team, by=officer, kind=ALONE)
    with CaptureQueriesContext(connection) as many:
        keep_accounts()
    assert len(many) == len(few)


def test_a_run_that_was_executed_asks_for_the_count() -> None:
    lived_region(2)
    waiting = DBTaskResult.objects.filter(task_path=count_accounts.module_path)
    assert waiting.count() == 1
    count_accounts.call()
    assert AccountCell.objects.filter(flow="paid", dimension="year").exists()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), 0),
        (datetime(2026, 2, 1, 1, tzinfo=UTC), 0),  # two o'clock in Paris: the last minutes of January may arrive
        (datetime(2026, 2, 1, 3, 40, tzinfo=UTC), 1),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), 11),
        (datetime(2027, 1, 2, tzinfo=UTC), 12),
        (datetime(2030, 1, 2, tzinfo=UTC), 12),
        (datetime(2025, 6, 2, tzinfo=UTC), 0),
    ],
)
def test_a_month_is_over_when_its_last_minutes_have_arrived(at: datetime, expected: int) -> None:
    assert last_month_over(2026, at) == expected
