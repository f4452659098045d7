"""The lists of actions: to validate, of a team, mine. Each is declared once."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from equipage.coordination.models import Action, CounterEntry, Overlap
from equipage.coordination.selectors import kind_label, with_presences, with_questions
from equipage.coordination.services import settle_overlap, validate
from equipage.coordination.states import ACTION, COUNTER, OVERLAP
from equipage.foundation.french import duration, plural, time_of_day
from equipage.foundation.listing import Badge, BulkAction, ChoiceFilter, Column, DateRange, Empty, Listing, RowFilter
from equipage.foundation.listing.declaration import Link
from equipage.foundation.policies import can
from equipage.people.roles import Role
from equipage.teams.models import Team


def _badge(action: Any) -> Badge:
    state = ACTION.states[action.state]
    return Badge(state.label, state.tone)


def _page(action: Any) -> str:
    return reverse("coordination:action", args=[action.pk])


def _voices(action: Any) -> str:
    confirmed = plural(action.confirmed_count, "présence confirmée", "présences confirmées")
    text = f"{action.confirmed_count} {confirmed}"
    return f"{text}, {action.expected_count} à confirmer" if action.expected_count else text


KIND = Column("kind", "Action", value=kind_label, link=_page, heads=True)
DAY = Column("held_on", "Date", kind="day", sort="held_on")
TEAM = Column("team", "Équipe", value=lambda action: action.team.name)
LENGTH = Column("minutes", "Durée", value=lambda action: duration(action.minutes), phone=True)
VOICES = Column("voices", "Présences", value=_voices)
STATE = Column("state", "État", value=_badge)
DECLARED = Column("declared_at", "Déclarée le", kind="moment", sort="declared_at", phone=False)

QUESTIONS = Column(
    "questions",
    "À regarder",
    value=lambda action: Badge("Deux actions au même moment", "wait") if action.questions else "",
)

BY_STATE = ChoiceFilter("etat", "État", field="state", choices=ACTION.choices(), counted=True)
ON_DAYS = DateRange("date", "Date de l'action", field="held_on")
OF_TEAM = RowFilter("equipe", "Équipe", field="team", rows=lambda user: Team.objects.visible_to(user).order_by("name"))


def _validate(user: Any, action: Any) -> str:
    validate(action, actor=user)
    return "Validée."


class ToValidate(Listing):
    """The queue of the association: what waits for a validation, the oldest first."""

    model = Action
    title = "Actions à valider"
    file_name = "actions-a-valider"
    noun = ("action", "actions")
    columns = (KIND, DAY, TEAM, LENGTH, VOICES, STATE, QUESTIONS, DECLARED)
    filters = (
        ChoiceFilter(
            "etat",
            "État",
            field="state",
            choices=[("verified", "Vérifiée"), ("declared", "Voix attendues")],
            counted=True,
        ),
        OF_TEAM,
        ON_DAYS,
    )
    default_order = ("declared_at",)
    bulk_actions = (
        BulkAction(
            "valider",
            "Valider",
            "coordination.validate_action",
            _validate,
            "Chaque action validée fige son montant. Celles à qui il manque une voix ne le seront pas.",
            offered=lambda user: user.holds(Role.ASSOCIATION_OFFICER),
        ),
    )

    def empty(self, user: Any) -> Empty:
        return Empty(
            "Aucune action n'attend", "Les actions déclarées par les équipes arrivent ici, les plus anciennes d'abord."
        )

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Toutes les actions", reverse("coordination:list")),
            Link("Chevauchements", reverse("coordination:overlaps")),
            Link("Contre-écritures", reverse("coordination:counters")),
        ]

    def queryset(self, user: Any) -> QuerySet[Any]:
        waiting = Action.objects.visible_to(user).filter(state__in=("declared", "verified"))
        return with_questions(with_presences(waiting))


class Everything(Listing):
    """Every action of the region, the newest first."""

    model = Action
    title = "Toutes les actions"
    file_name = "actions"
    noun = ("action", "actions")
    columns = (KIND, DAY, TEAM, LENGTH, VOICES, STATE)
    filters = (BY_STATE, OF_TEAM, ON_DAYS)
    default_order = ("-held_on",)

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore d'action", "Les actions déclarées par les équipes seront ici.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Celles à valider", reverse("coordination:to_validate"))]

    def queryset(self, user: Any) -> QuerySet[Any]:
        return with_presences(Action.objects.visible_to(user))


class OfTeam(Listing):
    """Every action of one team."""

    model = Action
    title = "Actions de l'équipe"
    file_name = "actions-equipe"
    noun = ("action", "actions")
    columns = [KIND, DAY, LENGTH, VOICES, STATE]
    filters = [
        ChoiceFilter("etat", "État", field="state", choices=ACTION.choices(), counted=True),
        DateRange("date", "Date de l'action", field="held_on"),
    ]
    default_order = ("-held_on",)
    nothing = Empty("Pas encore d'action", "Les actions déclarées par les membres seront ici.")

    def empty(self, user: Any) -> Empty:
        return self.nothing

    def queryset(self, user: Any) -> QuerySet[Any]:
        return with_presences(Action.objects.visible_to(user).filter(team_id=self.kwargs["team_id"]))


class Mine(Listing):
    """The actions I took part in or declared."""

    model = Action
    title = "Mes actions"
    file_name = "mes-actions"
    noun = ("action", "actions")
    columns = [KIND, DAY, TEAM, LENGTH, VOICES, STATE]
    filters = [
        ChoiceFilter("etat", "État", field="state", choices=ACTION.choices(), counted=True),
        DateRange("date", "Date de l'action", field="held_on"),
    ]
    default_order = ("-held_on",)
    nothing = Empty(
        "Pas encore d'action",
        "Déclarez votre première action : trente secondes suffisent.",
        "Déclarer",
        "/actions/declarer/",
    )

    def empty(self, user: Any) -> Empty:
        return self.nothing

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Déclarer une action", reverse("coordination:declare"), main=True),
            Link("J’ai un code", reverse("coordination:enter_code")),
        ]

    def queryset(self, user: Any) -> QuerySet[Any]:
        professional = user.professional_or_none
        own = professional.presences.order_by().values("action_id") if professional else []
        return with_presences(Action.objects.visible_to(user).filter(pk__in=own))


def _settle(user: Any, row: Any) -> str:
    settle_overlap(row, actor=user)
    return "Classé."


def _side(name: str) -> Column:
    def text(row: Any) -> str:
        action = getattr(row, name).action
        hours = getattr(row, name).hours
        at = f", {time_of_day(hours.start)}" if hours.known else ""
        return f"{kind_label(action)}, {action.team.name}{at}, {duration(hours.minutes)}"

    return Column(name, "Une action" if name == "first" else "L'autre", value=text, phone=name == "second")


class Overlaps(Listing):
    """The same person in two actions at the same moment: what the association still has to look at."""

    model = Overlap
    title = "Chevauchements"
    file_name = "chevauchements"
    noun = ("chevauchement", "chevauchements")
    columns = (
        Column(
            "professional",
            "Personne",
            value=lambda row: row.professional.formal_name,
            link=lambda row: reverse("coordination:overlap", args=[row.pk]),
            heads=True,
        ),
        Column("held_on", "Date", kind="day", sort="held_on"),
        _side("first"),
        _side("second"),
        Column("answer", "Explication", value=lambda row: row.answer, phone=False),
        Column(
            "state",
            "État",
            value=lambda row: Badge(OVERLAP.states[row.state].label, OVERLAP.states[row.state].tone),
        ),
    )
    filters = (
        ChoiceFilter("etat", "État", field="state", choices=OVERLAP.choices(), counted=True),
        ChoiceFilter("certitude", "Certitude", field="certainty", choices=Overlap.CERTAINTY),
        DateRange("date", "Date", field="held_on"),
    )
    default_order = ("-held_on",)
    bulk_actions = (
        BulkAction(
            "classer",
            "Classer",
            "coordination.settle_overlap",
            _settle,
            "La question est close : les deux actions comptent.",
            offered=lambda user: user.holds(Role.ASSOCIATION_OFFICER),
        ),
    )

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun chevauchement", "Personne n'est à deux actions au même moment.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Actions à valider", reverse("coordination:to_validate"))]

    def queryset(self, user: Any) -> QuerySet[Any]:
        return Overlap.objects.visible_to(user).select_related(
            "professional", "first__action__team", "second__action__team"
        )


class Counters(Listing):
    """The counter-entries asked by the teams, those that wait first."""

    model = CounterEntry
    title = "Contre-écritures"
    file_name = "contre-ecritures"
    noun = ("contre-écriture", "contre-écritures")
    columns = (
        Column(
            "action",
            "Action",
            value=lambda row: f"{kind_label(row.action)}, {row.action.team.name}",
            link=lambda row: reverse("coordination:counter", args=[row.pk]),
            heads=True,
        ),
        Column("asked_at", "Demandée le", kind="moment", sort="asked_at"),
        Column("asked_by", "Par", value=lambda row: row.asked_by.full_name),
        Column("reason", "Motif", value=lambda row: row.reason, phone=False),
        Column(
            "state",
            "État",
            value=lambda row: Badge(COUNTER.states[row.state].label, COUNTER.states[row.state].tone),
        ),
    )
    filters = (ChoiceFilter("etat", "État", field="state", choices=COUNTER.choices(), counted=True),)
    default_order = ("-asked_at",)

    def empty(self, user: Any) -> Empty:
        return Empty("Aucune contre-écriture", "Une erreur trouvée après la validation arrive ici, avec son motif.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Actions à valider", reverse("coordination:to_validate"))]

    def queryset(self, user: Any) -> QuerySet[Any]:
        return CounterEntry.objects.visible_to(user).select_related("action__team", "asked_by")


def may_validate(user: Any, action: Action) -> bool:
    """Is this person the one who validates?"""
    return can(user, "coordination.validate_action", action).allowed
