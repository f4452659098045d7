"""The meetings of the small world: one that is fixed, with its poll behind it, in a series; and a personal address."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from equipage.foundation.periods import today
from equipage.meetings.models import CalendarFeed, Meeting, Participant, Series, Slot, SlotAnswer
from equipage.teams.models import Team
from tests.permissions.rows import World, lead_membership, make


def planned(world: World, team: Team) -> None:
    """What the planning half of the room writes for one team."""
    lead, at = lead_membership(team).professional, timezone.now()
    until = today() + timedelta(days=90)
    series = world.keep(make(Series, team=team, organiser=lead.user, rule="FREQ=WEEKLY", until=until, created_at=at))
    meeting = world.keep(
        make(
            Meeting,
            team=team,
            region=team.region,
            series=series,
            kind="RCP_SANS_PATIENT",
            organiser=lead.user,
            state="fixed",
            starts_at=at + timedelta(days=7),
            minutes=60,
            created_at=at,
        )
    )
    invited = world.keep(make(Participant, meeting=meeting, professional=lead))
    slot = world.keep(make(Slot, meeting=meeting, starts_at=meeting.starts_at))
    world.keep(make(SlotAnswer, slot=slot, participant=invited, choice="yes"))
    world.keep(make(CalendarFeed, user=lead.user, nonce=f"{team.pk:024d}", created_at=at))
