"""Reading a project aloud: each answer as French lines, and what changed between two texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from equipage.foundation.french import day, number, typographic
from equipage.projects.rules import action_codes
from equipage.rules.catalogue import Field, ProjectTemplate, Section
from equipage.teams.rules import form_of
from equipage.territory.models import Commune

KINDS = {"quantitative": "chiffré", "qualitative": "en mots"}
_OTHER = "other:"
_WORDS = re.compile(r"\s+|[^\s]+")
LISTS = frozenset({"choices", "communes", "indicators", "phases", "members", "actions", "themes"})


@dataclass(frozen=True)
class Names:
    """What codes are called: communes by INSEE code, actions by code."""

    communes: Mapping[str, str]
    actions: Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """An answer as people read it. `apart`: people approached but uncertain (pressentis), kept apart by law."""

    key: str
    label: str
    kind: str
    lines: tuple[str, ...]
    apart: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole answer as one text; what comparisons read."""
        return "\n".join((*self.lines, *(f"{line} (pressenti)" for line in self.apart)))


@dataclass(frozen=True)
class ShownSection:
    """A section and its answers, empty ones left out."""

    section: Section
    answers: tuple[Shown, ...]


@dataclass(frozen=True)
class Piece:
    """A run of words: "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One answer that differs between two texts."""

    section: Section
    label: str
    before: str
    after: str
    listed: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def pieces(self) -> list[Piece]:
        """Word by word."""
        return word_changes(self.before, self.after)


def names_for(team: Any, on: date, *contents: Mapping[str, Any]) -> Names:
    """The names of every code that these contents hold; one query."""
    codes: set[str] = set()
    for content in contents:
        for data in content.get("sections", {}).values():
            found = data.get("communes")
            codes.update(code for code in found if isinstance(code, str)) if isinstance(found, list) else None
    rows = Commune.objects.filter(pk__in=sorted(codes)).order_by("pk") if codes else ()
    actions = {code: action.short_label for code, action in form_of(team, on).actions.items()}
    for content in contents:
        actions.update({code: code for code in action_codes(content) if code not in actions})
    return Names({row.pk: row.label for row in rows}, actions)


def read_section(section: Section, data: Mapping[str, Any], names: Names) -> ShownSection:
    """The answers of one section."""
    answers = []
    for field in section.fields:
        lines, apart = _lines(field, data.get(field.key), names)
        if lines or apart:
            answers.append(Shown(field.key, field.label, field.type, tuple(lines), tuple(apart)))
    return ShownSection(section, tuple(answers))


def read_content(template: ProjectTemplate, content: Mapping[str, Any], names: Names) -> list[ShownSection]:
    """All the sections of a content, in the order of the template."""
    sections = content.get("sections", {})
    return [read_section(section, sections.get(section.key, {}), names) for section in template.sections]


def _lines(field: Field, value: Any, names: Names) -> tuple[list[str], list[str]]:
    if value is None or value in ("", []):
        return [], []
    if field.type == "members":
        people = [item for item in value if isinstance(item, Mapping)]
        return (
            [_person(item) for item in people if item.get("certain", True)],
            [_person(item) for item in people if not item.get("certain", True)],
        )
    if field.type in LISTS:
        return [_item(field, item, names) for item in value if item], []
    if field.type == "boolean":
        return ["Oui" if value else "Non"], []
    if field.type == "integer":
        return [f"{number(value)} {field.unit}".strip()], []
    return [line.rstrip() for line in str(value).strip().splitlines()], []


def _person(item: Mapping[str, Any]) -> str:
    role = ", référent ou référente" if item.get("role") == "lead" else ""
    return f"{item.get('name', '')}, {item.get('profession', '')}{role}"


def _item(field: Field, item: Any, names: Names) -> str:
    match field.type:
        case "communes":
            return names.communes.get(str(item), str(item))
        case "actions":
            return names.actions.get(str(item), str(item))
        case "indicators":
            return _indicator(item)
        case "phases":
            return _phase(item)
    text = str(item)
    if text.startswith(_OTHER):
        return text.removeprefix(_OTHER).strip()
    return next((choice.label for choice in field.choices if choice.key == text), text)


def _indicator(item: Mapping[str, Any]) -> str:
    parts = [f"{KINDS[item['kind']]}"] if item.get("kind") in KINDS else []
    if item.get("baseline"):
        parts.append(f"aujourd'hui {item['baseline']}")
    if item.get("target"):
        parts.append(f"cible {item['target']}")
    name = item.get("label") or "Sans nom"
    return typographic(f"{name} : {', '.join(parts)}") if parts else str(name)


def _phase(item: Mapping[str, Any]) -> str:
    begins, ends = _day(item.get("starts")), _day(item.get("ends"))
    name = item.get("label") or "Sans nom"
    if begins and ends:
        return typographic(f"{name} : du {begins} au {ends}")
    if begins:
        return typographic(f"{name} : à partir du {begins}")
    return str(name)


def _day(text: Any) -> str:
    try:
        return day(date.fromisoformat(str(text))) if text else ""
    except ValueError:
        return str(text)


def word_changes(before: str, after: str) -> list[Piece]:
    """The runs of words that stay, come and go, in reading order."""
    first, second = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(first[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", "".join(first[a:b])))
        if d > c:
            pieces.append(Piece("added", "".join(second[c:d])))
    return pieces


def changes_of_section(
    section: Section, before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> list[Change]:
    """The answers of one section that differ."""
    first = {shown.key: shown for shown in read_section(section, before, names).answers}
    second = {shown.key: shown for shown in read_section(section, after, names).answers}
    found = []
    for field in section.fields:
        old, new = first.get(field.key), second.get(field.key)
        if (old.text if old else "") == (new.text if new else ""):
            continue
        was, now = _all_lines(old), _all_lines(new)
        found.append(
            Change(
                section,
                field.label,
                old.text if old else "",
                new.text if new else "",
                field.type in LISTS,
                tuple(line for line in now if line not in was),
                tuple(line for line in was if line not in now),
            )
        )
    return found


def _all_lines(shown: Shown | None) -> list[str]:
    return shown.text.splitlines() if shown else []


def changes(
    template: ProjectTemplate, before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> list[Change]:
    """Every answer that differs between two contents, in the order of the template."""
    old, new = before.get("sections", {}), after.get("sections", {})
    found: list[Change] = []
    for section in template.sections:
        found.extend(changes_of_section(section, old.get(section.key, {}), new.get(section.key, {}), names))
    return found


def in_short(found: Iterable[Change], most: int = 8) -> list[str]:
    """The changes in a few words each: what is added with « + », what is gone with « − »."""
    lines: list[str] = []
    for change in found:
        if change.listed:
            lines += [f"+ {line}" for line in change.added] + [f"− {line}" for line in change.removed]
        else:
            verb = "écrit" if not change.before else "vidé" if not change.after else "modifié"
            lines.append(typographic(f"{change.section.title} : « {change.label} » {verb}"))
    more = len(lines) - most
    return (
        lines
        if more <= 0
        else [*lines[:most], f"et {more} autre{'s' if more > 1 else ''} changement{'s' if more > 1 else ''}"]
    )
