"""Writing the project, section by section, without ever losing a text; freezing it when it is deposited."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.documents.services import issue_document
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.projects.models import Project, ProjectVersion, Section, SectionRevision
from equipage.projects.printing import DOCUMENT_KIND, TEMPLATE, project_data
from equipage.projects.states import PROJECT
from equipage.rules.catalogue import ProjectTemplate
from equipage.rules.completeness import ProjectCompleteness, check_project, unknown_fields
from equipage.teams.rules import form_of

# Answered from the team itself: its members and its themes are kept in one place only.
FROM_TEAM = ("members", "themes")
# An autosave that was still on its way when the same person pressed « Enregistrer » is not somebody else's text.
ECHO = timedelta(seconds=10)


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
        if section.version != based_on and not _own_echo(section, based_on, actor, now):
            raise SectionConflict(section, data)
        section.data, section.version = data, section.version + 1
        section.updated_by, section.updated_at = actor, now
        section.save(update_fields=["data", "version", "updated_by", "updated_at"])
    SectionRevision.objects.create(section=section, version=section.version, data=data, saved_by=actor, saved_at=now)
    return section


def _own_echo(section: Section, based_on: int, actor: Any, now: Any) -> bool:
    """Is all that was saved since `based_on` this person's own, a moment ago? The history keeps it in any case."""
    if section.updated_at < now - ECHO or not 0 <= based_on < section.version:
        return False
    return not section.revisions.filter(version__gt=based_on).exclude(saved_by=actor).exists()


@transaction.atomic
def write(team: Any, key: str, data: dict[str, Any], *, based_on: int, actor: Any) -> Section | None:
    """`save_section` for a team whose project may not exist yet. Nothing typed where nothing was: nothing is begun.

    Raises SectionConflict, Refused.
    """
    if not data and not Section.objects.filter(project__team=team, key=key).exists():
        return None
    return save_section(project_of(team, actor=actor), key, data, based_on=based_on, actor=actor)


def amend(project: Project, *, actor: Any) -> Project:
    """Reopen a project in force; the recognised version holds until the next decision. Raises Blocked."""
    return run(PROJECT, project, "amend", actor=actor)


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
    team, template = project.team, template_of(project.team)
    content = {
        "team": {"name": team.name, "form": team.form, "commune": team.commune.label},
        "template": template.version,
        "sections": sections_data(project, team),
    }
    last = project.versions.order_by("-number").values_list("number", flat=True).first() or 0
    digest, now = content_hash(content), timezone.now()
    document = issue_document(
        kind=DOCUMENT_KIND,
        template=TEMPLATE,
        title="Projet de santé",
        data=project_data(team, template, content, number=last + 1, digest=digest, at=now, by=actor.full_name),
        about=audit.about(project),
        reference=f"Version {last + 1}",
        region=team.region_id,
        fictitious=settings.DEMO,
        actor=actor,
    )
    version = ProjectVersion.objects.create(
        project=project,
        number=last + 1,
        reason=reason,
        content=content,
        content_hash=digest,
        frozen_by=actor,
        frozen_at=now,
        document=document,
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
