"""Writing the project, section by section, without ever losing a text; freezing it when it is deposited."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.projects.models import Project, ProjectVersion, Section, SectionRevision
from equipage.rules.catalogue import ProjectTemplate
from equipage.rules.completeness import ProjectCompleteness, check_project, unknown_fields
from equipage.teams.rules import form_of

# Answered from the team itself: its members and its themes are kept in one place only.
FROM_TEAM = ("members", "themes")


class SectionConflict(Refused):
    """Somebody else saved the section meanwhile: both texts are given, nothing is written over."""

    def __init__(self, theirs: Section, mine: dict[str, Any]) -> None:
        super().__init__(
            f"{theirs.updated_by.full_name} a enregistré cette rubrique pendant que vous écriviez. "
            "Rien n'est perdu : comparez les deux textes et choisissez."
        )
        self.theirs = theirs
        self.mine = mine


def template_of(team: Any) -> ProjectTemplate:
    """The sections that the rules ask for, for the team's form, today."""
    return form_of(team, today()).project_template


@transaction.atomic
def project_of(team: Any, *, actor: Any) -> Project:
    """The project of a team, begun at the first save and never by merely looking."""
    type(team).objects.select_for_update(of=("self",)).get(pk=team.pk)
    project = Project.objects.filter(team=team).first()
    if project is None:
        project = Project(team=team, created_by=actor, created_at=timezone.now())
        _may_write(project, actor)
        project.save()
        audit.record(action="projects.project.begin", obj=project, actor=actor)
    return project


def section_is_open(project: Project, key: str) -> bool:
    """May this section be written today? All of them while drafting; the reopened ones during a complement."""
    if project.state == "drafting":
        return True
    return project.state == "complement" and key in project.reopened_sections


@transaction.atomic
def save_section(project: Project, key: str, data: dict[str, Any], *, based_on: int, actor: Any) -> Section:
    """Save a section written on top of version `based_on` (0 when it was empty).

    Raises SectionConflict when the section moved meanwhile, Refused when it is closed or unknown. The same text saved
    again changes nothing.
    """
    project = Project.objects.select_for_update(of=("self",)).select_related("team").get(pk=project.pk)
    _may_write(project, actor)
    wanted = template_of(project.team).section(key)
    if wanted is None or unknown_fields(wanted, data):
        raise Refused(
            "Cette rubrique a changé depuis que vous l'avez ouverte : rechargez la page, votre texte y reste."
        )
    if not section_is_open(project, key):
        raise Refused("Cette rubrique n'est pas rouverte : seules celles que l'ARS demande de compléter le sont.")
    now = timezone.now()
    section = Section.objects.filter(project=project, key=key).select_related("updated_by").first()
    if section is None:
        if based_on != 0:
            raise Refused("Cette rubrique a été vidée entre-temps : rechargez la page.")
        section = Section.objects.create(project=project, key=key, data=data, updated_by=actor, updated_at=now)
    else:
        if section.data == data:
            return section
        if section.version != based_on:
            raise SectionConflict(section, data)
        section.data, section.version = data, section.version + 1
        section.updated_by, section.updated_at = actor, now
        section.save(update_fields=["data", "version", "updated_by", "updated_at"])
    SectionRevision.objects.create(section=section, version=section.version, data=data, saved_by=actor, saved_at=now)
    return section


def _may_write(project: Project, actor: Any) -> None:
    decision = can(actor, "projects.write_project", project)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def sections_data(project: Project | None, team: Any) -> dict[str, dict[str, Any]]:
    """The present answers by section, with members and themes read from the team."""
    answers = {section.key: dict(section.data) for section in project.sections.all()} if project else {}
    for section in template_of(team).sections:
        for field in section.fields:
            if field.type in FROM_TEAM:
                answers.setdefault(section.key, {})[field.key] = _from_team(team, field.type)
    return answers


def _from_team(team: Any, kind: str) -> list[Any]:
    if kind == "themes":
        return [theme.label for theme in team.themes.all()]
    members = team.memberships.in_force().filter(state__in=("confirmed", "uncertain")).select_related("professional")
    return [
        {
            "name": member.professional.formal_name,
            "profession": member.professional.profession_label,
            "rpps": member.professional.rpps,
            "certain": member.state == "confirmed",
            "role": member.role,
        }
        for member in members.order_by("-role", "professional__last_name", "professional__first_name", "id")
    ]


def completeness_of(project: Project | None, team: Any) -> ProjectCompleteness:
    """What remains to be written, section by section, as the rules say it."""
    return check_project(template_of(team), sections_data(project, team))


@transaction.atomic
def freeze_version(project: Project, *, reason: str, actor: Any) -> ProjectVersion:
    """Freeze the whole project as a numbered version with its hash; it never changes again.

    The caller moves the workflow, in the same transaction.
    """
    project = Project.objects.select_for_update(of=("self",)).select_related("team__commune").get(pk=project.pk)
    content = {
        "team": {"name": project.team.name, "form": project.team.form, "commune": project.team.commune.label},
        "template": template_of(project.team).version,
        "sections": sections_data(project, project.team),
    }
    last = project.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = ProjectVersion.objects.create(
        project=project,
        number=last + 1,
        reason=reason,
        content=content,
        content_hash=content_hash(content),
        frozen_by=actor,
        frozen_at=timezone.now(),
    )
    audit.record(
        action="projects.version.freeze",
        obj=version,
        actor=actor,
        after={"number": version.number, "reason": reason, "content_hash": version.content_hash},
        stream=project.audit_stream,
    )
    return version


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical text of a version."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
