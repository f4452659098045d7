"""What is checked before a meeting is written: kind, words, link, people, moments. Each refusal names its field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from equipage.foundation.french import day, enumerate_words, paris_day
from equipage.foundation.periods import add_months, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.meetings.calendar import one_line
from equipage.meetings.models import Meeting
from equipage.meetings.models.planning import LONGEST_MINUTES
from equipage.meetings.rules import FEWEST_SLOTS, MOST_SLOTS, when
from equipage.meetings.selectors.planning import meeting_kinds
from equipage.messaging.rules import TooPrivate, check_message
from equipage.people.models import Professional
from equipage.teams.models import Membership, Team

_FURTHEST_MONTHS = 13
_SHORTEST_MINUTES = 5


@dataclass(frozen=True)
class Plan:
    """What a meeting is, but for its moment. `invited` are ids of professionals, `minutes` the planned length."""

    kind: str
    minutes: int
    invited: tuple[int, ...]
    title: str = ""
    place: str = ""
    video_link: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the meeting that it fills."""
        names = ("kind", "minutes", "title", "place", "video_link")
        return {name: getattr(self, name) for name in names}


def allowed(actor: Any, action: str, obj: Any) -> None:
    """Raise Refused with the reasons where the policy says no."""
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def locked_team(team: Team) -> Team:
    """The team, held until the end of the transaction: two sendings of one form wait for each other."""
    row: Team = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    if row.state != "recognised":
        raise Refused("L'équipe n'est pas reconnue : ses réunions se proposent à partir de la décision de l'ARS.")
    return row


def locked_meeting(meeting: Meeting) -> Meeting:
    """The meeting, read again and held until the end of the transaction."""
    row: Meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("team", "organiser").get(pk=meeting.pk)
    )
    return row


def checked(team: Team, plan: Plan, days: Sequence[date], *, known_kind: str = "") -> Plan:
    """The same plan, cleaned. `known_kind` is the kind that the meeting has already. Raises Refused with its field."""
    _check_kind(team, plan.kind, known_kind)
    if plan.minutes < _SHORTEST_MINUTES:
        raise Refused(f"Indiquez une durée d'au moins {_SHORTEST_MINUTES} minutes.", field="minutes")
    if plan.minutes > LONGEST_MINUTES:
        raise Refused("Une réunion dure 12 heures au plus : vérifiez la durée.", field="minutes")
    return replace(
        plan,
        title=harmless(plan.title, field="title", longest=160),
        place=harmless(plan.place, field="place", longest=200),
        video_link=_https(plan.video_link),
        invited=_members(team, plan.invited, days),
    )


def _check_kind(team: Team, code: str, known: str) -> None:
    kinds = {kind.code: kind for kind in meeting_kinds(team)}
    if code == known:
        return
    if code not in kinds:
        raise Refused("Choisissez un type de réunion de la liste : ceux du projet reconnu de l'équipe.", field="kind")
    if kinds[code].blocked:
        raise Refused(" ".join(kinds[code].blocked), field="kind")


def harmless(text: str, *, field: str, longest: int) -> str:
    """One line without a bank account nor a social security number. Raises Refused."""
    found = one_line(text)
    if len(found) > longest:
        raise Refused(f"Ce texte a {len(found)} signes : gardez-en {longest} au plus.", field=field)
    try:
        check_message("", found)
    except TooPrivate:
        raise Refused(
            "Ce texte contient un numéro de sécurité sociale ou un compte bancaire : retirez-le.", field=field
        ) from None
    return found


def _https(link: str) -> str:
    found = link.strip()
    if not found:
        return ""
    sentence = "Le lien de visioconférence commence par https:// : recopiez-le en entier."
    try:
        URLValidator(schemes=["https"])(found)
        parts = urlsplit(found)
    except (ValidationError, ValueError):
        raise Refused(sentence, field="video_link") from None
    if parts.username or parts.password or len(found) > 400:
        raise Refused(sentence, field="video_link")
    return found


def _members(team: Team, invited: Iterable[int], days: Sequence[date]) -> tuple[int, ...]:
    """The invited without doubles; somebody who is not a confirmed member on one of the days is named."""
    wanted = tuple(dict.fromkeys(invited))
    if not wanted:
        raise Refused("Invitez au moins une personne.", field="invited")
    for on in days:
        members = set(
            Membership.objects.in_force(on)
            .filter(team=team, professional_id__in=wanted, state__in=("confirmed", "left"))
            .values_list("professional_id", flat=True)
        )
        strangers = [pk for pk in wanted if pk not in members]
        if strangers:
            names = [
                str(person) for person in Professional.objects.filter(pk__in=strangers).order_by("last_name", "id")
            ]
            who, many = enumerate_words(names) if names else "cette personne", len(names) > 1
            verb = "ne seront pas membres" if many else "ne sera pas membre"
            raise Refused(
                f"Le {day(on)}, {who} {verb} de l'équipe : décochez {'ces noms' if many else 'ce nom'}.",
                field="invited",
            )
    return wanted


def check_moment(moment: datetime, *, field: str) -> datetime:
    """A moment to come, within a year or so. Raises Refused."""
    now = timezone.now()
    if moment <= now:
        raise Refused(f"Le {when(moment, now)} est passé : choisissez un moment à venir.", field=field)
    if paris_day(moment) > add_months(today(), _FURTHEST_MONTHS):
        raise Refused(f"Le {day(moment)} est dans plus d'un an : choisissez une date plus proche.", field=field)
    return moment


def check_slots(slots: Iterable[datetime], *, field: str = "slots") -> list[datetime]:
    """Between two and eight different moments to come, in order. Raises Refused."""
    found = sorted(check_moment(slot, field=field) for slot in slots)
    doubles = {slot for slot, other in pairwise(found) if slot == other}
    if doubles:
        raise Refused(
            f"Le créneau du {when(min(doubles), timezone.now())} est donné deux fois : retirez-en un.", field=field
        )
    if len(found) < FEWEST_SLOTS:
        raise Refused("Proposez au moins deux créneaux, ou fixez directement une date.", field=field)
    if len(found) > MOST_SLOTS:
        raise Refused(f"Proposez {MOST_SLOTS} créneaux au plus : au-delà, personne ne répond.", field=field)
    return found


def members_on(row: Meeting, on: date) -> set[int]:
    """The ids of the professionals who are confirmed members of the team of a meeting that day."""
    rows = Membership.objects.in_force(on).filter(team_id=row.team_id, state__in=("confirmed", "left"))
    return set(rows.values_list("professional_id", flat=True))
