"""A meeting that was announced moves, changes its people, or is cancelled; alone, or with those that follow it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import PARIS, paris_day
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.meetings import telling
from equipage.meetings.models import Meeting, Participant, Series
from equipage.meetings.rules import moment_of, rhythm_of, rule_of
from equipage.meetings.selectors.planning import following
from equipage.meetings.services.checking import (
    Plan,
    allowed,
    check_moment,
    checked,
    harmless,
    locked_meeting,
    members_on,
)
from equipage.meetings.services.planning import people_of
from equipage.meetings.states import MEETING
from equipage.teams.models import Membership

# What a calendar shows: a change of one of these is told to those who know the meeting.
_TOLD = ("minutes", "place", "video_link")


@transaction.atomic
def change(
    *, actor: Any, meeting: Meeting, plan: Plan, starts_at: datetime | None = None, following_too: bool = False
) -> Meeting:
    """Change a meeting to come, its people included; with `following_too`, those of its series that come after it.

    `starts_at` moves a fixed one: everybody says again whether they come. Calendars learn what they show.
    Raises Refused.
    """
    row = locked_meeting(meeting)
    allowed(actor, "meetings.change", row)
    if row.state not in ("polling", "fixed"):
        raise Refused(f"Cette réunion ne se modifie plus : elle est « {MEETING.states[row.state].label} ».")
    rows = _held(row, following_too)
    moments = _moments(row, rows, starts_at)
    days = [paris_day(moments[row.pk])] if row.state == "fixed" else [today()]
    plan = checked(row.team, plan, days, known_kind=row.kind)
    moved, told, gone, come = [], [], [], []
    for each in rows:
        has_moved, is_told = _apply(each, plan, moments.get(each.pk), actor)
        out, new = _set_people(each, plan.invited)
        moved += [each] if has_moved else []
        told += [each] if is_told else []
        gone += out
        come += new
    if moved and row.series_id and following_too:
        _split(row, rows, moments)
    _announce(rows, told, moved, gone, come, actor)
    return row


def _held(row: Meeting, following_too: bool) -> list[Meeting]:
    """The meetings concerned, held until the end of the transaction; this one first."""
    if not following_too or row.series_id is None:
        return [row]
    keys = [pk for pk in following(row).values_list("pk", flat=True) if pk != row.pk]
    others = Meeting.objects.select_for_update(of=("self",)).select_related("team", "organiser").filter(pk__in=keys)
    return [row, *others.order_by("starts_at", "id")]


def _moments(row: Meeting, rows: list[Meeting], starts_at: datetime | None) -> dict[int, datetime]:
    """The new moment of each: those that follow keep their distance in days, at the new hour of the clock."""
    if row.starts_at is None:
        return {}
    moment = starts_at or row.starts_at
    if moment == row.starts_at:
        return {each.pk: each.starts_at for each in rows if each.starts_at}
    local = check_moment(moment, field="starts_at").astimezone(PARIS)
    shift = local.date() - paris_day(row.starts_at)
    return {
        each.pk: check_moment(moment_of(paris_day(each.starts_at) + shift, local.time()), field="starts_at")
        for each in rows
        if each.starts_at
    }


def _apply(row: Meeting, plan: Plan, moment: datetime | None, actor: Any) -> tuple[bool, bool]:
    """Write what changes: did it move, and must calendars be told?"""
    moved = moment is not None and moment != row.starts_at
    changed = {name: value for name, value in plan.columns.items() if getattr(row, name) != value}
    told = row.state == "fixed" and (moved or bool(set(changed) & set(_TOLD)))
    before = {name: getattr(row, name) for name in changed}
    if moved:
        before["starts_at"], changed["starts_at"] = row.starts_at, moment
    if not changed:
        return False, False
    for name, value in changed.items():
        setattr(row, name, value)
    row.sequence += int(told)
    row.save(update_fields=[*changed, "sequence"])
    # A title may say too much: the journal keeps that it changed, not what it said.
    kept = [name for name in changed if name != "title"]
    audit.record(
        action="meetings.meeting.change",
        obj=row,
        actor=actor,
        before={name: before[name] for name in kept},
        after={name: changed[name] for name in kept} | ({"title": True} if "title" in changed else {}),
    )
    if moved:
        row.participants.exclude(professional__user=row.organiser_id).update(answer="", answered_at=None)
    return moved, told


def _set_people(row: Meeting, invited: tuple[int, ...]) -> tuple[list[Participant], list[Participant]]:
    """Take people off the list and put others on it: (gone, come). Members of that day only."""
    wanted = set(invited)
    if row.starts_at is not None:
        wanted &= members_on(row, paris_day(row.starts_at))
    known = {person.professional_id: person for person in row.participants.order_by("id")}
    gone = [person for pk, person in known.items() if person.removed_at is None and pk not in wanted]
    back = [known[pk] for pk in sorted(wanted & set(known)) if known[pk].removed_at is not None]
    for person in gone:
        person.removed_at = timezone.now()
        person.save(update_fields=["removed_at"])
    for person in back:
        person.removed_at, person.answer, person.answered_at = None, "", None
        person.save(update_fields=["removed_at", "answer", "answered_at"])
        # Their calendar forgot the meeting at a later sequence: only a still later one brings it back.
        row.sequence = max(row.sequence, person.sent_sequence + 1)
    if back:
        row.save(update_fields=["sequence"])
    fresh = [Participant(meeting=row, professional_id=pk) for pk in sorted(wanted - set(known))]
    Participant.objects.bulk_create(fresh)
    return gone, [*back, *fresh]


def _split(row: Meeting, rows: list[Meeting], moments: dict[int, datetime]) -> None:
    """The meetings that moved together have a rhythm of their own, unless the whole series moved."""
    key: Any = row.series_id
    series: Any = Series.objects.select_for_update().get(pk=key)
    days = sorted(paris_day(moment) for moment in moments.values())
    rule, until = rule_of(rhythm_of(series.rule), days[0]), days[-1]
    before = series.meetings.exclude(pk__in=[each.pk for each in rows]).exclude(state="cancelled").order_by("starts_at")
    last = before.last()
    if last is None:
        series.rule, series.until = rule, until
        series.save(update_fields=["rule", "until"])
        return
    new = Series.objects.create(
        team=row.team, organiser=series.organiser, rule=rule, until=until, created_at=timezone.now()
    )
    Meeting.objects.filter(pk__in=[each.pk for each in rows]).update(series=new)
    row.series = new
    series.until = paris_day(last.starts_at)
    series.save(update_fields=["until"])


def _announce(
    rows: list[Meeting],
    told: list[Meeting],
    moved: list[Meeting],
    gone: list[Participant],
    come: list[Participant],
    actor: Any,
) -> None:
    """Who was there learns what changed, who comes is invited, who leaves the list is told so."""
    new, off = {person.pk for person in come}, {person.pk for person in gone}
    everybody = people_of(*rows)
    if rows[0].state == "polling":
        telling.ask_dates(rows[0], [person for person in everybody if person.pk in new], actor)
        return
    kept = [person for person in everybody if person.pk not in new and person.meeting in told]
    if kept:
        telling.update(told, kept, moved=bool(moved))
    if new:
        telling.invite(rows, [person for person in everybody if person.pk in new])
    if off:
        removed = Participant.objects.filter(pk__in=off).select_related("professional__user", "meeting__team")
        telling.withdraw(rows, removed.order_by("id"), alone=True)


# --- cancelling -------------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel(*, actor: Any, meeting: Meeting, reason: str, following_too: bool = False) -> Meeting:
    """Cancel a meeting, or it and those of its series that follow; the reason is read by those invited.

    Calendars that knew it forget it. Raises Refused and Blocked.
    """
    why = harmless(reason, field="reason", longest=500)
    rows = _held(locked_meeting(meeting), following_too)
    before = {row.pk: row.state for row in rows}
    done = [_cancelled(row, why, actor) for row in rows]
    if following_too and meeting.series_id:
        Series.objects.filter(pk=meeting.series_id, stopped_at__isnull=True).update(stopped_at=timezone.now())
    fixed = [row for row in done if before[row.pk] == "fixed"]
    if fixed:
        telling.withdraw(fixed, people_of(*fixed), reason=f"Motif : {why}", alone=False)
    for row in done:
        if before[row.pk] == "polling":
            telling.poll_over(row, people_of(row), actor)
    return done[0]


def _cancelled(row: Meeting, why: str, actor: Any) -> Meeting:
    done: Meeting = run(MEETING, row, "cancel", actor=actor, comment=why, data={"cancel_reason": why})
    return done


@transaction.atomic
def stop_series(*, actor: Any, series: Series, reason: str) -> int:
    """No more meetings of this series from now on. How many are cancelled. Raises Refused when none is to come."""
    coming = series.meetings.filter(state="fixed", starts_at__gt=timezone.now()).order_by("starts_at", "id")
    count, first = coming.count(), coming.first()
    if first is None:
        raise Refused("Cette série n'a plus de réunion à venir : il n'y a rien à arrêter.")
    cancel(actor=actor, meeting=first, reason=reason, following_too=True)
    return count


@transaction.atomic
def fall_with_team(team: Any, *, actor: Any) -> None:
    """The team closes: nothing of what was planned takes place."""
    why = "L'équipe est fermée."
    coming = Meeting.objects.filter(team=team, state__in=("polling", "fixed")).exclude(starts_at__lt=timezone.now())
    rows = list(coming.order_by("starts_at", "id"))
    known = [row for row in rows if row.state == "fixed"]
    for row in rows:
        run(MEETING, row, "fall", actor=actor, data={"cancel_reason": why})
    if known:
        telling.withdraw(known, people_of(*known), reason=why, alone=False)


@transaction.atomic
def forget_member(membership: Membership, *, actor: Any) -> None:
    """Somebody leaves the team: they are no longer expected from the day on which they are no longer a member."""
    rows = Participant.objects.filter(
        meeting__team_id=membership.team_id, professional_id=membership.professional_id, removed_at__isnull=True
    ).filter(meeting__state__in=("polling", "fixed"))
    end: Any = membership.valid_to
    found = rows.select_related("meeting__team", "professional__user").order_by("meeting__starts_at", "id")
    gone = [row for row in found if row.meeting.starts_at is None or paris_day(row.meeting.starts_at) >= end]
    if end > today() + timedelta(days=60):
        # A departure announced long ahead: dates to choose will mostly be before it.
        gone = [row for row in gone if row.meeting.starts_at is not None]
    for row in gone:
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
    fixed = [row for row in gone if row.meeting.starts_at is not None]
    if fixed:
        telling.withdraw([row.meeting for row in fixed], fixed, alone=True)
