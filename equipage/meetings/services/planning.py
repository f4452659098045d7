"""A meeting is proposed, answered, fixed; one person is reminded, then those who forgot."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import paris_day
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.meetings import telling
from equipage.meetings.models import Meeting, Participant, Series, Slot, SlotAnswer
from equipage.meetings.rules import when
from equipage.meetings.services.checking import (
    Plan,
    allowed,
    check_moment,
    check_slots,
    checked,
    locked_meeting,
    locked_team,
    members_on,
)
from equipage.meetings.states import MEETING
from equipage.messaging.models import Notice
from equipage.teams.models import Team

# What the room copies from an earlier meeting into one called « comme la dernière fois »: (new, earlier, actor).
after_copy: list[Callable[[Meeting, Meeting, Any], None]] = []

# Somebody who has not answered a poll is reminded once, after that long, or sooner when the first slot is near.
REMINDED_AFTER, REMINDED_BEFORE = timedelta(days=2), timedelta(days=2)
_CHOICES = {"yes", "maybe", "no"}


# --- proposing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    actor: Any,
    team: Team,
    plan: Plan,
    slots: Sequence[datetime],
    client_key: uuid.UUID | None = None,
    like: Meeting | None = None,
) -> Meeting:
    """Open a poll on several slots; those invited are asked, whoever asks has answered yes to all.

    The same `client_key` gives the first meeting. `like`: the agenda is that of an earlier one. Raises Refused.
    """
    meeting, new = _begin(actor, team, client_key, lambda row: checked(row, plan, [today()]))
    if not new:
        return meeting
    moments = check_slots(slots)
    Slot.objects.bulk_create([Slot(meeting=meeting, starts_at=moment) for moment in moments])
    own = meeting.invited.filter(professional__user=actor).first()
    if own is not None:
        rows = [SlotAnswer(slot=slot, participant=own, choice="yes") for slot in meeting.slots.order_by("id")]
        SlotAnswer.objects.bulk_create(rows)
    _copy(meeting, like, actor)
    audit.record(action="meetings.meeting.propose", obj=meeting, actor=actor, after={"slots": moments})
    telling.ask_dates(meeting, people_of(meeting), actor)
    return meeting


@transaction.atomic
def plan_meeting(
    *,
    actor: Any,
    team: Team,
    plan: Plan,
    starts_at: datetime,
    client_key: uuid.UUID | None = None,
    like: Meeting | None = None,
) -> Meeting:
    """Call a meeting at a date fixed at once; everybody gets it for their calendar. Raises Refused."""

    def clean(row: Team) -> Plan:
        return checked(row, plan, [paris_day(check_moment(starts_at, field="starts_at"))])

    meeting, new = _begin(actor, team, client_key, clean)
    if not new:
        return meeting
    _copy(meeting, like, actor)
    meeting = fix_without_telling(meeting, starts_at, actor)
    telling.invite([meeting], people_of(meeting))
    return meeting


def _begin(actor: Any, team: Team, key: uuid.UUID | None, clean: Callable[[Team], Plan]) -> tuple[Meeting, bool]:
    """The meeting that this key made already, or a new one."""
    allowed(actor, "meetings.plan", team)
    row = locked_team(team)
    client_key = key or uuid.uuid4()
    known = Meeting.objects.filter(client_key=client_key).first()
    if known is not None:
        if known.organiser_id != actor.pk:
            raise Refused("Cette réunion a déjà été envoyée par une autre personne : rechargez la page.")
        return known, False
    return make_meeting(row, actor, clean(row), client_key=client_key), True


def make_meeting(
    team: Team, actor: Any, plan: Plan, *, client_key: uuid.UUID | None = None, series: Series | None = None
) -> Meeting:
    """The row of a meeting and its invited people, without a date. The plan is checked already."""
    meeting = Meeting.objects.create(
        team=team,
        region_id=team.region_id,
        series=series,
        organiser=actor,
        created_at=timezone.now(),
        client_key=client_key or uuid.uuid4(),
        **plan.columns,
    )
    Participant.objects.bulk_create([Participant(meeting=meeting, professional_id=pk) for pk in plan.invited])
    return meeting


def fix_without_telling(meeting: Meeting, starts_at: datetime, actor: Any) -> Meeting:
    """Choose the date by the move of the workflow. Whoever calls the meeting comes; who has left by then does not."""
    moment = check_moment(starts_at, field="starts_at")
    row: Meeting = run(MEETING, meeting, "fix", actor=actor, data={"starts_at": moment})
    members = members_on(row, paris_day(moment))
    row.invited.exclude(professional_id__in=members).update(removed_at=timezone.now())
    row.invited.filter(professional__user=row.organiser_id, answer="").update(answer="yes", answered_at=timezone.now())
    return row


def _copy(meeting: Meeting, like: Meeting | None, actor: Any) -> None:
    if like is not None and like.team_id == meeting.team_id:
        for copy in after_copy:
            copy(meeting, like, actor)


def people_of(*meetings: Meeting) -> list[Participant]:
    """Those invited to these meetings, as the notices read them."""
    rows = Participant.objects.filter(meeting__in=meetings, removed_at__isnull=True)
    return list(rows.select_related("professional__user", "meeting__team").order_by("meeting__starts_at", "id"))


# --- the poll ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_poll(*, actor: Any, meeting: Meeting, choices: Mapping[int, str]) -> Participant:
    """Say of each slot (by id) "yes", "maybe" or "no"; again changes the answer. Raises Refused."""
    row = locked_meeting(meeting)
    own = _invitation(row, actor)
    if row.state != "polling":
        said = (
            f"la date est fixée, {when(row.starts_at, timezone.now())}" if row.starts_at else "la réunion est annulée"
        )
        raise Refused(f"Les réponses sont closes : {said}.")
    slots = {slot.pk: slot for slot in row.slots.order_by("id")}
    if not choices or set(choices) - set(slots) or set(choices.values()) - _CHOICES:
        raise Refused("Répondez à chaque créneau : oui, si besoin ou non.")
    before = dict(own.slot_answers.order_by("id").values_list("slot_id", "choice"))
    for slot_id, choice in sorted(choices.items()):
        SlotAnswer.objects.update_or_create(slot=slots[slot_id], participant=own, defaults={"choice": choice})
    if before != {**before, **choices}:
        audit.record(
            action="meetings.participant.answer_poll",
            obj=row,
            actor=actor,
            after={str(pk): choice for pk, choice in sorted(choices.items())},
        )
    if row.organiser_id != actor.pk and not _silent(row).exists():
        telling.everybody_answered(row)
    return own


def _invitation(meeting: Meeting, actor: Any) -> Participant:
    person = actor.professional_or_none
    own = meeting.invited.filter(professional=person).select_related("professional").first() if person else None
    if own is None:
        raise Refused("Vous n'êtes pas sur la liste des personnes invitées : parlez-en à qui organise la réunion.")
    return own


def _silent(meeting: Meeting) -> QuerySet[Participant]:
    spoken = Exists(SlotAnswer.objects.filter(participant=OuterRef("pk")))
    return meeting.invited.filter(~spoken)


@transaction.atomic
def fix(*, actor: Any, meeting: Meeting, starts_at: datetime) -> Meeting:
    """Choose the date and close the poll. Who said yes or no to that slot has answered; the others are asked.

    Everybody learns it in one notice, with the slots that are free again. Raises Refused and Blocked.
    """
    before = locked_meeting(meeting)
    row = fix_without_telling(before, starts_at, actor)
    if before.state == "fixed":
        return row  # the same click twice
    chosen = row.slots.filter(starts_at=starts_at).first()
    if chosen is not None:
        for choice in ("yes", "no"):
            said = chosen.answers.filter(choice=choice).order_by().values("participant_id")
            row.invited.filter(pk__in=said).update(answer=choice, answered_at=timezone.now())
    free = row.slots.exclude(starts_at=starts_at).order_by("starts_at").values_list("starts_at", flat=True)
    telling.invite([row], people_of(row), free=list(free))
    return row


# --- once it is fixed -------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(*, actor: Any, meeting: Meeting, coming: bool) -> Participant:
    """« Je viens » or « je ne viens pas »; the last answer counts. Raises Refused."""
    row = locked_meeting(meeting)
    own = _invitation(row, actor)
    if row.state != "fixed":
        raise Refused(f"On ne répond plus à cette réunion : elle est « {MEETING.states[row.state].label} ».")
    if row.ends_at is not None and row.ends_at <= timezone.now():
        raise Refused("Cette réunion est passée : dites à qui l'organise si vous y étiez.")
    wanted = "yes" if coming else "no"
    if own.answer != wanted:
        before, own.answer, own.answered_at = own.answer, wanted, timezone.now()
        own.save(update_fields=["answer", "answered_at"])
        audit.record(
            action="meetings.participant.answer",
            obj=row,
            actor=actor,
            before={"answer": before},
            after={"answer": wanted},
        )
    return own


@transaction.atomic
def nudge(*, actor: Any, participant: Participant) -> str:
    """Remind one person, once a day at most. Answers what happened, in French. Raises Refused."""
    row = locked_meeting(participant.meeting)
    allowed(actor, "meetings.change", row)
    rows = row.invited.select_related("professional__user", "meeting__team")
    found = rows.filter(pk=participant.pk).first()
    if found is None:
        raise Refused("Cette personne n'est plus invitée.")
    name, account = found.professional.full_name, found.professional.user
    polling = row.state == "polling"
    answered = found.slot_answers.exists() if polling else bool(found.answer)
    if row.state not in ("polling", "fixed") or answered:
        raise Refused(f"{name} a déjà répondu.")
    if account is None or not account.is_active:
        raise Refused(f"{name} n'a pas de compte sur Équipage : appelez, ou écrivez-lui.")
    key = f"meetings.nudge:{found.pk}:{today().isoformat()}"
    if Notice.objects.filter(key=key).exists():
        raise Refused(f"{name} a déjà reçu un rappel aujourd'hui. Laissez-lui le temps de répondre.")
    (telling.remind_of_dates if polling else telling.remind_of_coming)(found, key=key)
    audit.record(action="meetings.participant.nudge", obj=row, actor=actor, after={"participant": found.pk})
    return f"Un rappel est parti vers {name}."


def remind_silent() -> int:
    """Remind, once each, those who have not answered an open poll. How many were reminded now."""
    now = timezone.now()
    near = Slot.objects.filter(meeting=OuterRef("meeting_id"), starts_at__gt=now, starts_at__lt=now + REMINDED_BEFORE)
    open_ = Slot.objects.filter(meeting=OuterRef("meeting_id"), starts_at__gt=now)
    spoken = SlotAnswer.objects.filter(participant=OuterRef("pk"))
    rows = Participant.objects.filter(~Exists(spoken), Exists(open_), meeting__state="polling", removed_at__isnull=True)
    rows = rows.filter(Q(meeting__created_at__lte=now - REMINDED_AFTER) | Exists(near))
    done = 0
    for row in rows.filter(professional__user__is_active=True).select_related("professional__user", "meeting__team"):
        key = f"meetings.poll_reminder:{row.pk}"
        if not Notice.objects.filter(key=key).exists():
            telling.remind_of_dates(row, key=key)
            done += 1
    return done
