"""Reading a project: where each section stands, its history, what waits for the team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse

from equipage.foundation.french import counted
from equipage.foundation.policies import can
from equipage.projects.models import Project, ProjectVersion, Section
from equipage.projects.services import FROM_TEAM, completeness_of, section_is_open, template_of
from equipage.rules.answer import Reason
from equipage.rules.catalogue import Section as Asked
from equipage.rules.completeness import Completeness, ProjectCompleteness
from equipage.teams.models import Team
from equipage.teams.selectors import teams_of

_SHOWN_CARDS = 30


@dataclass(frozen=True)
class Card:
    """A section on the project page: state, reasons, who wrote last and when, and whether it may be written now."""

    asked: Asked
    state: Completeness
    row: Section | None
    open: bool
    url: str

    @property
    def badge(self) -> tuple[str, str]:
        """Label and tone."""
        if self.asked.optional and not self.state.started:
            return "Facultative", "quiet"
        if self.state.ok:
            return "Complète", "ok"
        return ("Commencée", "wait") if self.state.started else ("Vide", "quiet")

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not complete; nothing for a card that nobody opened: its badge says it."""
        return self.state.reasons if self.state.started else ()


@dataclass(frozen=True)
class Board:
    """The whole project as its page shows it."""

    team: Team
    project: Project | None
    cards: list[Card]
    done: ProjectCompleteness
    may_write: bool
    why_not: str

    @property
    def headline(self) -> str:
        """The conclusion of the page."""
        state = self.project.state if self.project else "drafting"
        if state == "frozen":
            return "Le projet est déposé"
        if state == "settled":
            return "Le projet est en vigueur"
        left = len(self.done.remaining)
        if left:
            return f"Il reste {counted(left, 'rubrique', 'rubriques')}"
        return "Toutes les rubriques sont complètes"

    @property
    def complete(self) -> int:
        """How many sections are complete, among those that are asked for."""
        return sum(1 for card in self.cards if not card.asked.optional and card.state.ok)

    @property
    def expected(self) -> int:
        """How many sections are asked for."""
        return sum(1 for card in self.cards if not card.asked.optional)


def team_for(user: Any, team_id: int) -> Team:
    """The team whose project this person may read; else 404."""
    rows = Team.objects.visible_to(user).select_related("commune", "department", "region")
    team: Team | None = rows.filter(pk=team_id).first()
    if team is None or not can(user, "projects.read_project", team).allowed:
        raise Http404
    return team


def project_of_team(team: Any) -> Project | None:
    """The project with its sections at hand, None while nothing was written. Two queries."""
    rows = Project.objects.filter(team=team).select_related("team").prefetch_related("sections__updated_by")
    return rows.first()


def may_write(user: Any, team: Team, project: Project | None) -> tuple[bool, str]:
    """May this person write, and else why not."""
    decision = can(user, "projects.write_project", project or Project(team=team))
    return decision.allowed, " ".join(decision.reasons)


def board(team: Team, project: Project | None, user: Any) -> Board:
    """The page of the project."""
    done = completeness_of(project, team)
    allowed, why_not = may_write(user, team, project)
    rows = {row.key: row for row in project.sections.all()} if project else {}
    cards = [
        Card(
            asked,
            done.sections[asked.key],
            rows.get(asked.key),
            allowed and (project is None or section_is_open(project, asked.key)),
            reverse("projects:section", args=[team.pk, asked.key]),
        )
        for asked in template_of(team).sections
    ]
    return Board(team, project, cards, done, allowed, why_not)


def is_typed(asked: Asked) -> bool:
    """Does the section hold at least one question that is answered by typing?"""
    return any(field.type not in FROM_TEAM for field in asked.fields)


def versions_of(project: Project | None) -> list[ProjectVersion]:
    """The frozen versions, the last first."""
    if project is None:
        return []
    return list(project.versions.select_related("frozen_by", "document").order_by("-number"))


# --- what waits for whom ----------------------------------------------------------------------------------------------


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Projects to write: teams that met the association, with themes, whose sections are not all complete."""
    cards = []
    teams = teams_of(user, "accompanied", "recognised").select_related("commune", "department", "region")
    for team in teams[:_SHOWN_CARDS]:
        project = project_of_team(team)
        if (project.state if project else "drafting") != "drafting":
            continue
        if project is None and (team.state == "recognised" or not team.themes.exists()):
            continue
        left = len(completeness_of(project, team).remaining)
        if left:
            cards.append(_writing_card(team, project, left))
    return cards


def _writing_card(team: Team, project: Project | None, left: int) -> dict[str, Any]:
    return {
        "title": f"Projet de santé, {team.name}",
        "sentence": f"Il reste {counted(left, 'rubrique', 'rubriques')} à compléter. Chacun peut en écrire une.",
        "since": project.created_at if project else team.met_on,
        "url": reverse("projects:project", args=[team.pk]),
        "action": "Écrire",
        "tag": "Projet",
    }
