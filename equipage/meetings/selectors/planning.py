"""Reading meetings to come: kinds, what the form proposes, the poll, who is invited, what waits for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from equipage.coordination.models import Action
from equipage.coordination.selectors import Kind, kinds_of
from equipage.coordination.services import Facts
from equipage.foundation.french import PARIS, counted, paris_day, time_of_day
from equipage.foundation.periods import day_bounds, today
from equipage.meetings.models import Meeting, Participant, Slot, SlotAnswer
from equipage.meetings.rules import Tally, Voice, best_of, when
from equipage.people.models import Professional
from equipage.teams.models import Membership, Team
from equipage.teams.policies import own_team_ids
from equipage.teams.rules import form_of

FAMILY = "meeting"
# A planned meeting is proposed to whoever declares, that day and the following ones.
PROPOSED_DAYS = 3
# An unanswered poll is worth a word to its organiser after that long.
POLL_DAYS = 4
_SHOWN_CARDS = 10

# Blocks that the room adds to the page of a meeting (agenda, minutes): (meeting, user) → (template, data) or None.
page_panels: list[Callable[[Meeting, Any], tuple[str, Any] | None]] = []


# --- what a form proposes ---------------------------------------------------------------------------------------------


def meeting_kinds(team: Team) -> list[Kind]:
    """The kinds of the recognised project that are meetings, each with what blocks it today."""
    catalogue = form_of(team, today()).actions
    return [kind for kind in kinds_of(team, today()) if catalogue[kind.code].family == FAMILY]


def kind_words(meeting: Any) -> str:
    """The short label of the kind of a meeting, as the rules of its day (or of today) say it."""
    catalogue = form_of(meeting.team, paris_day(meeting.starts_at) if meeting.starts_at else today()).actions
    return catalogue[meeting.kind].short_label if meeting.kind in catalogue else str(meeting.kind)


def with_patients(meeting: Any) -> bool:
    """May a patient be met there? Its place then stays on the page."""
    catalogue = form_of(meeting.team, today()).actions
    return meeting.kind in catalogue and catalogue[meeting.kind].involves_patients


def plannable_teams(user: Any) -> QuerySet[Team]:
    """The recognised teams in which this person is a confirmed member."""
    return Team.objects.filter(pk__in=own_team_ids(user), state="recognised").order_by("name", "id")


def members_to_invite(team: Team) -> list[Membership]:
    """The confirmed members of today, by name."""
    rows = team.memberships.in_force().filter(state__in=("confirmed", "left")).select_related("professional")
    return list(rows.order_by("professional__last_name", "professional__first_name", "id"))


def last_meeting(team: Team) -> Meeting | None:
    """The last meeting that was called in this team, for « comme la dernière fois »."""
    rows = Meeting.objects.filter(team=team).exclude(state="cancelled").prefetch_related("participants")
    return rows.order_by("-created_at", "-id").first()


# --- one meeting ------------------------------------------------------------------------------------------------------


def meetings_seen(user: Any) -> QuerySet[Meeting]:
    """The meetings this person may see, with what their pages read."""
    return Meeting.objects.visible_to(user).select_related("team__region", "organiser", "series")


def invited_people(meeting: Meeting) -> list[Participant]:
    """Who is invited, by name; two queries."""
    rows = meeting.invited.select_related("professional__user")
    return list(rows.order_by("professional__last_name", "professional__first_name", "id"))


def own_participant(meeting: Meeting, user: Any) -> Participant | None:
    """The invitation of this person, None when not invited."""
    person = user.professional_or_none
    return meeting.invited.filter(professional=person).first() if person else None


def voice_name(person: Professional) -> str:
    """ "Hugo Martin (Médecin généraliste)": who is missing matters by what they do."""
    return f"{person.formal_name} ({person.profession_label.lower()})"


@dataclass(frozen=True)
class PollView:
    """A poll as its organiser reads it: one tally a slot, one line a person, the best slot in words."""

    tallies: list[Tally]
    lines: list[tuple[Participant, list[str]]]
    best: Tally | None
    answered: int

    @property
    def waited(self) -> int:
        """How many have said nothing yet."""
        return len(self.lines) - self.answered


def poll_of(meeting: Meeting) -> PollView:
    """All answers to a poll; four queries whatever the number of people and slots."""
    people = invited_people(meeting)
    slots = list(meeting.slots.order_by("starts_at", "id"))
    rows = SlotAnswer.objects.filter(slot__in=slots).order_by("id")
    said = {(row.slot_id, row.participant_id): row.choice for row in rows}
    names = {person.pk: voice_name(person.professional) for person in people}
    tallies = [
        Tally(
            slot.pk,
            slot.starts_at,
            [Voice(names[person.pk], said.get((slot.pk, person.pk), "")) for person in people],
        )
        for slot in slots
    ]
    lines = [(person, [said.get((slot.pk, person.pk), "") for slot in slots]) for person in people]
    answered = sum(any(choices) for _, choices in lines)
    return PollView(tallies, lines, best_of(tallies, timezone.now()), answered)


def following(meeting: Meeting) -> QuerySet[Meeting]:
    """The meetings of the same series from this one on that may still change."""
    if meeting.series_id is None or meeting.starts_at is None:
        return Meeting.objects.filter(pk=meeting.pk)
    rows = Meeting.objects.filter(series_id=meeting.series_id, starts_at__gte=meeting.starts_at, state="fixed")
    return rows.order_by("starts_at", "id")


def clashes_of(people: Iterable[int], moments: Iterable[datetime], minutes: int) -> list[tuple[Participant, datetime]]:
    """Fixed meetings that some of these people have at these moments already: said, never refused."""
    found = []
    for moment in moments:
        end = moment + timedelta(minutes=minutes)
        rows = Participant.objects.filter(
            professional_id__in=list(people),
            removed_at__isnull=True,
            meeting__state="fixed",
            meeting__starts_at__lt=end,
            meeting__starts_at__gt=moment - timedelta(hours=12),
        ).exclude(answer="no")
        for row in rows.select_related("professional", "meeting").order_by("id"):
            if row.meeting.ends_at and row.meeting.ends_at > moment:
                found.append((row, moment))
    return found


_MOST_IN_FEED = 400


def feed_meetings(user: Any, since: datetime) -> list[Meeting]:
    """The fixed and held meetings that concern this person since a moment, the latest 400; one query or two."""
    rows = _mine(user).exclude(answer="no").filter(meeting__state__in=("fixed", "held"), meeting__starts_at__gte=since)
    keys = list(rows.order_by("-meeting__starts_at").values_list("meeting_id", flat=True)[:_MOST_IN_FEED])
    return list(Meeting.objects.filter(pk__in=keys).select_related("team").order_by("starts_at", "id"))


# --- what waits for whom ----------------------------------------------------------------------------------------------


def _mine(user: Any) -> QuerySet[Participant]:
    person = user.professional_or_none
    if person is None:
        return Participant.objects.none()
    rows = Participant.objects.filter(professional=person, removed_at__isnull=True)
    return rows.filter(meeting__team_id__in=own_team_ids(user)).select_related("meeting__team")


def polls_to_answer(user: Any) -> list[Participant]:
    """The polls that wait for this person's answer, the oldest first."""
    spoken = Exists(SlotAnswer.objects.filter(participant=OuterRef("pk")))
    open_ = Exists(Slot.objects.filter(meeting=OuterRef("meeting_id"), starts_at__gt=timezone.now()))
    rows = _mine(user).filter(~spoken, open_, meeting__state="polling")
    return list(rows.select_related("meeting__organiser").order_by("meeting__created_at", "id")[:_SHOWN_CARDS])


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Cards of the home page: a date to choose, a meeting to answer, a poll to close, a meeting that has passed."""
    if user.professional_or_none is None:
        return []
    cards = [_poll_card(row) for row in polls_to_answer(user)]
    cards += [_coming_card(row) for row in _to_come(user).filter(answer="")[:_SHOWN_CARDS]]
    cards += _own_polls(user)
    cards += [_passed_card(meeting) for meeting in passed(user)[:_SHOWN_CARDS]]
    return cards


def moving_for_professional(user: Any) -> list[dict[str, Any]]:
    """The meetings to come that this person answered already."""
    return [_answered_card(row) for row in _to_come(user).exclude(answer="")[:_SHOWN_CARDS]]


def _answered_card(row: Participant) -> dict[str, Any]:
    start: Any = row.meeting.starts_at
    return {
        "title": f"Réunion {when(start, timezone.now(), joint=', ')}",
        "sentence": f"{row.meeting.team.name}. {'Vous venez.' if row.answer == 'yes' else 'Vous ne venez pas.'}",
        "url": reverse("meetings:meeting", args=[row.meeting_id]),
        "action": "Voir",
        "theirs": True,
    }


def _to_come(user: Any) -> QuerySet[Participant]:
    """One's fixed meetings that have not begun, the next one of each series only."""
    now = timezone.now()
    earlier = Meeting.objects.filter(
        series_id=OuterRef("meeting__series_id"),
        state="fixed",
        starts_at__gte=now,
        starts_at__lt=OuterRef("meeting__starts_at"),
        participants__professional_id=OuterRef("professional_id"),
        participants__removed_at__isnull=True,
    )
    rows = _mine(user).filter(~Exists(earlier), meeting__state="fixed", meeting__starts_at__gte=now)
    return rows.order_by("meeting__starts_at", "id")


