"""What a run is compared with: a cent that differs in the statements or in the budgets is seen."""

from __future__ import annotations

import pytest
from django.db import connection

from equipage.payments.run_page import checks_of
from tests import factories as people
from tests.compensation import factories
from tests.strict.flushing import triggers_asleep

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("point", "sql"),
    [
        ("Budgets des équipes", "UPDATE funding_envelope SET committed_cents = committed_cents + 1"),
        (
            "Somme des relevés",
            "UPDATE foundation_document SET data = REPLACE(CAST(data AS TEXT), '37,50', '37,51'){cast} "
            "WHERE kind = 'payments.statement'",
        ),
    ],
)
def test_a_cent_that_differs_anywhere_is_seen(point: str, sql: str) -> None:
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    run = factories.approved()
    assert {row["tone"] for row in checks_of(run)} == {"ok"}
    with triggers_asleep(), connection.cursor() as cursor:
        cursor.execute(sql.format(cast="::jsonb" if connection.vendor == "postgresql" else ""))
    assert [row["point"] for row in checks_of(people.fresh(run)) if row["tone"] == "stop"] == [point]
