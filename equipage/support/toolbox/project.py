"""The health project (projet de santé) as a blank: the rules of a form decide its sections and what each one asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

from equipage.foundation.french import day, enumerate_words, typographic
from equipage.rules.catalogue import Field as Asked
from equipage.rules.catalogue import Requirement, Section
from equipage.rules.dated import CONFIDENCE_LABELS, Dated
from equipage.rules.form import FormView
from equipage.rules.library import Library
from equipage.support.toolbox import wording
from equipage.support.toolbox.blocks import (
    BOX,
    Blank,
    Block,
    Bullets,
    Checks,
    Field,
    Heading,
    Note,
    Paragraph,
    Row,
    Rows,
    Table,
)
from equipage.support.toolbox.reading import rows_of

# Long texts are given more room: a text that may hold 6 000 characters, seven lines.
_LONG_TEXT, _LONG_LINES, _SHORT_LINES = 6000, 7, 4
_EVERYBODY = "professionals"
_OTHER = "Autre :"
_UNTIL_READ = "La personne est sollicitée, mais sa participation est encore incertaine : cochez « Pressenti »."


def project_blank(frame: Blank, library: Library, form: FormView) -> Blank:
    """The frame (`content/projet-de-sante.yaml`) with the sections of `form`.

    Only what the rules say is written, never the place that was asked for: two regions under the same rules give
    equal blanks, which are drawn once.
    """
    sections = form.project_template.sections
    values = [section.rule for section in sections]
    blocks = list(frame.blocks)
    blocks += _composition(form)
    for section in sections:
        blocks += _joined(_section(section, form))
    return replace(
        frame,
        name=f"{frame.name} {form.label}",
        subtitle=typographic(f"{form.label} · {_place(values, library)}"),
        blocks=tuple(blocks),
        origin=(*frame.origin, _since(values)),
        sources=tuple(_sources(values)),
        dated=max(frame.dated, *(value.valid_from for value in values)),
    )


def _place(values: list[Dated], library: Library) -> str:
    """Where these sections apply: the smallest place that wrote one of them."""
    codes = {value.territory for value in values}
    return library.territories[max(codes, key=lambda code: (len(library.chain(code)), code))].label


def _since(values: list[Dated]) -> str:
    newest: date = max(value.valid_from for value in values)
    return typographic(f"La rubrique la plus récente de cette trame est en vigueur depuis le {day(newest)}.")


def _sources(values: list[Dated]) -> Iterator[str]:
    """Each text cited once, with the least sure of the marks given to what it supports."""
    marks: dict[str, set[str]] = {}
    for value in values:
        marks.setdefault(value.reference.title, set()).add(value.confidence)
    for title, found in marks.items():
        mark = next(name for name in ("unknown", "secondary", "verified") if name in found)
        yield typographic(f"{title} ({CONFIDENCE_LABELS[mark]})")


def _composition(form: FormView) -> Iterator[Block]:
    """What the form is and how many it takes, as the rules say."""
    if form.card.summary:
        yield Paragraph(typographic(f"{form.card.full_name} ({form.label}) : {_uncapitalised(form.card.summary)}"))
    needed = [(item.of, item.one if item.minimum < 2 else f"{item.minimum} {item.many}") for item in _thresholds(form)]
    whole = [words for of, words in needed if of == _EVERYBODY]
    parts = [words for of, words in needed if of != _EVERYBODY]
    if whole and parts:
        yield Note(typographic(f"Au minimum : {enumerate_words(whole)}, dont {enumerate_words(parts)}."))
    elif needed:
        yield Note(typographic(f"Au minimum : {enumerate_words(whole + parts)}."))


def _thresholds(form: FormView) -> list[Requirement]:
    """What is needed to exist; the thresholds of a later stage (gate) do not hold back the project."""
    return [item for item in form.composition.requirements if not item.gate]


def _section(section: Section, form: FormView) -> Iterator[Block]:
    number = f"{section.number}. " if section.number else ""
    yield Heading(typographic(f"{number}{section.title}"))
    yield Paragraph(typographic(section.help))
    if section.example:
        yield Paragraph(wording.EXAMPLE.format(typographic(section.example)), soft=True)
    for choice in section.any_of:
        labels = enumerate_words([f"« {_label(section, key)} »" for key in choice.fields], "ou")
        yield Paragraph(typographic(f"Remplissez au moins l'une de ces cases : {labels}. {choice.way_out}"))
    for asked in section.fields:
        yield from _FIELDS[asked.type](asked, form)


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Short answers that follow each other stand in one frame."""
    for together, group in groupby(blocks, key=lambda block: isinstance(block, Rows)):
        if together:
            yield Rows(tuple(row for block in group if isinstance(block, Rows) for row in block.rows))
        else:
            yield from group