def _poll_card(row: Participant) -> dict[str, Any]:
    return {
        "tag": "Date à choisir",
        "title": f"Quelle date pour la réunion, {row.meeting.team.name} ?",
        "sentence": f"{row.meeting.organiser.full_name} propose des créneaux : dites ceux qui vous vont.",
        "since": row.meeting.created_at,
        "url": reverse("meetings:meeting", args=[row.meeting_id]),
        "action": "Répondre",
    }


def _coming_card(row: Participant) -> dict[str, Any]:
    start: Any = row.meeting.starts_at
    return {
        "tag": "Réunion",
        "title": f"Réunion {when(start, timezone.now(), joint=', ')}",
        "sentence": f"{row.meeting.team.name}. Dites si vous venez.",
        "since": row.meeting.created_at,
        "url": reverse("meetings:meeting", args=[row.meeting_id]),
        "action": "Répondre",
    }


def _own_polls(user: Any) -> list[dict[str, Any]]:
    """One's own polls that everybody answered, that have waited long enough, or whose slots have passed."""
    rows = Meeting.objects.filter(organiser=user, state="polling", team_id__in=own_team_ids(user))
    people = Prefetch("participants", Participant.objects.filter(removed_at__isnull=True).order_by("id"))
    slots = Prefetch("slots", Slot.objects.order_by("starts_at", "id"))
    answers = Prefetch("participants__slot_answers", SlotAnswer.objects.order_by("id"))
    found = rows.select_related("team").prefetch_related(people, answers, slots).order_by("created_at", "id")
    return [card for meeting in found[:_SHOWN_CARDS] if (card := _own_poll_card(meeting)) is not None]


