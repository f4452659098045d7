"""A month of a large association, in bulk: people who may be paid and their validated lines. Run as a program, it
measures the monthly run on the database of its environment and prints the seconds as JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PEOPLE, LINES_EACH, TEAM_SIZE = 2000, 3, 4


@dataclass
class World:
    """Who acts, for how much."""

    association: Any
    officer: Any
    treasurer: Any
    month: Any
    total_cents: int = 0


def build() -> tuple[World, list[Any], list[Any]]:
    """The world without its lines, its actions, and the presences of each in order."""
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
    persons = _persons(world, first)
    teams = _teams(world, persons, first)
    days = [month.start + timedelta(days=3 + 7 * rank) for rank in range(LINES_EACH)]
    now = timezone.now()
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
        for rank, team in enumerate(teams)
        for day in days
    )
    presences = Presence.objects.bulk_create(
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
        for person in persons[(rank // LINES_EACH) * TEAM_SIZE :][:TEAM_SIZE]
    )
    return world, actions, presences


def _persons(world: World, first: date) -> list[Any]:
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
        for rank in range(PEOPLE)
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


def compute(world: World, actions: list[Any], presences: list[Any]) -> None:
    """Price and freeze every line with the functions of the application, in bulk."""
    from itertools import groupby

    from django.utils import timezone

    from equipage.compensation.models import ClaimLine
    from equipage.compensation.rules import price_presences
    from equipage.compensation.services.claims import _line, tariff_on
    from equipage.rules.pricing import Ceilings
    from equipage.teams.rules import form_of

    now, lines = timezone.now(), []
    tariffs = {day: tariff_on(world.association, day) for day in {action.held_on for action in actions}}
    for _, group in groupby(presences, key=lambda presence: presence.action_id):
        present = list(group)
        action = present[0].action
        form = form_of(action.team, action.held_on)
        ceilings = Ceilings(envelope_cents=1_000_000, envelope_rule=form.envelope)
        shares = price_presences(tariffs[action.held_on], form, action, present, had={}, ceilings=ceilings)
        for presence, share in zip(present, shares, strict=True):
            line = _line(action, presence, share, world.association)
            line.state, line.frozen_at = "validated", now
            lines.append(line)
    ClaimLine.objects.bulk_create(lines, batch_size=500)
    world.total_cents = sum(line.amount_cents for line in lines)


def bare_rows(count: int) -> None:
    """The floor: as many rows of two numbers, inserted in one transaction and summed."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (id integer, cents bigint)")
        cursor.executemany("INSERT INTO bench_floor VALUES (%s, %s)", [(number, 3750) for number in range(count)])
        cursor.execute("SELECT sum(cents) FROM bench_floor")
        if int(cursor.fetchone()[0]) != 3750 * count:
            raise RuntimeError("La somme de contrôle est fausse.")
        cursor.execute("DROP TABLE bench_floor")


def _seconds(action: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def measure() -> dict[str, float]:
    """The seconds of each part; stops when any total differs by a cent."""
    import django

    django.setup()
    from equipage.compensation.piles import preview
    from equipage.compensation.services import decisions, month
    from equipage.payments.run_page import checks_of
    from equipage.payments.services import runs

    world, actions, presences = build()
    found = {"floor": _seconds(lambda: bare_rows(PEOPLE * LINES_EACH))[0]}
    began = time.process_time()
    found["compute"] = _seconds(lambda: compute(world, actions, presences))[0]
    found["preview"], piles = _seconds(lambda: preview(world.association, world.month))
    people = decisions.alike(piles.people, "first_payment", world.officer)
    found["decide"], _ = _seconds(
        lambda: decisions.pay_alike(
            organisation=world.association,
            month=world.month,
            code="first_payment",
            seen_hash=decisions.joint_hash(people),
            actor=world.officer,
        )
    )
    found["prepare"], row = _seconds(
        lambda: month.prepare(organisation=world.association, month=world.month, actor=world.officer)
    )
    found["approve"], row = _seconds(lambda: runs.approve(row, actor=world.treasurer))
    found["processor"] = time.process_time() - began
    found["check"], checks = _seconds(lambda: checks_of(row))
    totals = {piles.payable_cents, row.total_cents, world.total_cents}
    if len(totals) != 1 or row.lines_count != PEOPLE * LINES_EACH or {c["tone"] for c in checks} != {"ok"}:
        raise RuntimeError(f"Les totaux ne sont pas d'accord : {totals}, {checks}")
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
