"""A month of a large association, in bulk: people who may be paid and their validated actions.

Run as a program with `build`, it writes that world in the database of its environment and prints who acts; with
`measure`, in a process that holds nothing yet, it plays the month and prints seconds and megabytes as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import django

TEAM_SIZE = 4
BATCH = 2000
MOST = 1_000_000  # cents: what a team may receive in a year


@dataclass
class World:
    """Who acts."""

    association: Any
    officer: Any
    treasurer: Any
    month: Any


def build(count: int, lines_each: int) -> World:
    """`count` people in teams of four, each at as many validated actions as they will have lines."""
    from django.utils import timezone

    from equipage.coordination.models import Action, Presence
    from equipage.foundation.periods import Month, today
    from tests import factories as people
    from tests.compensation import factories

    month = Month.of(today()).previous
    first = date(month.year, 1, 1)
    scale_author = people.user("Saisie")
    factories.scale(valid_from=first, drafted_by=scale_author)
    factories.paying_account()
    world = World(people.organisation("association"), people.officer(), people.treasurer(), month)
    persons = _persons(world, count)
    teams = _teams(world, persons, first)
    days = [month.start + timedelta(days=3 + 2 * rank) for rank in range(lines_each)]
    now = timezone.now()
    for start in range(0, len(teams), BATCH // 4):
        some = teams[start : start + BATCH // 4]
        actions = Action.objects.bulk_create(
            Action(
                team=team,
                region_id="52",
                kind=factories.MEETING,
                held_on=day,
                minutes=45 + 7 * (rank % 5),
                state="validated",
                declared_by=world.officer,
                declared_at=now,
                verified_at=now,
                validated_by=world.officer,
                validated_at=now,
            )
            for rank, team in enumerate(some)
            for day in days
        )
        Presence.objects.bulk_create(
            Presence(
                action=action,
                professional=person,
                held_on=action.held_on,
                state="confirmed",
                means="tap",
                answered_at=now,
                added_at=now,
            )
            for rank, action in enumerate(actions)
            for person in _four(persons, start + rank // lines_each)
        )
    return world


def _four(persons: list[Any], team: int) -> list[Any]:
    return persons[team * TEAM_SIZE : (team + 1) * TEAM_SIZE]


def _persons(world: World, count: int) -> list[Any]:
    from django.utils import timezone

    from equipage.payments.models import BankDetails
    from equipage.people.models import Professional
    from tests import factories as people
    from tests.compensation import factories

    persons = Professional.objects.bulk_create(
        Professional(
            rpps=people.rpps(),
            first_name="Camille",
            last_name=f"Essai-{rank}",
            search_name=f"essai {rank} camille",
            profession_code="60",
            fictitious=True,
        )
        for rank in range(count)
    )
    now = timezone.now()
    BankDetails.objects.bulk_create(
        BankDetails(
            professional=person,
            organisation=world.association,
            holder=person.full_name,
            iban=factories.iban(1000 + rank),
            iban_masked="FR76 … 0001",
            iban_search=f"essai-{rank}",
            state="confirmed",
            proposed_by=world.officer,
            proposed_at=now,
            confirmed_by=world.treasurer,
            confirmed_at=now,
        )
        for rank, person in enumerate(persons)
    )
    return persons


def _teams(world: World, persons: list[Any], first: date) -> list[Any]:
    from django.utils import timezone

    from equipage.agreements.models import Convention
    from equipage.teams.models import Membership, Team
    from tests import factories as people

    now, where = timezone.now(), people.commune()
    teams = Team.objects.bulk_create(
        Team(
            name=f"Équipe {rank}",
            commune=where,
            department=where.department,
            region=where.department.region,
            state="recognised",
            created_by=world.officer,
            created_at=now,
            meeting_requested_at=now,
            met_on=first,
            met_by=world.officer,
            registration_number=f"ESSAI-{rank}",
            recognised_on=first,
        )
        for rank in range(len(persons) // TEAM_SIZE)
    )
    members = Membership.objects.bulk_create(
        Membership(
            team=teams[rank // TEAM_SIZE],
            professional=person,
            role="member",
            state="confirmed",
            valid_from=first,
            added_by=world.officer,
            confirmed_at=now,
            confirmed_by=world.officer,
            accepted_at=now,
        )
        for rank, person in enumerate(persons)
    )
    Convention.objects.bulk_create(
        Convention(
            number=f"ESSAI-{rank}",
            team=member.team,
            membership=member,
            professional=member.professional,
            organisation=world.association,
            template_version="essai",
            state="active",
            created_at=now,
            signed_at=now,
            countersigned_at=now,
            countersigned_by=world.treasurer,
            valid_from=first,
        )
        for rank, member in enumerate(members)
    )
    return teams


def compute(association: Any) -> int:
    """Price and freeze every line with the functions of the application, some actions at a time; their total."""
    from django.utils import timezone

    from equipage.compensation.models import ClaimLine
    from equipage.compensation.rules import price_presences
    from equipage.compensation.services.claims import _line, tariff_on
    from equipage.funding.models import Envelope
    from equipage.rules.pricing import Ceilings
    from equipage.teams.rules import form_of

    now, total = timezone.now(), 0
    tariffs: dict[date, Any] = {}
    budgets: dict[tuple[int, int], int] = defaultdict(int)
    for presences in _presences():
        lines = []
        for _, group in groupby(presences, key=lambda presence: presence.action_id):
            present = list(group)
            action = present[0].action
            form = form_of(action.team, action.held_on)
            ceilings = Ceilings(envelope_cents=MOST, envelope_rule=form.envelope)
            if action.held_on not in tariffs:
                tariffs[action.held_on] = tariff_on(association, action.held_on)
            shares = price_presences(tariffs[action.held_on], form, action, present, had={}, ceilings=ceilings)
            for presence, share in zip(present, shares, strict=True):
                line = _line(action, presence, share, association)
                line.state, line.frozen_at = "validated", now
                lines.append(line)
        ClaimLine.objects.bulk_create(lines, batch_size=500)
        total += sum(line.amount_cents for line in lines)
        for line in lines:
            budgets[line.team_id, line.year] += line.amount_cents
    Envelope.objects.bulk_create(
        (
            Envelope(team_id=team, year=year, amount_cents=MOST, ceiling_cents=MOST, committed_cents=cents, rule_id="")
            for (team, year), cents in budgets.items()
        ),
        batch_size=500,
    )
    return total


def _presences() -> Iterator[list[Any]]:
    """The presences of some actions at a time, in the order of the actions."""
    from equipage.coordination.models import Action, Presence

    last = 0
    while keys := list(Action.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: BATCH // 4]):
        last = keys[-1]
        rows = Presence.objects.filter(action__in=keys).order_by("action_id", "professional_id")
        yield list(rows.select_related("action__team", "professional"))


def bare_rows(count: int) -> None:
    """The floor: as many rows of two numbers, inserted in one transaction and summed."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (id integer, cents bigint)")
        for start in range(0, count, BATCH):
            some = [(number, 3750) for number in range(start, min(start + BATCH, count))]
            cursor.executemany("INSERT INTO bench_floor VALUES (%s, %s)", some)
        cursor.execute("SELECT sum(cents) FROM bench_floor")
        if int(cursor.fetchone()[0]) != 3750 * count:
            raise RuntimeError("La somme de contrôle est fausse.")
        cursor.execute("DROP TABLE bench_floor")


