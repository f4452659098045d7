"""What a project brings to the page of its team: its step of the path, its tab, the words of its journal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.foundation.french import counted
from equipage.foundation.policies import can
from equipage.projects.models import Project
from equipage.projects.services import completeness_of
from equipage.teams import journal
from equipage.teams.panels import Tab, offer_tab
from equipage.teams.path import Standing, register


def project_step(team: Any) -> Standing:
    """Written: done once it was deposited. While it is written, how many sections remain."""
    url = reverse("projects:project", args=[team.pk])
    project = Project.objects.filter(team=team).prefetch_related("sections").first()
    frozen = project.versions.order_by("number").first() if project else None
    if project is None or (project.state == "drafting" and frozen is None):
        if project is None and team.recognised_on is not None:
            return Standing(done=True, since=team.recognised_on, url=url)
        left = len(completeness_of(project, team).remaining)
        note = f"il reste {counted(left, 'rubrique', 'rubriques')}" if left else "prêt à être déposé"
        return Standing(done=False, waits_for="team", note=note, url=url)
    return Standing(done=True, since=frozen.frozen_at if frozen else team.recognised_on, url=url)


register("project", project_step)
offer_tab(
    Tab("Projet", "projects:project", 20, shown=lambda team, user: can(user, "projects.read_project", team).allowed)
)
journal.say("projects.project.begin", "Projet de santé commencé")
journal.say("projects.version.freeze", "Version du projet figée")
journal.say("projects.project.amend", "Projet de santé rouvert pour évoluer")
journal.say("projects.project.freeze", "Projet de santé déposé")
journal.say("projects.project.ask_complement", "Rubriques du projet rouvertes")
journal.say("projects.project.settle", "Projet de santé en vigueur")
journal.say("projects.project.give_back", "Projet de santé rendu à l'équipe")
