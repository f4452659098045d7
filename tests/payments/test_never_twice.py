"""Whatever the order of runs, answers, returns and new accounts: nothing is lost, nothing is paid twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.compensation.models import ClaimLine
from equipage.foundation.refusals import Refused
from equipage.payments.das2 import executed_in
from equipage.payments.models import Payment, PaymentReturn, PaymentRun
from equipage.payments.sepa import total_of
from equipage.payments.services import runs
from equipage.payments.services.ending import record_by_hand
from equipage.payments.services.returns import record_return
from tests import factories as people
from tests.compensation import factories
from tests.payments import bank_world as bank

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STEPS = ("act", "prepare", "approve", "cancel", "execute", "answer", "reject", "hand", "return", "account")


class Small:
    """Two people, one association, and what may happen to their money; a step that makes no sense is refused."""

    def __init__(self) -> None:
        factories.scale()
        factories.paying_account()
        self.team = factories.paid_team()
        self.people = factories.people_of(self.team)
        self.officer, self.treasurer = people.officer(), people.treasurer()
        self.files = 0

    def step(self, name: str, which: int) -> None:
        """Do it, or be refused and change nothing."""
        does: dict[str, Callable[[int], Any]] = {
            key: getattr(self, key if key != "return" else "back") for key in STEPS
        }
        try:
            with transaction.atomic():
                does[name](which)
        except Refused:
            return

    def act(self, which: int) -> None:
        factories.validated(self.team, by=self.officer, minutes=30 + 15 * (which % 3))

    def prepare(self, which: int) -> None:
        factories.prepared(by=self.officer)

    def approve(self, which: int) -> None:
        if run := self._run("prepared"):
            runs.approve(run, actor=self.treasurer)

    def cancel(self, which: int) -> None:
        if run := self._run("prepared"):
            runs.cancel(run, actor=self.officer, reason="Essai.")

    def execute(self, which: int) -> None:
        if run := self._run("approved"):
            runs.execute(run, actor=self.officer, executed_on=bank.TODAY)

    def answer(self, which: int) -> None:
        if (run := self._run("approved")) and (payment := self._payment(which, run=run)):
            self._take(bank.executed([payment]))

    def reject(self, which: int) -> None:
        if (run := self._run("approved")) and (payment := self._payment(which, run=run)):
            self._take(bank.rejected(run, [payment], "AM04" if which % 2 else "AC04"))

    def hand(self, which: int) -> None:
        if (run := self._run("approved")) and (payment := self._payment(which, run=run)):
            record_by_hand(payment, kind="rejected", on=bank.TODAY, actor=self.officer, reason_code="AC04")

    def back(self, which: int) -> None:
        if payment := self._payment(which, run__state="executed"):
            if which % 2:
                self._take(bank.came_back([payment], "AC06"))
            else:
                record_return(payment, kind="returned", on=bank.TODAY, actor=self.officer, reason_code="MS03")

    def account(self, which: int) -> None:
        bank.another_account(Payment(professional=self.people[which % 2]))

    def _run(self, state: str) -> PaymentRun | None:
        return PaymentRun.objects.filter(state=state).order_by("pk").first()

    def _payment(self, which: int, **where: Any) -> Payment | None:
        rows = list(Payment.objects.filter(**where).select_related("run", "professional").order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def _take(self, content: bytes) -> None:
        self.files += 1  # a bank never writes the same file twice
        bank.taken(content + b"\n" * self.files, by=self.treasurer)


def _cents(rows: Any) -> int:
    return int(rows.aggregate(total=Sum("amount_cents"))["total"] or 0)


def check(small: Small) -> None:
    """What must be true after each step."""
    association = people.organisation("association")
    received = executed_in(association, 2026)
    for person in small.people:
        lines = ClaimLine.objects.filter(professional=person)
        booked = _cents(lines.filter(payment__run__state__in=("approved", "executed")))
        assert bank.owed_by_the_books(person.pk) == booked - _cents(received.filter(professional=person))
        assert _cents(lines.filter(state="paid")) == _cents(received.filter(professional=person))
    assert not ClaimLine.objects.filter(state="paid", settled_by__comeback__isnull=False).exists()
    assert not ClaimLine.objects.filter(state="returned", payment__comeback__isnull=True).exists()
    for run in PaymentRun.objects.exclude(state="cancelled").order_by("pk"):
        assert _cents(run.payments) == run.total_cents
        if run.bank_file:
            assert total_of(bytes(run.bank_file)) == run.total_cents
        assert factories.disagreements(run) == []
    # A return is paid again by a transfer that stands, or by none.
    assert not PaymentReturn.objects.filter(reissued_by__run__state="cancelled").exists()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), min_size=4, max_size=16))
def test_nothing_is_lost_and_nothing_is_paid_twice(steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        small = Small()
        # Most random walks never reach the bank: each begins with a run there.
        for name, which in [("act", 0), ("prepare", 0), ("approve", 0), *steps]:
            small.step(name, which)
            check(small)
        transaction.set_rollback(True)


def test_a_long_story_ends_with_everybody_paid_once() -> None:
    small = Small()
    story = "act prepare approve answer reject execute return account prepare cancel prepare approve execute return "
    story += "act account prepare approve answer answer execute"
    steps = [(name, rank) for rank, name in enumerate(story.split())]
    # In the end both give another account, and a last run pays all that is left.
    steps += [("account", 0), ("account", 1), ("prepare", 0), ("approve", 0), ("execute", 0)]
    for name, which in steps:
        small.step(name, which)
        check(small)
    assert PaymentReturn.objects.count() >= 2
    assert not PaymentReturn.objects.filter(reissued_by__isnull=True).exists()
    assert set(ClaimLine.objects.values_list("state", flat=True)) == {"paid"}
