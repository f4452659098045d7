"""The project on paper: what the Typst template receives, made only of texts already written as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from equipage.foundation.documents import render
from equipage.foundation.french import moment, paris_day
from equipage.projects.reading import ShownSection, names_for, read_content
from equipage.rules.catalogue import ProjectTemplate
from equipage.teams.rules import form_of

DOCUMENT_KIND = "projects.version"
TEMPLATE = "projects/project"


def project_data(
    team: Any,
    template: ProjectTemplate,
    content: Mapping[str, Any],
    *,
    at: datetime,
    by: str = "",
    number: int = 0,
    digest: str = "",
) -> dict[str, Any]:
    """The data of the document. `number` 0 is a draft (brouillon): no hash, and every page says so."""
    names = names_for(team, paris_day(at), content)
    return {
        "team": team.name,
        "form": form_label(team),
        "commune": team.commune.label,
        "department": team.department.name,
        "draft": number == 0,
        "number": str(number),
        "at": moment(at),
        "by": by,
        "digest": digest,
        "template": str(content.get("template", template.version)),
        "sections": [_section(shown) for shown in read_content(template, content, names)],
    }


def draft_pdf(team: Any, template: ProjectTemplate, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of the present text, marked « brouillon »; nothing is kept."""
    data = project_data(team, template, content, at=at)
    return render(TEMPLATE, data, title="Projet de santé", date=at, reference="Brouillon", fictitious=settings.DEMO)


def version_pdf(version: Any) -> bytes:
    """The PDF of a frozen version that has no kept document: made again from its content."""
    team, on = version.project.team, paris_day(version.frozen_at)
    data = project_data(
        team,
        form_of(team, on).project_template,
        version.content,
        number=version.number,
        digest=version.content_hash,
        at=version.frozen_at,
        by=version.frozen_by.full_name,
    )
    reference = f"Version {version.number}"
    return render(TEMPLATE, data, title="Projet de santé", date=on, reference=reference, fictitious=settings.DEMO)


def form_label(team: Any) -> str:
    """The form as it is written: « ESP CLAP »."""
    return str(team.form).upper().replace("-", " ")


def _section(shown: ShownSection) -> dict[str, Any]:
    section = shown.section
    return {
        "number": section.number,
        "title": section.title,
        "optional": section.optional,
        "answers": [
            {
                "label": answer.label,
                "listed": answer.kind not in ("text", "integer", "boolean"),
                "lines": list(answer.lines),
                "apart": list(answer.apart),
            }
            for answer in shown.answers
        ],
    }
