"""A month from its preparation to its yearly statements, killed (SIGKILL) at every step. Run as a program.

A step is a statement about to be sent, a commit about to be made or just made, a file about to be written or renamed.
Nothing is judged here: `test_killed.py` reads what is printed.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import time_machine
from django.apps import apps
from django.db import connection, transaction

from tests.forks import KILLED, alone, load

ABOUT = 25
NOVEMBER, JANUARY = "2026-11-22T09:00:00+01:00", "2027-01-15T09:00:00+01:00"
_FILES = ("os.rename", "os.remove", "fcntl.flock")


class Steps:
    """Counts the steps of this process, which dies at one of them."""

    def __init__(self, last: int = 0) -> None:
        self.last, self.count = last, 0
        held: Any = connection
        held.ensure_connection()
        held.execute_wrappers.append(self._statement)
        self._commit, held._commit = held._commit, self._committing
        sys.addaudithook(self._file)

    def step(self) -> None:
        """One more; the last one is not survived."""
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _statement(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.step()
        return execute(sql, params, many, context)

    def _committing(self) -> None:
        self.step()
        self._commit()
        self.step()

    def _file(self, event: str, _: Any) -> None:
        # Between the opening of a kept file and its first byte, then around its renaming.
        if event in _FILES:
            self.step()


def counted(verb: Callable[[], Any]) -> int:
    """About how many steps a verb has, read from a run that is rolled back."""
    steps = Steps()
    with transaction.atomic():
        verb()
        transaction.set_rollback(True)
    return steps.count


def dying(verb: Callable[[], Any], last: int) -> Any:
    """The verb, up to one of its steps."""
    Steps(last)
    return verb()


def picture() -> dict[str, list[Any]]:
    """Every row of every table: how many, and their hash."""
    found = {}
    for model in apps.get_models():
        names = [column.attname for column in model._meta.concrete_fields]
        rows = [repr([_plain(value) for value in row]) for row in model._base_manager.values_list(*names)]
        if rows:
            found[model._meta.label] = [len(rows), hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()]
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def killed_everywhere(verb: Callable[[], Any]) -> dict[str, Any]:
    """Kill a verb of one transaction at a spread of its steps, until a death comes after the commit; then run it again.

    Each death happens in a new process, is looked at from a new process, and leaves the rows as the next finds them.
    """
    before = alone(picture)
    steps = alone(partial(counted, verb))
    stride = max(1, steps // ABOUT)
    # Wide steps first, then each of the last ones: the deaths just before and just after the commit are among them.
    points = [*range(1, steps - 3, stride), *range(max(1, steps - 3), steps + 60)]
    told: dict[str, Any] = {"deaths": 0, "outcome": "never committed"}
    for point in points:
        answer = alone(partial(dying, verb, point))
        seen = alone(picture)
        changed = differences(before, seen)
        told["deaths"] += answer == KILLED
        if answer != KILLED:
            told["outcome"] = "outlived"
            break
        if changed:
            told |= {"outcome": "committed", "changed": changed, "after": alone(checks), "at": point}
            break
    else:
        return told
    told["again"] = alone(verb)
    told["changed_again"] = differences(seen, alone(picture))
    return told


def killed_job(job: Callable[[], Any]) -> dict[str, Any]:
    """Kill a job that goes row by row, a step further each time, until it ends; then run it once more."""
    told: dict[str, Any] = {"deaths": 0, "broken": []}
    for point in range(1, 400):
        if alone(partial(dying, job, point)) != KILLED:
            break
        told["deaths"] += 1
        told["broken"] += alone(broken_papers)
    told["ended"] = point
    seen = alone(picture)
    alone(job)
    told["changed_again"] = differences(seen, alone(picture))
    return told


def broken_papers() -> list[str]:
    """The sealed documents that cannot be given back as they were sealed."""
    from equipage.foundation.documents.models import Document
    from equipage.foundation.documents.services import DocumentAltered, pdf_of

    wrong = []
    for document in Document.objects.filter(pdf_sha256__isnull=False):
        try:
            pdf_of(document)
        except DocumentAltered as altered:
            wrong.append(str(altered))
    return wrong


def checks() -> dict[str, Any]:
    """What lines, transfers, file, books and jobs say of the runs."""
    from django_tasks_db.models import DBTaskResult

    from equipage.books.models import LedgerEntry, Posting
    from equipage.compensation.models import ClaimLine, YearStatement
    from equipage.foundation.documents.models import Document
    from equipage.messaging.models import Notice
    from equipage.payments.models import Payment, PaymentRun
    from tests.compensation.factories import disagreements

    runs = PaymentRun.objects.order_by("pk")
    return {
        "runs": [[run.number, run.state, run.content_hash, run.bank_file_sha256] for run in runs],
        "files": [hashlib.sha256(bytes(run.bank_file or b"")).hexdigest() for run in runs],
        "disagreements": [point for run in runs.exclude(state="cancelled") for point in disagreements(run)],
        "lines": sorted(ClaimLine.objects.values_list("state", "amount_cents")),
        "payments": list(Payment.objects.exclude(run__state="cancelled").values_list("amount_cents", flat=True)),
        "entries": sorted(LedgerEntry.objects.values_list("journal", "number")),
        "booked": sum(Posting.objects.values_list("amount_cents", flat=True)),
        "papers": Document.objects.filter(kind="payments.statement").count(),
        "sealed": Document.objects.filter(kind="payments.statement", pdf_sha256__isnull=False).count(),
        "told": Notice.objects.filter(kind="payments.paid").count(),
        "years": sorted(YearStatement.objects.values_list("edition", "total_cents")),
        "jobs": sorted(row.task_path.rpartition(".")[2] for row in DBTaskResult.objects.all()),
    }


class Month:
    """The verbs of a month, each to be played in a process of its own; what they return tells what they made."""

    def __init__(self) -> None:
        from tests import factories as people
        from tests.compensation import factories

        factories.scale()
        factories.paying_account()
        for name in ("Première", "Seconde"):
            team = factories.paid_team(name)
            for day in (14, 21):
                factories.validated(team, held_on=date(2026, 10, day))
        self.association = people.organisation("association")
        self.officer, self.treasurer = people.officer(), people.treasurer()

    def _run(self) -> Any:
        from equipage.payments.models import PaymentRun

        return PaymentRun.objects.order_by("-pk")[0]

    def prepare(self) -> Any:
        from equipage.compensation.services import month
        from equipage.foundation.refusals import Refused
        from tests.compensation.factories import OCTOBER

        try:
            run = month.prepare(organisation=self.association, month=OCTOBER, actor=self.officer)
        except Refused as refused:
            return refused.sentence
        return [run.number, run.content_hash]

    def cancel(self) -> Any:
        from equipage.payments.services import runs

        return runs.cancel(self._run(), actor=self.officer, reason="Une ligne est à revoir.").state

    def approve(self) -> Any:
        from equipage.payments.services import runs

        return hashlib.sha256(bytes(runs.approve(self._run(), actor=self.treasurer).bank_file or b"")).hexdigest()

    def execute(self) -> Any:
        from equipage.payments.services import runs

        return runs.execute(self._run(), actor=self.treasurer, executed_on=date(2026, 11, 22)).state

    def seal(self) -> None:
        from equipage.payments.jobs import seal_statements

        seal_statements.func(self._run().pk)

    def announce(self) -> None:
        from equipage.payments.jobs import announce_payments

        announce_payments.func(self._run().pk)

    def issue_year(self) -> Any:
        from equipage.compensation.services.yearly import issue_year

        with time_machine.travel(JANUARY, tick=True):
            return len(issue_year(self.association, 2026))

    def expected_file(self) -> str:
        """The bytes an approval of today would freeze."""
        from equipage.foundation.periods import add_working_days, today
        from equipage.payments.services import runs

        return hashlib.sha256(runs.build_file(self._run(), add_working_days(today(), 1)).content).hexdigest()

    def expected_hash(self) -> str:
        """The content hash of a preparation that is given up."""
        with transaction.atomic():
            found: str = self.prepare()[1]
            transaction.set_rollback(True)
        return found


def verbs() -> dict[str, Any]:
    """The month, with a preparation that is cancelled in it."""
    month = Month()
    told: dict[str, Any] = {"hash": alone(month.expected_hash)}
    for name, verb in (
        ("prepare", month.prepare),
        ("cancel", month.cancel),
        ("prepare_again", month.prepare),
        ("approve", month.approve),
        ("execute", month.execute),
        ("issue_year", month.issue_year),
    ):
        if name == "approve":
            told["file"] = alone(month.expected_file)
        told[name] = killed_everywhere(verb)
    return told


def jobs() -> dict[str, Any]:
    """The jobs that follow a month."""
    month = Month()
    for verb in (month.prepare, month.approve, month.execute):
        verb()
    told: dict[str, Any] = {"seal": killed_job(month.seal), "announce": killed_job(month.announce)}
    return {**told, "end": alone(checks), "broken": alone(broken_papers)}


def main(*words: str) -> dict[str, Any]:
    """The verbs, or the jobs."""
    with time_machine.travel(NOVEMBER, tick=True):
        return jobs() if words == ("jobs",) else verbs()


if __name__ == "__main__":
    load()
    print(json.dumps(main(*sys.argv[1:])))