def sums() -> int:
    """The floor of what reads every line: one plain aggregation by person."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT professional_id, SUM(amount_cents) FROM compensation_claimline GROUP BY professional_id")
        return sum(int(row[1]) for row in cursor.fetchall())


def written(run: Any) -> bytes:
    """What an approval writes, as bytes: the bank file, and the data of every statement."""
    from equipage.foundation.documents.models import Document

    rows = Document.objects.filter(kind="payments.statement").values_list("data", flat=True)
    return bytes(run.bank_file) + b"".join(json.dumps(data).encode() for data in rows.iterator(BATCH))


def save(content: bytes) -> None:
    """The floor of what writes: the same bytes, once, to the disk."""
    place = Path(os.environ["EQUIPAGE_VAR"]) / "bench-floor"
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    place.unlink()


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


class Meter:
    """Seconds and peak megabytes of each part, what the process held when it began left out; a part may hold others."""

    def __init__(self) -> None:
        self.found: dict[str, float] = {}
        self._peaks: list[float] = []

    def __call__(self, name: str, action: Callable[[], Any]) -> Any:
        gc.collect()
        self._begin_again()
        held = _memory("VmRSS")
        self._peaks.append(0.0)
        began = time.perf_counter()
        result = action()
        self.found[name] = self.found.get(name, 0.0) + time.perf_counter() - began
        self._begin_again()
        peak = self._peaks.pop()
        self.found[f"{name}_mb"] = max(self.found.get(f"{name}_mb", 0.0), peak - held)
        return result

    def _begin_again(self) -> None:
        """What was reached so far counts for every part under way; then the peak begins again (Linux)."""
        reached = _memory("VmHWM")
        self._peaks = [max(peak, reached) for peak in self._peaks]
        Path("/proc/self/clear_refs").write_text("5")

    def inside(self, module: Any, function: str, name: str) -> None:
        """Measure every call that `module` makes of one of its functions."""
        real = getattr(module, function)
        setattr(module, function, lambda *given, **named: self(name, lambda: real(*given, **named)))


def measure(officer_id: int, treasurer_id: int, lines: int) -> dict[str, float]:
    """Each part in turn; stops when any total differs by a cent."""
    from equipage.compensation import run_effects
    from equipage.compensation.piles import preview
    from equipage.compensation.services import decisions
    from equipage.compensation.services import month as months
    from equipage.foundation.periods import Month, today
    from equipage.payments.run_page import checks_of
    from equipage.payments.services import runs
    from equipage.people.models import User

    officer, treasurer = User.objects.get(pk=officer_id), User.objects.get(pk=treasurer_id)
    month, association = Month.of(today()).previous, _association()
    meter = Meter()
    meter("floor", lambda: bare_rows(lines))
    began = time.process_time()
    total = meter("compute", lambda: compute(association))
    meter("sums", sums)
    piles = meter("preview", lambda: preview(association, month))
    payable, alike = piles.payable_cents, decisions.alike(piles.people, "first_payment", officer)
    del piles
    meter(
        "decide",
        lambda: decisions.pay_alike(
            organisation=association,
            month=month,
            code="first_payment",
            seen_hash=decisions.joint_hash(alike),
            actor=officer,
        ),
    )
    row = meter("prepare", lambda: months.prepare(organisation=association, month=month, actor=officer))
    for module, function, name in (
        (runs, "build_file", "file"),
        (run_effects, "record_entry", "ledger"),
        (run_effects, "issue_statements", "statements"),
    ):
        meter.inside(module, function, name)
    row = meter("approve", lambda: runs.approve(row, actor=treasurer))
    meter.found["processor"] = time.process_time() - began
    content = written(row)
    meter.found["bytes"] = len(content)
    meter("save", lambda: save(content))
    checks = meter("check", lambda: checks_of(row))
    row = meter("execute", lambda: runs.execute(row, actor=treasurer, executed_on=today()))
    totals = {payable, row.total_cents, total, sums()}
    if len(totals) != 1 or row.lines_count != lines or {c["tone"] for c in checks} != {"ok"}:
        raise RuntimeError(f"Les totaux ne sont pas d'accord : {totals}, {checks}")
    return meter.found


def _association() -> Any:
    """The association that pays."""
    from equipage.people.models import Organisation

    return Organisation.objects.get(kind="association", region_id="52")


def main(verb: str, *words: str) -> dict[str, float]:
    """`build people lines_each`, then `measure officer treasurer lines`."""
    numbers = [int(word) for word in words]
    if verb == "measure":
        return measure(*numbers)
    world = build(*numbers)
    return {"officer": world.officer.pk, "treasurer": world.treasurer.pk}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(*sys.argv[1:])))