def _own_poll_card(meeting: Meeting) -> dict[str, Any] | None:
    now, people = timezone.now(), list(meeting.participants.all())
    answered = sum(bool(person.slot_answers.all()) for person in people)
    over = all(slot.starts_at <= now for slot in meeting.slots.all())
    if not over and answered < len(people) and now < meeting.created_at + timedelta(days=POLL_DAYS):
        return None
    said = f"{counted(answered, 'réponse', 'réponses')} sur {len(people)}."
    return {
        "tag": "Date à fixer",
        "title": f"Fixez la date de la réunion, {meeting.team.name}",
        "sentence": f"{said} {'Les créneaux sont passés : choisissez une autre date.' if over else ''}".strip(),
        "since": meeting.created_at,
        "url": reverse("meetings:meeting", args=[meeting.pk]),
        "action": "Fixer la date",
    }


def declared_already(reference: str = "") -> Exists:
    """Was an action of that team, kind and day declared, minutes or not? For a queryset of meetings.

    The day is that of Paris; both databases compare it as such.
    """
    rows = Action.objects.filter(
        team_id=OuterRef(f"{reference}team_id"),
        kind=OuterRef(f"{reference}kind"),
        held_on=OuterRef(f"{reference}starts_at__date"),
    )
    return Exists(rows.exclude(state__in=("cancelled", "reversed")))


