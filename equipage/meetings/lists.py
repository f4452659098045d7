"""The lists of meetings: mine to come, mine past, those of a team. Each is declared once."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from equipage.foundation.french import duration
from equipage.foundation.listing import Badge, ChoiceFilter, Column, DateRange, Empty, Listing, RowFilter
from equipage.foundation.listing.declaration import Link
from equipage.meetings.models import Meeting, Participant
from equipage.meetings.rules import when
from equipage.meetings.selectors.planning import kind_words, plannable_teams
from equipage.meetings.states import MEETING
from equipage.teams.models import Team

_ANSWERS = {"yes": Badge("Vous venez", "ok"), "no": Badge("Vous ne venez pas", "quiet")}


def _when(meeting: Any) -> str:
    return when(meeting.starts_at, timezone.now()) if meeting.starts_at else "Date à choisir"


def _badge(meeting: Any) -> Badge:
    if meeting.state == "fixed" and meeting.starts_at < timezone.now():
        return Badge("Passée, à confirmer", "wait")
    state = MEETING.states[meeting.state]
    return Badge(state.label, state.tone)


def _answer(meeting: Any) -> Badge | str:
    if meeting.own_answer is None:
        return ""
    waits = meeting.state in ("polling", "fixed")
    return _ANSWERS.get(meeting.own_answer) or (Badge("À répondre", "wait") if waits else "")


def _page(meeting: Any) -> str:
    return reverse("meetings:meeting", args=[meeting.pk])


WHEN = Column("starts_at", "Date", value=_when, link=_page, sort="starts_at", heads=True)
TEAM = Column("team", "Équipe", value="team.name")
KIND = Column("kind", "Type", value=kind_words)
LENGTH = Column("minutes", "Durée", value=lambda meeting: duration(meeting.minutes), phone=False)
PLACE = Column("place", "Lieu", phone=False)
ANSWER = Column("answer", "Votre réponse", value=_answer)
STATE = Column("state", "État", value=_badge)
OF_TEAM = RowFilter("equipe", "Équipe", field="team", rows=lambda user: Team.objects.visible_to(user).order_by("name"))
ON_DAYS = DateRange("date", "Date de la réunion", field="starts_at")


class _Meetings(Listing):
    """What the lists of meetings share."""

    model = Meeting
    noun = ("réunion", "réunions")

    def readable(self, user: Any) -> QuerySet[Any]:
        """Those this person sees, with their own answer: None where they are not invited."""
        person = user.professional_or_none
        own = Participant.objects.filter(
            meeting=OuterRef("pk"), professional=person.pk if person else None, removed_at__isnull=True
        )
        rows = Meeting.objects.visible_to(user).select_related("team")
        return rows.annotate(own_answer=Subquery(own.order_by().values("answer")[:1]))

    def concerned(self, user: Any) -> QuerySet[Any]:
        """Those to which this person is invited, or which they called."""
        return self.readable(user).filter(Q(own_answer__isnull=False) | Q(organiser=user.pk))


def _propose(user: Any) -> list[Link]:
    return (
        [Link("Proposer une réunion", reverse("meetings:propose"), main=True)] if plannable_teams(user).exists() else []
    )


def _now(user: Any) -> list[Link]:
    """A meeting that nobody planned begins at once."""
    return [Link("Réunion maintenant", reverse("meetings:now"))] if plannable_teams(user).exists() else []


class Mine(_Meetings):
    """The meetings that concern me and are not over, the soonest first."""

    title = "Mes réunions"
    file_name = "mes-reunions"
    columns = (WHEN, TEAM, KIND, LENGTH, PLACE, ANSWER, STATE)
    filters = (OF_TEAM,)
    # « polling » comes after « fixed » in the alphabet: the dates to choose stand first.
    default_order = ("-state", "starts_at")

    def queryset(self, user: Any) -> QuerySet[Any]:
        return self.concerned(user).filter(state__in=("polling", "fixed"))

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune réunion à venir",
            "Proposez trois créneaux : chacun répond en un geste, et la date va dans les agendas.",
            "Proposer une réunion",
            reverse("meetings:propose"),
        )

    def actions(self, user: Any) -> list[Link]:
        return [
            *_propose(user),
            *_now(user),
            Link("Mes tâches", reverse("meetings:tasks")),
            Link("Réunions passées", reverse("meetings:past")),
            Link("Dans mon agenda", reverse("meetings:calendar")),
        ]


class Past(_Meetings):
    """The meetings that concerned me, held or cancelled, the latest first."""

    title = "Réunions passées"
    file_name = "reunions-passees"
    columns = (WHEN, TEAM, KIND, LENGTH, PLACE, STATE)
    filters = (OF_TEAM, ON_DAYS)
    default_order = ("-starts_at",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        return self.concerned(user).filter(state__in=("held", "cancelled"))

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune réunion passée", "Celles qui ont été tenues ou annulées seront ici, avec leurs suites.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Réunions à venir", reverse("meetings:mine"))]


class OfTeam(_Meetings):
    """Every meeting of one team."""

    title = "Réunions de l'équipe"
    file_name = "reunions-equipe"
    columns = (WHEN, KIND, LENGTH, PLACE, ANSWER, STATE)
    filters = (ChoiceFilter("etat", "État", field="state", choices=MEETING.choices(), counted=True), ON_DAYS)
    default_order = ("-starts_at",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        return self.readable(user).filter(team_id=self.kwargs["team_id"])

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore de réunion", "Celles que proposent les membres seront ici.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Proposer une réunion", reverse("meetings:propose_for", args=[self.kwargs["team_id"]]), main=True)]
