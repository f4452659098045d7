"""The lists of prevention and education: of a team, of the region. The agency's hold counts and states, nobody."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from equipage.foundation.listing import (
    Badge,
    ChoiceFilter,
    Column,
    DateRange,
    Empty,
    Listing,
    RowFilter,
    SearchFilter,
    YesNoFilter,
)
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import today
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.prevention.models import Evaluation, Indicator, PreventionAction, Programme, Session
from equipage.prevention.selectors import NOT_HELD, declaration_label
from equipage.prevention.states import PREVENTION_ACTION, PROGRAMME
from equipage.teams.models import Team


def _teams(user: Any) -> QuerySet[Team]:
    return Team.objects.visible_to(user).order_by("name", "id")


def _state(action: Any) -> Badge:
    state = PREVENTION_ACTION.states[action.state]
    return Badge(state.label, state.tone)


def _declaration(programme: Any) -> Badge:
    return Badge(*declaration_label(programme))


def _held(path: str, what: Any) -> Any:
    """Something about the sessions held of each row, as a sub-query: no join multiplies the rows."""
    rows = Session.objects.filter(**{path: OuterRef("pk")}).exclude(action__state__in=NOT_HELD).order_by()
    found = rows.values(path).annotate(found=what).values("found")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def counted_by(path: str) -> dict[str, Any]:
    """The annotations of every list here: sessions held, people reached."""
    return {"session_count": _held(path, Count("pk")), "reached": _held(path, Sum("audience"))}


TITLE = Column(
    "title",
    "Action",
    link=lambda action: reverse("prevention:action", args=[action.pk]),
    heads=True,
)
TEAM = Column("team", "Équipe", value="team.name")
SESSIONS = Column("sessions", "Séances", value="session_count", kind="number")
REACHED = Column("reached", "Personnes touchées", kind="number")
_ACTION_COLUMNS = (
    Column("theme", "Thème", phone=False),
    Column("audience", "Public", phone=False),
    Column("state", "État", value=_state),
    Column("first_on", "Du", kind="day", sort="first_on"),
    Column("last_on", "Au", kind="day"),
    Column("place", "Lieu", screen=False),
    Column("partners", "Partenaires", value="partner_names", screen=False),
    Column("responsible", "Responsable", value="responsible.full_name", screen=False),
    SESSIONS,
    REACHED,
    Column("outcome", "Ce que l’action a donné", screen=False),
)
BY_STATE = ChoiceFilter("etat", "État", field="state", choices=PREVENTION_ACTION.choices(), counted=True)
ON_DAYS = DateRange("date", "Premier jour", field="first_on")


class RegionActions(Listing):
    """The prevention actions of the region, for the association."""

    model = PreventionAction
    title = "Actions de prévention"
    lede = "Ce que les équipes font pour leur public, et ce que cela donne."
    file_name = "actions-de-prevention"
    noun = ("action", "actions")
    columns = (TITLE, TEAM, *_ACTION_COLUMNS)
    filters = (
        SearchFilter(label="Titre, thème ou public"),
        BY_STATE,
        RowFilter("equipe", "Équipe", field="team", rows=_teams),
        ON_DAYS,
    )
    default_order = ("-first_on",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        rows = super().queryset(user).select_related("team", "responsible")
        return rows.annotate(**counted_by("prevention_action"))

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore d’action de prévention", "Celles que préparent les équipes seront ici.")

    def actions(self, user: Any) -> list[Link]:
        return [
            Link("Programmes d’éducation", reverse("prevention:programmes")),
            Link("Par équipe", reverse("prevention:by_team")),
        ]


class TeamActions(Listing):
    """The prevention actions of one team, to export."""

    model = PreventionAction
    title = "Actions de prévention de l’équipe"
    file_name = "actions-de-prevention"
    noun = ("action", "actions")
    columns = (TITLE, *_ACTION_COLUMNS)
    filters = (BY_STATE, ON_DAYS)
    default_order = ("-first_on",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        rows = super().queryset(user).filter(team_id=self.kwargs["team_id"]).select_related("responsible")
        return rows.annotate(**counted_by("prevention_action"))

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore d’action de prévention", "Celles que l’équipe prépare seront ici.")

    def actions(self, user: Any) -> list[Link]:
        team = [self.kwargs["team_id"]]
        return [
            Link("Résultats par indicateur", reverse("prevention:team_results", args=team)),
            Link("Revenir à la prévention", reverse("prevention:of_team", args=team)),
        ]


class TeamResults(Listing):
    """What was expected and what was achieved, indicator by indicator, for one team."""

    model = Indicator
    title = "Résultats par indicateur"
    lede = "Ce qui était prévu et ce qui a été obtenu, côte à côte."
    file_name = "resultats-de-prevention"
    noun = ("indicateur", "indicateurs")
    columns = (
        Column(
            "action",
            "Action",
            value="action.title",
            link=lambda row: reverse("prevention:action", args=[row.action_id]),
            heads=True,
        ),
        Column("name", "Indicateur"),
        Column("unit", "Unité"),
        Column("expected", "Prévu", kind="number"),
        Column("achieved", "Obtenu", kind="number"),
        Column("words", "En mots", value="in_words"),
        Column("comment", "Commentaire", phone=False),
        Column("state", "État de l’action", value=lambda row: _state(row.action), phone=False),
    )
    filters = (
        ChoiceFilter(
            "etat", "État de l’action", field="action__state", choices=PREVENTION_ACTION.choices(), counted=True
        ),
    )
    default_order = ("-action__first_on", "action_id")

    def queryset(self, user: Any) -> QuerySet[Any]:
        return super().queryset(user).filter(action__team_id=self.kwargs["team_id"]).select_related("action")

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore d’indicateur", "Ceux des actions de l’équipe seront ici, avec leurs résultats.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Revenir aux actions", reverse("prevention:team_actions", args=[self.kwargs["team_id"]]))]


class Programmes(Listing):
    """The education programmes of the territory, and where the declaration of each stands. Nobody is named."""

    model = Programme
    title = "Programmes d’éducation thérapeutique"
    lede = "Où en est la déclaration de chacun, et quelle évaluation vient."
    file_name = "programmes-etp"
    noun = ("programme", "programmes")
    columns = (
        Column(
            "title",
            "Programme",
            link=lambda programme: reverse("prevention:programme", args=[programme.pk]),
            heads=True,
        ),
        Column("theme", "Maladie ou thème", phone=False),
        TEAM,
        Column("declaration", "Déclaration", value=_declaration),
        Column("declared_on", "Déclaré le", kind="day", phone=False),
        Column("silent_on", "Complet par silence le", kind="day", screen=False),
        Column("number", "Numéro", screen=False),
        Column("acknowledged_on", "Accusé de réception du", kind="day", screen=False),
        Column("next_due", "Prochaine évaluation", kind="day"),
        SESSIONS,
        REACHED,
    )
    filters = (
        SearchFilter(label="Titre ou maladie"),
        ChoiceFilter("etat", "Déclaration", field="state", choices=PROGRAMME.choices(), counted=True),
        RowFilter("equipe", "Équipe", field="team", rows=_teams),
        # Annotated below: a day that has passed, in a programme that goes on.
        YesNoFilter("evaluation", "Évaluation en retard", condition=Q(late_count__gt=0)),
    )
    default_order = ("title",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        waiting = Evaluation.objects.filter(programme=OuterRef("pk"), done_on__isnull=True).order_by()
        goes_on = waiting.filter(programme__state__in=("sent", "complement", "complete"))
        late = goes_on.filter(due_on__lt=today()).values("programme").annotate(many=Count("pk")).values("many")
        following = goes_on.values("programme").annotate(first=Min("due_on")).values("first")
        return (
            super()
            .queryset(user)
            .select_related("team")
            .annotate(
                next_due=Subquery(following),
                late_count=Coalesce(Subquery(late, output_field=IntegerField()), 0),
                **counted_by("programme"),
            )
        )

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore de programme", "Ceux que préparent les équipes seront ici.")

    def actions(self, user: Any) -> list[Link]:
        links = [Link("Par équipe", reverse("prevention:by_team"))]
        if user.holds(*ASSOCIATION_ROLES):
            links.insert(0, Link("Actions de prévention", reverse("prevention:actions")))
        return links


class ByTeam(Listing):
    """Prevention and education of each team, in figures."""

    model = Team
    title = "Prévention par équipe"
    lede = "Des nombres seulement : aucune personne n’est nommée."
    file_name = "prevention-par-equipe"
    noun = ("équipe", "équipes")
    columns = (
        Column(
            "name",
            "Équipe",
            link=lambda team: reverse("prevention:of_team", args=[team.pk]),
            sort="name",
            heads=True,
        ),
        Column("commune", "Commune", value="commune.label", phone=False),
        Column("actions", "Actions de prévention", value="action_count", kind="number"),
        Column("finished", "dont terminées", value="finished_count", kind="number"),
        Column("programmes", "Programmes d’ETP", value="programme_count", kind="number"),
        Column("complete", "dont déclaration complète", value="complete_count", kind="number"),
        SESSIONS,
        REACHED,
    )
    filters = (SearchFilter(label="Nom ou commune"),)
    default_order = ("name",)

    def queryset(self, user: Any) -> QuerySet[Any]:
        def many(rows: QuerySet[Any]) -> Any:
            found = rows.filter(team=OuterRef("pk")).order_by().values("team").annotate(many=Count("pk")).values("many")
            return Coalesce(Subquery(found, output_field=IntegerField()), 0)

        actions = PreventionAction.objects.exclude(state="cancelled")
        programmes = Programme.objects.exclude(state="stopped")
        complete = programmes.filter(Q(state="complete") | Q(state="sent", silent_on__lte=today()))
        has_some = Q(prevention_actions__isnull=False) | Q(programmes__isnull=False)
        busy = Team.objects.filter(has_some).order_by().values("pk")
        return (
            super()
            .queryset(user)
            .filter(pk__in=busy)
            .select_related("commune")
            .annotate(
                action_count=many(actions),
                finished_count=many(actions.filter(state="finished")),
                programme_count=many(programmes),
                complete_count=many(complete),
                **counted_by("action__team"),
            )
        )

    def empty(self, user: Any) -> Empty:
        return Empty("Pas encore de prévention", "Les équipes qui en préparent seront ici, avec leurs nombres.")

    def actions(self, user: Any) -> list[Link]:
        return [Link("Programmes d’éducation", reverse("prevention:programmes"))]
