"""Reading a protocol aloud: each answer as people read it, and what changed between two texts, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from equipage.foundation.french import day, enumerate_words, typographic
from equipage.people.models import Professional
from equipage.projects.reading import Piece, word_changes
from equipage.protocols import kinds, rules
from equipage.protocols.method import PHASES, SECTIONS, Field, Section
from equipage.protocols.models.writing import profession_label

# Beyond this many pairs of words, comparing word by word would keep the person waiting: whole lines are compared.
MOST_PAIRS = 1_500_000
_LABELS = {phase.key: phase.label for phase in PHASES}
People = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """One line of the table, as people read it; `phase` is empty when it is that of the line above."""

    phase: str
    who: str
    when: str
    how: str


@dataclass(frozen=True)
class Shown:
    """An answer: its lines, or the rows of the table."""

    key: str
    label: str
    lines: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    listed: bool = False

    @property
    def text(self) -> str:
        """The whole answer as one text; what comparisons read."""
        said = []
        phase = ""
        for row in self.rows:
            phase = row.phase or phase
            said.append(f"{phase} : {', '.join(part for part in (row.who, row.when, row.how) if part)}")
        return "\n".join((*self.lines, *said))


@dataclass(frozen=True)
class ShownSection:
    """A section and its answers, empty ones left out."""

    section: Section
    answers: tuple[Shown, ...]

    @property
    def key(self) -> str:
        """The key of the section."""
        return self.section.key


@dataclass(frozen=True)
class Change:
    """One answer that differs between two texts."""

    section: Section
    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Word by word, or line by line where the texts are too long for words."""
        return pieces_of(self.before, self.after)


def people_named(*sections: rules.Sections) -> dict[str, str]:
    """« Claire Moreau, infirmière » for every person that these texts name; one query."""
    keys = {key for found in sections for key in rules.author_ids(found)}
    keys |= {key for found in sections if (key := rules.referent_id(found)) is not None}
    if not keys:
        return {}
    rows = Professional.objects.filter(pk__in=sorted(keys)).order_by("pk")
    return {str(row.pk): f"{row.full_name}, {row.profession_label}" for row in rows}


def read_sections(sections: rules.Sections, people: People) -> list[ShownSection]:
    """The whole text, in the order of the method."""
    return [read_section(section, sections.get(section.key, {}), people) for section in SECTIONS]


def read_section(section: Section, data: Mapping[str, Any], people: People) -> ShownSection:
    """The answers of one section."""
    answers = (_shown(field, data.get(field.key), people) for field in section.fields)
    return ShownSection(section, tuple(answer for answer in answers if answer is not None))


def _shown(field: Field, value: Any, people: People) -> Shown | None:
    if not value:
        return None
    match field.kind:
        case "phases":
            rows = _rows(value)
            return Shown(field.key, field.label, rows=rows) if rows else None
        case "professions":
            labels = tuple(profession_label(str(code)) for code in value)
            return Shown(field.key, field.label, labels, listed=True)
        case "authors":
            return Shown(
                field.key, field.label, tuple(people.get(str(key), "Une personne") for key in value), listed=True
            )
        case "referent":
            return Shown(field.key, field.label, (people.get(str(value), "Une personne"),))
        case "kind":
            return Shown(field.key, field.label, (kinds.kind_named(str(value)).label,))
        case "scope":
            return Shown(field.key, field.label, (dict(kinds.SCOPES).get(str(value), str(value)),))
        case "day":
            return Shown(field.key, field.label, (_day(value),))
    return Shown(field.key, field.label, tuple(line.rstrip() for line in str(value).strip().splitlines()))


def _rows(value: Any) -> tuple[Row, ...]:
    found: list[Row] = []
    by_phase = rules.phase_rows(value)
    for phase in PHASES:
        own = [row for row in by_phase if row["phase"] == phase.key]
        for place, row in enumerate(own):
            found.append(Row("" if place else phase.label, row["who"], row["when"], row["how"]))
    return tuple(found)


def _day(text: Any) -> str:
    try:
        return day(date.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def pieces_of(before: str, after: str) -> list[Piece]:
    """The runs of words that stay, come and go. What both texts begin and end with costs nothing."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    first, second = before[head : len(before) - tail], after[head : len(after) - tail]
    middle = (
        word_changes(first, second) if len(first.split()) * len(second.split()) <= MOST_PAIRS else _lines(first, second)
    )
    found = [Piece("same", before[:head]), *middle, Piece("same", before[len(before) - tail :] if tail else "")]
    return [piece for piece in found if piece.text]


def _common(one: str, other: str) -> int:
    """The length of the common beginning, cut after a whole word."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    if length == len(one) == len(other):
        return length
    return one.rfind(" ", 0, length) + 1


def _lines(before: str, after: str) -> list[Piece]:
    """The same with whole lines as the unit; texts of too many lines replace each other."""
    first, second = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(first) * len(second) > MOST_PAIRS:
        return [Piece("removed", before), Piece("added", after)]
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(first[a:b])))
        else:
            found += [Piece("removed", "".join(first[a:b])), Piece("added", "".join(second[c:d]))]
    return found


def changes_of_section(
    section: Section, before: ShownSection, after: ShownSection, *, own: bool = True
) -> list[Change]:
    """The answers of one section that differ; without those that belong to a team when `own` is False."""
    first = {shown.key: shown.text for shown in before.answers}
    second = {shown.key: shown.text for shown in after.answers}
    return [
        Change(section, field.label, first.get(field.key, ""), second.get(field.key, ""))
        for field in section.fields
        if first.get(field.key, "") != second.get(field.key, "") and (own or not field.own)
    ]


def changes(before: Iterable[ShownSection], after: Iterable[ShownSection], *, own: bool = True) -> list[Change]:
    """Every answer that differs between two texts, in order."""
    second = {shown.key: shown for shown in after}
    found: list[Change] = []
    for shown in before:
        found += changes_of_section(shown.section, shown, second[shown.key], own=own)
    return found


def content_sections(content: Mapping[str, Any]) -> list[ShownSection]:
    """The sections of a frozen version, with the names it kept."""
    return read_sections(content.get("sections", {}), content.get("people", {}))


# --- attribution ------------------------------------------------------------------------------------------------------


def attribution_lines(content: Mapping[str, Any]) -> list[str]:
    """Where the text comes from, the first team first; empty for a text written from nothing."""
    return [attribution_line(link) for link in content.get("attribution", ())]


def attribution_line(link: Mapping[str, Any]) -> str:
    """« D'après « … », version 2, équipe X, par A et B. »"""
    authors = [str(name) for name in link.get("authors", ())]
    by = f", par {enumerate_words(authors)}" if authors else ""
    return typographic(
        f"D'après « {link.get('title', '')} », version {link.get('number', '')}, équipe {link.get('team', '')}{by}."
    )
