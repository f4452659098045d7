"""Possible overlap with neighbouring teams (concurrence): communes, people and themes in common, in three words.

A simple and honest check, of Équipage's own making: no text fixes a threshold. It informs; a person decides. Members
of a team only read that the check exists: `neighbours` is for the agency and the association.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from equipage.foundation.french import counted, enumerate_words
from equipage.projects.models import ProjectVersion
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.territory.models import Commune
from equipage.territory.names import normalise

SHOWN = 5
# Two people and one place and one theme in common: the two projects speak of the same work.
STRONG_PEOPLE = 2
LABELS = {"none": ("rien", "ok"), "look": ("à regarder", "wait"), "strong": ("fort", "stop")}


@dataclass(frozen=True)
class Neighbour:
    """A team that shares something; `name` and `url` only for who may see it."""

    name: str
    url: str
    communes: tuple[str, ...]
    people: tuple[str, ...]
    themes: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """ "strong", "look" or "none"."""
        if len(self.people) >= STRONG_PEOPLE and self.communes and self.themes:
            return "strong"
        return "look" if self.people or (self.communes and self.themes) else "none"

    @property
    def label(self) -> tuple[str, str]:
        """The word and its tone."""
        return LABELS[self.verdict]

    @property
    def reason(self) -> str:
        """What is in common, in one sentence."""
        found = []
        if self.communes:
            found.append(f"{counted(len(self.communes), 'commune')} ({enumerate_words(self.communes[:3])})")
        if self.people:
            found.append(f"{counted(len(self.people), 'membre')} ({enumerate_words(self.people[:3])})")
        if self.themes:
            found.append(f"{counted(len(self.themes), 'thème')} ({enumerate_words(self.themes[:3])})")
        return f"En commun : {enumerate_words(found)}."


@dataclass(frozen=True)
class Overlap:
    """The whole check: the worst verdict, and the neighbours that are worth a look, the closest first."""

    neighbours: tuple[Neighbour, ...]
    compared: int

    @property
    def verdict(self) -> str:
        """The worst of all."""
        return self.neighbours[0].verdict if self.neighbours else "none"

    @property
    def label(self) -> tuple[str, str]:
        """The word and its tone."""
        return LABELS[self.verdict]


def overlap_of(file: Any, user: Any) -> Overlap:
    """Compare the version read with every living team of the region; seven queries whatever their number."""
    team, content = file.team, file.version.content
    others = {
        row.pk: row
        for row in Team.objects.filter(region_id=team.region_id)
        .exclude(pk=team.pk)
        .exclude(state="closed")
        .only("pk", "name", "commune_id")
        .order_by("pk")
    }
    communes = _communes_of(content) or {team.commune_id}
    places = _places(others, team.region_id)
    shared_communes = {pk: sorted(communes & found) for pk, found in places.items() if communes & found}
    people, themes = _shared_people(team, others), _shared_themes(team, others)
    touched = sorted({*shared_communes, *people, *themes} & set(others))
    names = {row.pk: row.name for row in Commune.objects.filter(pk__in=sorted(communes)).order_by("pk")}
    visible = set(Team.objects.visible_to(user).filter(pk__in=touched).order_by().values_list("pk", flat=True))
    found = [
        Neighbour(
            others[pk].name if pk in visible else "Une équipe hors de votre périmètre",
            reverse("teams:team", args=[pk]) if pk in visible else "",
            tuple(names.get(code, code) for code in shared_communes.get(pk, ())),
            tuple(people.get(pk, ())) if pk in visible else tuple("nom réservé" for _ in people.get(pk, ())),
            tuple(themes.get(pk, ())),
        )
        for pk in touched
    ]
    worth = [item for item in found if item.verdict != "none"]
    worth.sort(key=lambda item: (item.verdict != "strong", -len(item.people), -len(item.communes), item.name))
    return Overlap(tuple(worth[:SHOWN]), len(others))


def _communes_of(content: Mapping[str, Any]) -> set[str]:
    codes = content.get("sections", {}).get("communes", {}).get("communes")
    return {code for code in codes if isinstance(code, str)} if isinstance(codes, list) else set()


def _places(others: Mapping[int, Team], region_id: str) -> dict[int, set[str]]:
    """The communes of each team: those of its last deposited project, else its own."""
    last = ProjectVersion.objects.filter(project_id=OuterRef("project_id")).order_by("-number").values("pk")[:1]
    rows = (
        ProjectVersion.objects.filter(project__team__region_id=region_id, pk=Subquery(last))
        .order_by("pk")
        .values_list("project__team_id", "content__sections__communes__communes")
    )
    places = {pk: {row.commune_id} for pk, row in others.items()}
    for pk, codes in rows:
        if pk in places and isinstance(codes, list) and codes:
            places[pk] = {code for code in codes if isinstance(code, str)}
    return places


def _shared_people(team: Team, others: Mapping[int, Team]) -> dict[int, list[str]]:
    """The confirmed members of this team who are confirmed in another one."""
    mine = team.memberships.in_force().filter(state__in=("confirmed", "left")).order_by().values("professional_id")
    rows = (
        Membership.objects.in_force()
        .filter(team__region_id=team.region_id, state__in=("confirmed", "left"), professional_id__in=mine)
        .exclude(team_id=team.pk)
        .select_related("professional")
        .order_by("professional__last_name", "pk")
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.team_id, []).append(row.professional.full_name)
    return found


def _shared_themes(team: Team, others: Mapping[int, Team]) -> dict[int, list[str]]:
    """The themes of the same words."""
    mine = {normalise(theme.label): theme.label for theme in team.themes.order_by("label", "id")}
    found: dict[int, list[str]] = {}
    if not mine:
        return found
    rows = TeamTheme.objects.filter(team__region_id=team.region_id).exclude(team_id=team.pk).order_by("pk")
    for pk, label in rows.values_list("team_id", "label"):
        if normalise(label) in mine:
            found.setdefault(pk, []).append(mine[normalise(label)])
    return found
