"""A protocol on paper: what the Typst template and the word processor's file receive, made only of texts as people
read them. Both files say the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from equipage.foundation.documents import render
from equipage.foundation.french import day, moment, paris_day, typographic
from equipage.protocols import kinds
from equipage.protocols.method import SOURCE
from equipage.protocols.models import ProtocolVersion
from equipage.protocols.reading import ShownSection, attribution_lines, content_sections

DOCUMENT_KIND = "protocols.version"
TEMPLATE = "protocols/protocol"
NO_PATIENT = (
    "Ce protocole organise un travail commun. Il ne nomme aucun patient et ne remplace pas le jugement de chacun."
)
FICTITIOUS = "Démonstration : ce texte est fictif, il n'est pas une recommandation."


@dataclass(frozen=True)
class Paper:
    """A protocol ready to be set: facts, attribution, sections, foot. Equal papers give equal bytes."""

    title: str
    facts: tuple[tuple[str, str], ...]
    attribution: tuple[str, ...]
    law: str
    sections: tuple[ShownSection, ...]
    foot: str
    dated: date
    draft: bool = False
    fictitious: bool = False

    @property
    def reference(self) -> str:
        """What the head of every page says."""
        return "Brouillon" if self.draft else self.facts_named("Version")

    def facts_named(self, term: str) -> str:
        """The value of a fact, "" when it is not there."""
        return dict(self.facts).get(term, "")


def paper_of(version: ProtocolVersion) -> Paper:
    """A frozen version, from what it kept and nothing else."""
    content = version.content
    card = kinds.kind_named(version.kind)
    facts = [
        ("Équipe", version.team_name),
        ("Commune", str(content.get("team", {}).get("commune", ""))),
        ("Type", card.label),
        ("Thème", version.theme),
        ("Version", str(version.number)),
        ("Validée le", day(version.validated_on)),
        ("À réviser avant le", _day(content.get("review_on"))),
        ("Auteurs et autrices", _people(content.get("authors"))),
        ("Accord de l'équipe", _agreed(content.get("agreements"))),
    ]
    return Paper(
        title=version.title,
        facts=tuple((term, value) for term, value in facts if value),
        attribution=tuple(attribution_lines(content)),
        law=card.law,
        sections=tuple(content_sections(content)),
        foot=typographic(
            f"Version {version.number}, figée {moment(version.frozen_at)}. Méthode : {SOURCE}. "
            f"Empreinte SHA-256 du contenu : {version.content_hash}"
        ),
        dated=version.validated_on,
        fictitious=settings.DEMO,
    )


def draft_paper(
    team: Any, title: str, kind: str, shown: list[ShownSection], attribution: list[Mapping[str, Any]], at: datetime
) -> Paper:
    """The present text, marked « brouillon »; nothing is kept."""
    card = kinds.kind_named(kind)
    return Paper(
        title=title,
        facts=(("Équipe", team.name), ("Commune", team.commune.label), ("Type", card.label)),
        attribution=tuple(attribution_lines({"attribution": attribution})),
        law=card.law,
        sections=tuple(shown),
        foot=typographic(f"Brouillon, tel qu'enregistré {moment(at)}. Méthode : {SOURCE}."),
        dated=paris_day(at),
        draft=True,
        fictitious=settings.DEMO,
    )


def printed_data(paper: Paper) -> dict[str, Any]:
    """What the Typst template reads."""
    return {
        "draft": paper.draft,
        "facts": [list(pair) for pair in paper.facts],
        "attribution": list(paper.attribution),
        "law": typographic(paper.law),
        "no_patient": typographic(NO_PATIENT),
        "fictitious": typographic(FICTITIOUS) if paper.fictitious else "",
        "sections": [_section(shown) for shown in paper.sections],
        "foot": paper.foot,
    }


def pdf_of(paper: Paper) -> bytes:
    """The PDF of a paper; equal papers give the same bytes."""
    return render(
        TEMPLATE,
        printed_data(paper),
        title=paper.title,
        date=paper.dated,
        reference=paper.reference if paper.draft else f"Version {paper.reference}",
        fictitious=paper.fictitious,
    )


def _section(shown: ShownSection) -> dict[str, Any]:
    return {
        "title": f"{shown.section.number}. {shown.section.title}",
        "answers": [
            {
                "label": typographic(answer.label),
                "listed": answer.listed,
                "lines": list(answer.lines),
                "rows": [[row.phase, row.who, row.when, row.how] for row in answer.rows],
            }
            for answer in shown.answers
        ],
    }


def _day(text: Any) -> str:
    return day(date.fromisoformat(str(text))) if text else ""


def _people(authors: Any) -> str:
    return ", ".join(f"{who.get('name', '')} ({who.get('profession', '')})" for who in authors or ())


def _agreed(agreements: Any) -> str:
    return ", ".join(f"{who.get('name', '')} ({who.get('profession', '')})" for who in agreements or ())
