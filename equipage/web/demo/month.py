"""The month that the demo is preparing: some people looked at, one put aside with a reason, reminders sent once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from equipage.compensation.models import HindranceNotice, MonthDecision
from equipage.compensation.piles import Person, Preview, preview
from equipage.compensation.services.reminders import recipients
from equipage.foundation.periods import PARIS, Month
from equipage.people.models import Professional
from equipage.web.demo.world import World

_PAID = 3
_WHY = "Le relevé d'identité bancaire reçu ne porte pas le même nom : nous vous appelons cette semaine."


def make_month(world: World) -> None:
    """Decisions and reminders of yesterday, as their verbs write them."""
    found = preview(world.association, Month.of(world.today))
    at = datetime.combine(world.yesterday, time(17, 5), PARIS)
    # With a single person to look at, somebody clear is put aside.
    aside = ((_plain(found.people) if len(found.people) > 1 else []) or _plain(found.clear_people))[:1]
    paid = [person for person in found.people if person not in aside]
    for rank, person in enumerate(paid[:_PAID]):
        _decide(world, person, "pay", at + timedelta(minutes=rank))
    for person in aside:
        _decide(world, person, "wait", at + timedelta(minutes=_PAID), reason=_WHY)
    _remind(world, found, at + timedelta(minutes=15))


def _plain(people: list[Person]) -> list[Person]:
    """Those without a role in the tour of the demo, by name."""
    known = Professional.objects.exclude(user__persona="").values_list("pk", flat=True)
    personas = set(known.filter(user__isnull=False))
    return [one for one in people if one.professional_id not in personas]


def _decide(world: World, person: Person, kind: str, at: datetime, *, reason: str = "") -> None:
    officer, month = world.staff["officer"], Month.of(world.today)
    made = MonthDecision.objects.create(
        organisation=world.association,
        month=month.start,
        professional_id=person.professional_id,
        kind=kind,
        reason=reason,
        told=bool(reason),
        seen_hash=person.seen_hash,
        decided_by=officer,
        decided_at=at,
    )
    after = {"month": str(month), "kind": kind, "told": made.told, "seen": made.seen_hash}
    world.journal.note(at, "compensation.month.decide", made, officer, comment=reason, after=after)


def _remind(world: World, found: Preview, at: datetime) -> None:
    """Every person whose own step is missing, once."""
    officer: Any = world.staff["officer"]
    month = Month.of(world.today)
    lines_of = recipients("member", [line for line in found.not_ready.lines if line.waits_for == "member"])
    HindranceNotice.objects.bulk_create(
        (
            HindranceNotice(
                organisation=world.association,
                recipient=user,
                waits_for="member",
                month=month.start,
                lines_count=len(lines),
                told_by=officer,
                told_at=at,
            )
            for user, lines in sorted(lines_of.items(), key=lambda one: one[0].pk)
        ),
        batch_size=500,
    )
    if lines_of:
        after = {"month": str(month), "waits_for": "member", "told": len(lines_of)}
        world.journal.note(at, "compensation.month.remind", world.association, officer, after=after)
