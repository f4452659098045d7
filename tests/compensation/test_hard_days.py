"""Days, payees and accounts that turn up at the wrong moment: what is owed, which year counts it, what is said."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from lxml import etree

from equipage.agreements.models import Convention
from equipage.books.models import LedgerEntry
from equipage.compensation.models import ClaimLine, YearStatement
from equipage.compensation.services import month as month_services
from equipage.compensation.services.claims import committed_cents
from equipage.compensation.services.yearly import issue_year, paid_in
from equipage.coordination.services import validate
from equipage.foundation.periods import Month, today
from equipage.foundation.refusals import Refused
from equipage.funding.models import Envelope
from equipage.messaging.models import Notice
from equipage.payments.das2 import payees_of
from equipage.payments.jobs import announce_payments
from equipage.payments.models import BankDetails, PaymentRun
from equipage.payments.sepa import NAMESPACE
from equipage.payments.services import bank, runs
from equipage.teams.models import Membership
from tests import factories as people
from tests.compensation import factories
from tests.funding.factories import fund

pytestmark = pytest.mark.django_db


def ready(*, held_on: date = factories.DAY, **scale: Any) -> tuple[Any, Any]:
    """A team of two who may be paid, and their action before anybody validated it: 75 €."""
    factories.scale(**scale)
    factories.paying_account()
    team = factories.paid_team()
    return team, factories.action(team, held_on=held_on)


def prepared() -> PaymentRun:
    """The same, prepared."""
    _, action = ready()
    validate(action, actor=people.officer())
    return factories.prepared()


@pytest.mark.parametrize(("last_day", "owed"), [(date(2028, 2, 28), None), (date(2028, 2, 29), 7500)])
def test_a_scale_that_ends_in_february_of_a_leap_year_has_or_has_not_its_last_day(
    last_day: date, owed: int | None
) -> None:
    day_after = date.fromordinal(last_day.toordinal() + 1)
    with time_machine.travel("2028-03-10T09:00:00+01:00", tick=True):
        _, action = ready(held_on=date(2028, 2, 29), valid_to=day_after)
        if owed is None:
            with pytest.raises(Refused, match=r"Aucun barème n'est adopté pour le 29\sfévrier 2028"):
                validate(action, actor=people.officer())
        else:
            validate(action, actor=people.officer())
        assert sum(action.claim_lines.values_list("amount_cents", flat=True)) == (owed or 0)


def test_a_day_between_two_scales_is_priced_by_neither() -> None:
    factories.scale(valid_to=factories.DAY)
    factories.scale(valid_from=date(2026, 10, 15))
    action = factories.action(factories.paid_team())
    with pytest.raises(Refused, match="adoptez-en un qui couvre cette date"):
        validate(action, actor=people.officer())
    assert not ClaimLine.objects.exists() and people.fresh(action).state == "declared"


@pytest.mark.parametrize(
    ("month", "held_on", "approved_at", "executed_at"),
    [
        (Month(2026, 10), date(2026, 10, 14), "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),
        (Month(2026, 2), date(2026, 2, 14), "2026-03-29T01:59:59+01:00", "2026-03-29T03:00:01+02:00"),
    ],
)
def test_a_night_of_another_clock_keeps_the_order_of_moments_and_the_day_of_paris(
    month: Month, held_on: date, approved_at: str, executed_at: str
) -> None:
    """02:30 comes twice in October, and is skipped in March: approved, then executed, on the same day."""
    with time_machine.travel(approved_at, tick=False):
        _, action = ready(held_on=held_on)
        validate(action, actor=people.officer())
        run = runs.approve(factories.prepared(month=month), actor=people.treasurer())
    with time_machine.travel(executed_at, tick=False):
        run = runs.execute(run, actor=people.treasurer(), executed_on=today())
    assert run.approved_at is not None and run.executed_at is not None and run.executed_on is not None
    assert run.approved_at < run.executed_at and run.executed_on == date.fromisoformat(approved_at[:10])
    (written,) = etree.fromstring(bytes(run.bank_file or b"")).iter(f"{{{NAMESPACE}}}CreDtTm")
    assert datetime.fromisoformat(written.text or "") == datetime.fromisoformat(approved_at).astimezone(UTC)
    assert {entry.dated for entry in LedgerEntry.objects.all()} == {run.executed_on}
    assert factories.disagreements(run) == []


def years_of(association: Any, team: Any) -> dict[str, Any]:
    """Which civil year each reader counts 75 € in."""
    found: dict[str, Any] = {
        "envelope": {row.year: row.committed_cents for row in Envelope.objects.filter(team=team)},
        "books": {entry.journal: entry.year for entry in LedgerEntry.objects.all()},
        "paid": {year: sum(paid_in(association, year).values()) for year in (2026, 2027)},
        "das2": {
            year: sum(person.paid_cents for person in payees_of(association, year))  # type: ignore[attr-defined]
            for year in (2026, 2027)
        },
    }
    with time_machine.travel("2028-01-15T09:00:00+01:00", tick=True):
        for year in (2026, 2027):
            issue_year(association, year)
    stated: Counter[int] = Counter()
    for row in YearStatement.objects.all():
        stated[row.year] += row.total_cents
    return {**found, "statements": dict(stated)}


def test_held_on_the_last_day_and_validated_in_january_takes_from_the_year_it_was_held_in() -> None:
    with time_machine.travel("2027-01-05T09:00:00+01:00", tick=True):
        before, after = fund(1_000_000, year=2026), fund(1_000_000, year=2027)
        team, action = ready(held_on=date(2026, 12, 31))
        validate(action, actor=people.officer())
        assert committed_cents(team, 2026) == 7500 and committed_cents(team, 2027) == 0
        assert (people.fresh(before).committed_cents, people.fresh(after).committed_cents) == (7500, 0)
        run = factories.executed(date(2027, 1, 5), month=Month(2026, 12))
    assert years_of(run.organisation, team) == {
        "envelope": {2026: 7500},
        "books": {"IND": 2027, "BQ": 2027},
        "paid": {2026: 0, 2027: 7500},
        "das2": {2026: 0, 2027: 7500},
        "statements": {2027: 7500},
    }


def test_approved_a_minute_before_midnight_and_executed_after_it_is_owed_in_one_year_and_paid_in_the_next() -> None:
    with time_machine.travel("2026-12-31T23:59:00+01:00", tick=False):
        team, action = ready(held_on=date(2026, 12, 30))
        validate(action, actor=people.officer())
        run = factories.approved(month=Month(2026, 12))
    # The 1st is a holiday, then comes a weekend.
    assert run.requested_on == date(2027, 1, 4)
    with time_machine.travel("2027-01-01T00:01:00+01:00", tick=False):
        run = runs.execute(run, actor=people.treasurer(), executed_on=today())
    assert years_of(run.organisation, team) == {
        "envelope": {2026: 7500},
        "books": {"IND": 2026, "BQ": 2027},
        "paid": {2026: 0, 2027: 7500},
        "das2": {2026: 0, 2027: 7500},
        "statements": {2027: 7500},
    }
    assert factories.disagreements(run) == []


def test_who_left_the_team_is_paid_for_what_they_did() -> None:
    """Before the preparation as between it and the approval: the convention held on the day of the action."""
    team, action = ready()
    validate(action, actor=people.officer())
    left = factories.people_of(team)[0]
    Membership.objects.filter(team=team, professional=left).update(valid_to=date(2026, 11, 1))
    Convention.objects.filter(team=team, professional=left).update(
        state="ended", valid_to=date(2026, 11, 1), ending_reason="Départ de l'équipe."
    )
    run = factories.prepared()
    Membership.objects.filter(team=team).update(valid_to=date(2026, 11, 15))
    run = runs.approve(run, actor=people.treasurer())
    assert run.total_cents == 7500 and factories.disagreements(run) == []


def test_a_payee_whose_access_was_closed_is_paid_and_the_announcement_passes() -> None:
    """Somebody died or closed their access after the lock: the transfer was ordered, whoever is left is told."""
    run = prepared()
    gone, there = (payment.professional for payment in run.payments.order_by("pk"))
    account = gone.user
    assert account is not None and there.user is not None
    account.is_active = False
    account.save()
    runs.approve(run, actor=people.treasurer())
    runs.execute(people.fresh(run), actor=people.treasurer(), executed_on=today())
    announce_payments.func(run.pk)
    assert there.user.pk in Notice.objects.filter(kind="payments.paid").values_list("recipient", flat=True)
    assert factories.disagreements(people.fresh(run)) == []


def test_an_account_given_and_refused_between_lock_and_approval_changes_nothing() -> None:
    run = prepared()
    payment = run.payments.order_by("pk")[0]
    given = bank.propose(
        actor=people.fresh(payment.professional.user),
        professional=payment.professional,
        organisation=run.organisation,
        holder=payment.professional.full_name,
        iban=factories.iban(9_999),
    )
    bank.refuse(given, actor=people.association_admin(), reason="Le RIB est illisible.")
    file = bytes(runs.approve(run, actor=people.treasurer()).bank_file or b"")
    assert payment.bank_details.iban.encode() in file and factories.iban(9_999).encode() not in file


def test_an_account_that_became_wrong_after_its_confirmation_stops_the_file_with_a_name_and_what_to_do() -> None:
    run = prepared()
    payment = run.payments.order_by("pk")[0]
    right = payment.bank_details.iban
    wrong = f"{right[:2]}{(int(right[2:4]) + 1) % 97:02d}{right[4:]}"
    BankDetails.objects.filter(pk=payment.bank_details_id).update(iban=wrong)
    with pytest.raises(Refused) as refused:
        runs.approve(run, actor=people.treasurer())
    said = refused.value.sentence
    assert payment.bank_details.holder in said and "clé" in said
    assert "Annulez la préparation" in said and right not in said and wrong not in said
    assert people.fresh(run).state == "prepared" and not LedgerEntry.objects.exists()

    # As it says: given up, given again, confirmed by the administration, prepared again.
    runs.cancel(run, actor=people.officer(), reason="Un compte est à corriger.")
    again = bank.propose(
        actor=people.fresh(payment.professional.user),
        professional=payment.professional,
        organisation=run.organisation,
        holder=payment.professional.full_name,
        iban=right,
    )
    bank.confirm(again, actor=people.association_admin())
    run = month_services.prepare(organisation=run.organisation, month=factories.OCTOBER, actor=people.officer())
    assert runs.approve(run, actor=people.treasurer()).state == "approved"
