"""A validated action was wrong: what it owed is cancelled, what was in payment or paid is taken back, to the cent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.books.models import LedgerEntry
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.compensation.services.claims import committed_cents
from equipage.coordination.services import accept_counter, ask_counter
from equipage.foundation.periods import Month, today
from equipage.foundation.refusals import Refused
from equipage.payments.models import Payment
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = Month.of(date(2026, 10, 1)), Month.of(date(2026, 11, 1))


def counter(action: Any) -> Any:
    """The team says that the action did not take place, an officer accepts."""
    asked = ask_counter(people.fresh(action), actor=action.declared_by, reason="Déclarée par erreur.", facts=None)
    return accept_counter(asked, actor=people.officer())


def paid(action: Any) -> None:
    run = runs.approve(factories.prepared(), actor=people.treasurer())
    runs.execute(run, actor=people.treasurer(), executed_on=today())


def test_a_line_not_yet_in_payment_is_cancelled_and_frees_the_envelope() -> None:
    factories.scale()
    action = factories.validated(factories.paid_team())
    assert committed_cents(action.team, 2026) > 0
    counter(action)
    assert set(action.claim_lines.values_list("state", flat=True)) == {"cancelled"}
    assert committed_cents(action.team, 2026) == 0 and people.fresh(action).state == "reversed"


def test_a_paid_line_keeps_its_amount_and_its_opposite_stands_beside_it() -> None:
    factories.scale()
    factories.paying_account()
    action = factories.validated(factories.paid_team())
    paid(action)
    before = list(action.claim_lines.order_by("pk").values_list("amount_cents", flat=True))
    counter(action)
    lines = ClaimLine.objects.filter(action=action, adjusts__isnull=False).order_by("adjusts_id")
    assert [line.amount_cents for line in lines] == [-cents for cents in before]
    assert all("Contre-écriture" in line.sentence and "par erreur" in line.sentence for line in lines)
    assert action.claim_lines.aggregate(total=Sum("amount_cents"))["total"] == 0
    assert committed_cents(action.team, 2026) == 0


def test_who_owes_more_than_is_due_waits_and_the_pile_says_so() -> None:
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    action = factories.validated(team)
    paid(action)
    counter(action)
    piles = preview(people.organisation("association"), OCTOBER)
    assert piles.payable_cents == 0 and piles.not_ready.count == 2
    assert "retenu sur les mois suivants" in piles.not_ready.lines[0].remarks[0]
    with pytest.raises(Refused, match="Rien n'est à payer"):
        factories.prepared()


def test_what_was_paid_is_kept_back_on_the_next_transfer_and_every_total_agrees() -> None:
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    wrong = factories.validated(team, minutes=30)
    paid(wrong)
    counter(wrong)
    right = factories.validated(team, minutes=120, held_on=date(2026, 10, 20))
    run = factories.prepared()
    owed = right.claim_lines.aggregate(total=Sum("amount_cents"))["total"]
    back = wrong.claim_lines.filter(adjusts=None).aggregate(total=Sum("amount_cents"))["total"]
    assert run.total_cents == owed - back > 0
    run = runs.approve(run, actor=people.treasurer())
    assert factories.disagreements(run) == []
    assert Payment.objects.filter(run=run).aggregate(total=Sum("amount_cents"))["total"] == run.total_cents


def test_taken_back_on_one_team_and_owed_for_another_the_books_agree() -> None:
    factories.scale()
    factories.paying_account()
    first = factories.paid_team("Première")
    nurse = factories.people_of(first)[0]
    second = factories.recognised_team("Seconde")
    people.join(second, nurse)
    factories.convention(second, nurse)
    colleague = next(person for person in factories.people_of(second) if person.pk != nurse.pk)
    wrong = factories.validated(first, minutes=30)
    paid(wrong)
    counter(wrong)
    factories.validated(second, [nurse, colleague], minutes=240, held_on=date(2026, 10, 20))
    run = runs.approve(factories.prepared(), actor=people.treasurer())
    assert factories.disagreements(run) == []
    sides = LedgerEntry.objects.get(piece=run.number, journal="IND").postings.values_list("debit__code", "credit__code")
    assert set(sides) == {("6226", "401"), ("401", "6226")}


def test_twice_takes_back_once() -> None:
    factories.scale()
    factories.paying_account()
    action = factories.validated(factories.paid_team())
    paid(action)
    row = counter(action)
    officer = row.decided_by
    accept_counter(row, actor=officer)
    assert ClaimLine.objects.filter(action=action, adjusts__isnull=False).count() == 2


def test_the_database_refuses_a_negative_line_that_adjusts_nothing_or_more_than_stands() -> None:
    factories.scale()
    action = factories.validated(factories.paid_team())
    line = action.claim_lines.order_by("pk")[0]
    for wrong in ({"amount_cents": -1}, {"amount_cents": -line.amount_cents - 1, "adjusts": line}):
        fields = {
            name: getattr(line, name)
            for name in ("presence_id", "action_id", "professional_id", "team_id", "organisation_id", "region_id")
        }
        figures = {"held_on": line.held_on, "year": line.year, "rate_id": line.rate_id, "unit": line.unit}
        more: dict[str, Any] = {"rate_amount": line.rate_amount, "quantity": line.quantity, "explanation": {}}
        with pytest.raises(IntegrityError, match=r"line_amounts|line_once|sous zéro"), transaction.atomic():
            ClaimLine.objects.create(**fields, **figures, **more, sentence=".", **{"adjusts": None, **wrong})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(5, 240), st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_whatever_is_reversed_what_left_the_bank_is_what_still_counts(steps: list[tuple[int, bool, bool]]) -> None:
    """After all runs, transfers = lines that stand, minus what is still to be kept back."""
    with transaction.atomic():
        factories.scale()
        factories.paying_account()
        team = factories.paid_team()
        for rank, (minutes, pay, reverse) in enumerate(steps):
            action = factories.validated(team, minutes=minutes, held_on=date(2026, 10, 2 + rank))
            if pay and preview(people.organisation("association"), OCTOBER).payable_cents:
                paid(action)
            if reverse:
                counter(action)
        sent = Payment.objects.aggregate(total=Sum("amount_cents"))["total"] or 0
        lines = ClaimLine.objects.exclude(state="cancelled")
        standing = lines.aggregate(total=Sum("amount_cents"))["total"] or 0
        waiting = lines.filter(state="validated").aggregate(total=Sum("amount_cents"))["total"] or 0
        assert sent == standing - waiting
        transaction.set_rollback(True)
