"""The room of the small world: a meeting that was held, its minutes, one point, one version, one task a team."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from equipage.coordination.models import Action
from equipage.meetings.models import Attendee, Item, Meeting, Minutes, MinutesVersion, Task
from equipage.teams.models import Team
from tests.permissions.rows import HASH, World, document, lead_membership, make


def held(world: World, team: Team) -> None:
    """The action of the team is that meeting."""
    professional, at = lead_membership(team).professional, timezone.now()
    lead = professional.user
    meeting = world.keep(
        make(
            Meeting,
            team=team,
            region=team.region,
            kind="RCP_SANS_PATIENT",
            state="held",
            starts_at=at - timedelta(days=3),
            held_at=at,
            organiser=lead,
            created_at=at,
        )
    )
    record = world.keep(
        make(
            Minutes,
            meeting=meeting,
            started_at=at - timedelta(days=3),
            ended_at=at - timedelta(days=2),
            patients=1,
            action=Action.objects.filter(team=team).order_by("pk")[0],
            opened_by=lead,
            opened_at=at,
            closed_by=lead,
            closed_at=at,
        )
    )
    world.keep(make(Attendee, minutes=record, professional=professional, standing="here"))
    item = world.keep(
        make(Item, meeting=meeting, kind="situation", code="Situation A", position=1, added_by=lead, added_at=at)
    )
    paper = document(world, team, "meetings.minutes")
    world.keep(
        make(
            MinutesVersion,
            minutes=record,
            number=1,
            content=_content(team),
            content_hash=HASH,
            author=lead,
            at=at,
            document=paper,
        )
    )
    task = {"team": team, "item": item, "what": "Essai.", "assignee": professional}
    world.keep(make(Task, created_by=lead, created_at=at, **task))


def _content(team: Team) -> dict[str, object]:
    """What a page reads of a version."""
    texts = dict.fromkeys(("kind", "setting", "day", "times", "place", "patients", "patients_present"), "Essai")
    return {**texts, "team": team.name, "items": [], "left": [], "here": [], "excused": []}
