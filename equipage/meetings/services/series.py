"""Meetings that come back: made together, announced together, then each lives alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.meetings import telling
from equipage.meetings.models import Series
from equipage.meetings.rules import dates_of, moment_of, rule_of
from equipage.meetings.services.checking import Plan, allowed, check_moment, checked, locked_team, members_on
from equipage.meetings.services.planning import fix_without_telling, make_meeting, people_of
from equipage.teams.models import Team


@transaction.atomic
def start_series(
    *,
    actor: Any,
    team: Team,
    plan: Plan,
    rhythm: str,
    first: date,
    until: date,
    at: time,
    dates: Sequence[date],
    client_key: uuid.UUID | None = None,
) -> Series:
    """A series on the chosen `dates` of a rhythm, at `at` of the Paris clock. Each date is a meeting of its own.

    Each meeting invites those who are members that day. Everybody gets one message with all dates. The same
    `client_key` gives the first series. Raises Refused: dates outside the rhythm, fewer than two, a series over a year.
    """
    allowed(actor, "meetings.plan", team)
    row = locked_team(team)
    key = client_key or uuid.uuid4()
    known = Series.objects.filter(client_key=key).first()
    if known is not None:
        if known.organiser_id != actor.pk:
            raise Refused("Cette série a déjà été envoyée par une autre personne : rechargez la page.")
        return known
    chosen = _chosen(dates, dates_of(rhythm, first, until))
    moments = [check_moment(moment_of(day, at, label="at"), field="first") for day in chosen]
    plan = checked(row, plan, chosen[:1])
    series = Series.objects.create(
        team=row,
        organiser=actor,
        rule=rule_of(rhythm, first),
        until=chosen[-1],
        created_at=timezone.now(),
        client_key=key,
    )
    audit.record(
        action="meetings.series.start", obj=series, actor=actor, after={"rule": series.rule, "dates": list(chosen)}
    )
    meetings = []
    for day, moment in zip(chosen, moments, strict=True):
        meeting = make_meeting(row, actor, plan, series=series)
        members = members_on(meeting, day)
        meeting.participants.exclude(professional_id__in=members).delete()
        meetings.append(fix_without_telling(meeting, moment, actor))
    telling.invite(meetings, people_of(*meetings))
    return series


def _chosen(dates: Sequence[date], possible: list[date]) -> list[date]:
    found = sorted(set(dates))
    strangers = [day for day in found if day not in possible]
    if strangers:
        raise Refused("Une des dates ne suit pas le rythme choisi : revoyez la liste.", field="dates")
    if len(found) < 2:
        raise Refused("Gardez au moins deux dates, ou fixez une seule réunion.", field="dates")
    return found
