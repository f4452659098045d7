"""The one-page brief of a file: what the version read says, each point with its verdict and its way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from equipage.foundation.french import counted, enumerate_words, paris_day, typographic
from equipage.foundation.periods import today
from equipage.projects import reading
from equipage.projects.models import ProjectVersion
from equipage.projects.rules import action_codes, gate_reasons
from equipage.recognition.overlap import Overlap, overlap_of
from equipage.rules.catalogue import ProjectTemplate
from equipage.rules.completeness import Completeness, check_project
from equipage.teams.rules import composition_of, form_of

SECTION_WITHOUT_ANSWER = ("Vide", "quiet")


@dataclass(frozen=True)
class Line:
    """One section of the version read: its verdict, what is missing, and where to read it."""

    key: str
    title: str
    number: str
    badge: tuple[str, str]
    reasons: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Brief:
    """What the page shows; `overlap` is None for members of the team."""

    summary: str
    rows: list[dict[str, Any]]
    lines: list[Line]
    since_last: list[str]
    last_number: int
    overlap: Overlap | None
    blocking: int


def brief_of(file: Any, user: Any, *, with_overlap: bool) -> Brief:
    """Read the file for this person."""
    version, team = file.version, file.team
    template = form_of(team, paris_day(version.frozen_at)).project_template
    sections = version.content.get("sections", {})
    done = check_project(template, sections)
    overlap = overlap_of(file, user) if with_overlap else None
    rows = [_composition(file), _project(file, template, done), _actions(file)]
    if overlap is not None:
        rows.append(_overlap(overlap))
    lines = _lines(version, template, done.sections)
    previous = _previous(version)
    since_last: list[str] = []
    if previous is not None:
        names = reading.names_for(team, paris_day(version.frozen_at), previous.content, version.content)
        since_last = reading.in_short(reading.changes(template, previous.content, version.content, names))
    return Brief(
        summary_of(version.content),
        rows,
        lines,
        since_last,
        previous.number if previous else 0,
        overlap,
        sum(1 for row in rows[:3] if row["tone"] == "stop"),
    )


def summary_of(content: Mapping[str, Any]) -> str:
    """The file in one sentence: who, around how many common patients, on what."""
    sections = content.get("sections", {})
    people = sections.get("people", {}).get("members") or []
    sure = [item for item in people if item.get("certain", True)]
    unsure = len(people) - len(sure)
    kinds = Counter(str(item.get("profession", "")) for item in sure)
    told = enumerate_words([f"{label.lower()} ({count})" for label, count in kinds.most_common()])
    words = f"{counted(len(sure), 'professionnel', 'professionnels')}" + (f" : {told}" if told else "")
    if unsure:
        words += f", et {counted(unsure, 'personne pressentie', 'personnes pressenties')}"
    patients = sections.get("common_patients", {}).get("count")
    if isinstance(patients, int):
        words += f", autour de {counted(patients, 'patient commun', 'patients communs')}"
    themes = [str(item) for item in sections.get("themes", {}).get("themes") or []]
    return typographic(words + (f", sur : {enumerate_words(themes)}." if themes else "."))


def _composition(file: Any) -> dict[str, Any]:
    answer = composition_of(file.team, today())
    found = counted(answer.counted, "personne compte aujourd'hui", "personnes comptent aujourd'hui")
    return {
        "point": "Composition",
        "finding": found if answer.ok else f"{found}. {' '.join(reason.sentence for reason in answer.reasons)}",
        "verdict": "conforme" if answer.ok else "bloquant",
        "tone": "ok" if answer.ok else "stop",
        "way_out": "" if answer.ok else " ".join(reason.way_out for reason in answer.reasons),
    }


def _project(file: Any, template: ProjectTemplate, done: Any) -> dict[str, Any]:
    asked = sum(1 for section in template.sections if not section.optional)
    if done.ok:
        finding = f"Les {asked} rubriques attendues sont complètes"
        return {"point": "Projet", "finding": finding, "verdict": "complet", "tone": "ok"}
    titles = {section.key: section.title for section in template.sections}
    reasons = [f"{titles[key]} : {reason.sentence}" for key in done.remaining for reason in done.sections[key].reasons]
    return {
        "point": "Projet",
        "finding": " ".join(reasons[:4]),
        "verdict": f"{len(done.remaining)} à compléter",
        "tone": "wait",
        "way_out": "Demandez un complément sur ces rubriques.",
        "url": f"{reverse('recognition:ask', args=[file.pk])}?rubrique={done.remaining[0]}",
        "action": "Demander",
    }


def _actions(file: Any) -> dict[str, Any]:
    codes = action_codes(file.version.content)
    catalogue = form_of(file.team, today()).actions
    named = enumerate_words([catalogue[code].short_label for code in codes if code in catalogue]) or "Aucune"
    blocked = gate_reasons(file.team, codes, today())
    row = {"point": "Actions prévues", "finding": named}
    if not blocked:
        return {**row, "verdict": "ouvertes", "tone": "ok"}
    return {
        **row,
        "verdict": "bloquant",
        "tone": "stop",
        "way_out": " ".join(blocked),
        "url": f"{reverse('recognition:ask', args=[file.pk])}?rubrique=actions",
        "action": "Demander un complément",
    }


def _overlap(overlap: Overlap) -> dict[str, Any]:
    label, tone = overlap.label
    compared = counted(overlap.compared, "équipe comparée", "équipes comparées")
    if not overlap.neighbours:
        finding = f"Ni membre en commun, ni commune et thème à la fois ; {compared}"
        return {"point": "Concurrence", "finding": finding, "verdict": label, "tone": tone}
    first = overlap.neighbours[0]
    return {
        "point": "Concurrence",
        "finding": f"{first.name}. {first.reason}",
        # It informs, it blocks nothing: never the colour of a block.
        "verdict": label,
        "tone": "wait",
        "way_out": "C'est un signal, pas une décision : lisez les deux projets, ou demandez l'avis de l'association.",
        "url": first.url,
        "action": "Voir l'équipe",
    }


def _lines(version: ProjectVersion, template: ProjectTemplate, states: Mapping[str, Completeness]) -> list[Line]:
    page = reverse("projects:version", args=[version.pk])
    lines = []
    for section in template.sections:
        state = states[section.key]
        if section.optional and not state.started:
            badge = ("Facultative", "quiet")
        elif state.ok:
            badge = ("Complète", "ok")
        else:
            badge = ("À compléter", "wait") if state.started else SECTION_WITHOUT_ANSWER
        reasons = tuple(reason.sentence for reason in state.reasons)
        lines.append(Line(section.key, section.title, section.number, badge, reasons, f"{page}#{section.key}"))
    return lines


def _previous(version: ProjectVersion) -> ProjectVersion | None:
    return version.project.versions.filter(number__lt=version.number).order_by("-number").first()