def passed(user: Any) -> QuerySet[Meeting]:
    """One's own meetings whose hour has passed and of which nobody said anything: did they take place?"""
    rows = Meeting.objects.filter(organiser=user, state="fixed", starts_at__lt=timezone.now() - timedelta(minutes=30))
    rows = rows.filter(~declared_already(), team_id__in=own_team_ids(user))
    return rows.select_related("team").order_by("starts_at", "id")


def _passed_card(meeting: Meeting) -> dict[str, Any]:
    return {
        "tag": "Réunion passée",
        "title": "Cette réunion a-t-elle eu lieu ?",
        "sentence": f"{meeting.team.name}, {when(meeting.starts_at, timezone.now()) if meeting.starts_at else ''}.",
        "since": meeting.starts_at,
        "url": reverse("meetings:meeting", args=[meeting.pk]),
        "action": "Répondre",
    }


# --- what a declaration proposes --------------------------------------------------------------------------------------


def facts_to_declare(user: Any, team: Team) -> Facts | None:
    """A meeting planned for today or the last days, not held and not declared: what the card of an action opens on.

    The meeting of this person first, then the latest.
    """
    now = timezone.now()
    since = day_bounds(today())[0] - timedelta(days=PROPOSED_DAYS)
    rows = Meeting.objects.filter(team=team, state="fixed", starts_at__gte=since, starts_at__lte=now)
    rows = rows.filter(~declared_already()).prefetch_related(
        Prefetch("participants", Participant.objects.filter(removed_at__isnull=True).order_by("id"))
    )
    found = sorted(rows.order_by("id"), key=lambda meeting: (_invites(meeting, user), meeting.starts_at))
    return _facts(found[-1]) if found else None


def _invites(meeting: Meeting, user: Any) -> bool:
    person = user.professional_or_none
    return person is not None and any(row.professional_id == person.pk for row in meeting.participants.all())


def _facts(meeting: Meeting) -> Facts:
    rows = list(meeting.participants.all())
    coming = [row.professional_id for row in rows if row.answer == "yes"]
    start: Any = meeting.starts_at
    local = start.astimezone(PARIS)
    return Facts(
        kind=meeting.kind,
        held_on=local.date(),
        minutes=meeting.minutes,
        # Nobody said anything: those who did not decline.
        present=tuple(coming or [row.professional_id for row in rows if row.answer != "no"]),
        title=meeting.title,
        starts_at=local.time(),
    )


def hour_words(meeting: Meeting) -> str:
    """ "de 12 h 30 à 13 h 30"."""
    return f"de {time_of_day(meeting.starts_at)} à {time_of_day(meeting.ends_at)}"


def of_team(team: Team) -> QuerySet[Meeting]:
    """The meetings of a team that are to come or to choose, the soonest first."""
    rows = Meeting.objects.filter(Q(state="polling") | Q(state="fixed", starts_at__gte=timezone.now()), team=team)
    return rows.order_by("starts_at", "id")