def _label(section: Section, key: str) -> str:
    found = section.field(key)
    return found.label if found else key


def _named(asked: Asked) -> str:
    """The label, with « facultatif » where nothing obliges to answer."""
    optional = not asked.required and asked.required_if is None
    return typographic(f"{asked.label} (facultatif)" if optional else asked.label)


def _text(asked: Asked, form: FormView) -> Iterator[Block]:
    lines = _LONG_LINES if (asked.max or 0) >= _LONG_TEXT else _SHORT_LINES
    yield Field(_named(asked), typographic(asked.help), typographic(asked.example), lines)


def _integer(asked: Asked, form: FormView) -> Iterator[Block]:
    unit = f"Nombre de {asked.unit}." if asked.unit and not asked.help else asked.help
    yield Rows((Row(_named(asked), typographic(unit)),))


def _boolean(asked: Asked, form: FormView) -> Iterator[Block]:
    yield Rows((Row(_named(asked), typographic(asked.help), options=("Oui", "Non")),))


def _choices(asked: Asked, form: FormView) -> Iterator[Block]:
    options = tuple(typographic(choice.label) for choice in asked.choices)
    yield Checks(_named(asked), options, typographic(asked.help))


# The help of these questions speaks of the screen (« cherchez par nom »): on paper it is another one.


def _communes(asked: Asked, form: FormView) -> Iterator[Block]:
    yield Field(_named(asked), "Une par ligne, avec son code postal.", typographic(asked.example), 3)


def _members(asked: Asked, form: FormView) -> Iterator[Block]:
    head = ("Nom et prénom", "Profession", "Lieu d’exercice", "Confirmé", "Pressenti")
    rows = rows_of(head, 8, cells=("", "", "", BOX, BOX))
    yield Table(head, (6, 5, 5, 3, 3), rows, _named(asked), typographic(_UNTIL_READ))


def _indicators(asked: Asked, form: FormView) -> Iterator[Block]:
    head = ("Indicateur", "Aujourd’hui", "Cible")
    yield Table(head, (6, 3, 3), rows_of(head, 3), _named(asked), typographic(asked.help))


def _phases(asked: Asked, form: FormView) -> Iterator[Block]:
    head = ("Étape", "Début", "Fin")
    yield Table(head, (8, 3, 3), rows_of(head, 5), _named(asked), typographic(asked.help))


def _themes(asked: Asked, form: FormView) -> Iterator[Block]:
    options = [typographic(theme.label) for theme in form.themes]
    if form.themes_are_free or not options:
        options.append(typographic(_OTHER))
    yield Checks(_named(asked), tuple(options), "Une ou plusieurs.")


def _actions(asked: Asked, form: FormView) -> Iterator[Block]:
    options = tuple(typographic(action.label) for action in form.actions.values())
    if not options:
        yield Field(_named(asked), "Une par ligne.", typographic(asked.example), _SHORT_LINES)
        return
    yield Checks(_named(asked), options, "D’autres pourront être ajoutées plus tard.")
    gated: dict[str, list[str]] = {}
    for action in form.actions.values():
        for need in action.gates:
            gated.setdefault(need.refusal, []).append(_uncapitalised(action.label))
    if gated:
        lines = (f"Pour {enumerate_words(labels)} : {_uncapitalised(refusal)}" for refusal, labels in gated.items())
        yield Bullets(tuple(typographic(line) for line in lines))


def _uncapitalised(text: str) -> str:
    """A sentence that goes on after a colon; an acronym keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_FIELDS: dict[str, Callable[[Asked, FormView], Iterator[Block]]] = {
    "text": _text,
    "integer": _integer,
    "boolean": _boolean,
    "choices": _choices,
    "communes": _communes,
    "members": _members,
    "indicators": _indicators,
    "phases": _phases,
    "themes": _themes,
    "actions": _actions,
}
