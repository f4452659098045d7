"""The forms side by side: the rows of the rules, each statement with its numbered source, on a page and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from itertools import groupby

from equipage.foundation.french import day, enumerate_words, typographic
from equipage.foundation.listing.columns import harmless
from equipage.orientation.place import Place
from equipage.orientation.rulebook import Cited, address, cite
from equipage.rules import FormView, library
from equipage.rules.comparison import CONTACTS, Statement, cell
from equipage.rules.dated import CONFIDENCE_LABELS
from equipage.rules.orientation import in_doubt
from equipage.rules.pack import FormCard
from equipage.rules.shared import ComparisonRow
from equipage.rules.wording import in_words
from equipage.support.models import Desk
from equipage.support.selectors import desks_for

LEAST, MOST, USUAL = 2, 6, 3
WIDE = 3
# A collection of more than so many items is cut to the first ones.
LONG, SHORT = 10, 5
CSV_COLUMNS = ("ligne", "forme", "énoncé", "depuis", "source", "article", "confiance", "adresse de la règle")


@dataclass(frozen=True)
class Note:
    """One place of a source (note): number, place in the text, date, confidence; several statements share it."""

    number: int
    article: str
    where: str
    when: str
    confidence: str

    @property
    def mark(self) -> str:
        """How sure we are, in words; "" for a contact, which is no rule."""
        return CONFIDENCE_LABELS.get(self.confidence, "")

    @property
    def standing(self) -> tuple[str, str, str]:
        """Where, since when, how sure: notes of one text that agree on it are written together."""
        return (self.where, self.when, self.confidence)


@dataclass(frozen=True)
class Source:
    """A text cited under the table, once, with its notes."""

    title: str
    url: str
    notes: list[Note] = field(default_factory=list)

    @property
    def by_standing(self) -> list[list[Note]]:
        """The notes, those of one territory, one date and one confidence together."""
        groups: dict[tuple[str, str, str], list[Note]] = {}
        for note in self.notes:
            groups.setdefault(note.standing, []).append(note)
        return list(groups.values())


@dataclass(frozen=True)
class Said:
    """One sentence of a cell and its note; `cited` is None for a contact, which is no rule."""

    text: str
    note: Note
    cited: Cited | None = None
    known: bool = True

    @property
    def is_collected(self) -> bool:
        """Whether it is one of a collection rather than a single value."""
        return bool(self.cited and self.cited.rule.kind != "parameters")

    @property
    def disputed(self) -> bool:
        """Whether another source, or another place, says otherwise."""
        return bool(self.cited and self.cited.others)


@dataclass(frozen=True)
class Cell:
    """What the rules say of one form on one row; `more` sentences of a long collection are told on its page only."""

    form: FormView
    said: tuple[Said, ...]
    url: str
    more: int = 0

    @property
    def has_details(self) -> bool:
        """Whether some sentences come from a collection (steps, missions…), told at length on the page of the form."""
        return any(one.is_collected for one in self.said)

    @property
    def by_note(self) -> list[tuple[Note, list[Said]]]:
        """The sentences that follow each other on one source, together."""
        return [(note, list(found)) for note, found in groupby(self.said, lambda one: one.note)]


@dataclass(frozen=True)
class Row:
    """One question and, form by form, the sentences that answer it."""

    row: ComparisonRow
    cells: tuple[Cell, ...]

    @property
    def is_contacts(self) -> bool:
        """Whether the row says whom to call."""
        return CONTACTS in self.row.cells

    @property
    def is_names(self) -> bool:
        """Whether its sentences are mere names, read in a row rather than one a line."""
        return self.row.cells == ("professions",)

    @property
    def is_numbered(self) -> bool:
        """Whether its sentences begin with their number."""
        return "steps" in self.row.cells


@dataclass(frozen=True)
class Choice:
    """The forms that an address asks for, and what is wrong with it."""

    codes: tuple[str, ...]
    problems: tuple[str, ...]


def choose(asked: Sequence[str], place: Place) -> Choice:
    """The forms to compare: those asked for, else the usual ones; every wrong wish in a sentence."""
    wished = list(dict.fromkeys(code.strip().lower() for code in asked if code.strip()))
    if not wished:
        return Choice(tuple(usual(place)), ())
    here = {card.code: card for card in place.cards}
    problems = []
    twice = {code for code in wished if sum(code == one.strip().lower() for one in asked) > 1}
    if twice:
        named = enumerate_words(sorted(_label(code) for code in twice))
        problems.append(f"Vous avez choisi deux fois {named} : une seule colonne suffit.")
    problems += [_missing(code, place) for code in wished if code not in here]
    kept = [code for code in wished if code in here]
    if len(kept) > MOST:
        problems.append(
            f"Vous avez choisi {in_words(len(kept))} formes : au-delà de {in_words(MOST)}, un tableau ne se lit plus. "
            f"Voici les {in_words(MOST)} premières."
        )
    if len(kept) < LEAST:
        problems.append("Il faut au moins deux formes pour comparer : cochez-en une autre ci-dessous.")
    return Choice(tuple(kept[:MOST]), tuple(map(typographic, problems)))


def _label(code: str) -> str:
    cards = library().pack.forms.get(code)
    return cards[0].label if cards else code[:40]


def _missing(code: str, place: Place) -> str:
    """Why a form has no column: nobody knows it, or it lives elsewhere."""
    cards = library().pack.forms.get(code)
    if not cards:
        return f"La forme « {code[:40]} » n'existe pas dans nos règles."
    elsewhere = enumerate_words([library().territories[card.territory].inside for card in cards])
    return f"{cards[0].label} n'existe pas {place.territory.inside} le {day(place.on)} : elle existe {elsewhere}."


def usual(place: Place) -> list[str]:
    """The forms compared when nobody chose: the regional ones, then those of which the rules say most.

    A national form that a regional one replaces, and a form whose future is unsure, come last.
    """
    cards = {card.code: card for card in place.cards}
    replaced = {
        card.parent for card in place.cards if card.parent in cards and card.territory != cards[card.parent].territory
    }

    def order(card: FormCard) -> tuple[bool, bool, bool, int]:
        form = library().form(card.code, place.code, place.on)
        national = not library().territories[card.territory].parent
        return card.code in replaced, in_doubt(form), national, -_filled(form)

    kept = {card.code for card in sorted(place.cards, key=order)[:USUAL]}
    return [code for code in cards if code in kept]


def _filled(form: FormView) -> int:
    return sum(bool(cell(form, row)) for row in library().pack.comparison.values())


class Comparison:
    """The table for some forms in a place: rows, and the notes numbered in the order they are met.

    A long collection (thirty professions, twenty missions) is cut short, unless the table is `whole`.
    """

    def __init__(self, codes: Sequence[str], place: Place, *, whole: bool = False) -> None:
        self.place = place
        self._whole = whole
        self.forms = [library().form(code, place.code, place.on) for code in codes]
        self._notes: dict[tuple[str, ...], Note] = {}
        self._sources: dict[tuple[str, str], Source] = {}
        self.rows = [
            Row(row, tuple(self._cell(form, row) for form in self.forms)) for row in library().pack.comparison.values()
        ]

    @property
    def heads(self) -> list[tuple[FormView, str]]:
        """The columns: each form and the address of its page."""
        return [(form, address(self.place, "form", form.code)) for form in self.forms]

    @property
    def sources(self) -> list[Source]:
        """The texts cited, in the order of their first note."""
        return list(self._sources.values())

    @property
    def is_wide(self) -> bool:
        """Whether the table is wider than a page: it then moves inside its frame."""
        return len(self.forms) > WIDE

    def _cell(self, form: FormView, row: ComparisonRow) -> Cell:
        page = f"{address(self.place, 'form', form.code)}#{row.key}"
        said = list(cell(form, row))
        collected = [one for one in said if library().rule(one.rule.rule_id).kind != "parameters"]
        cut = collected[SHORT:] if len(collected) > LONG and not self._whole else []
        return Cell(form, tuple(self._said(form, row, [one for one in said if one not in cut])), page, len(cut))

    def _said(self, form: FormView, row: ComparisonRow, statements: Sequence[Statement]) -> Iterator[Said]:
        for statement in statements:
            cited = cite(statement.rule, self.place)
            reference = statement.rule.reference
            note = self._note(
                (reference.title, reference.url),
                (reference.article, cited.where, cited.when, statement.rule.confidence),
            )
            yield Said(_words(statement, cited), note, cited, statement.known)
        if CONTACTS in row.cells:
            yield from (self._contact(desk) for desk in self._desks if form.code in desk.forms)

    @cached_property
    def _desks(self) -> list[Desk]:
        """The contacts of the place, the nearest first; only those made for a form stand in its column."""
        return desks_for(region=self.place.territory.region)

    def _contact(self, desk: Desk) -> Said:
        checked = f"vérifié le {day(desk.checked_on)}" if desk.checked_on else "pas encore vérifié"
        text = ", ".join(filter(None, (desk.name, desk.phone, desk.email, desk.url)))
        return Said(text, self._note((desk.source, ""), ("", "", checked, "")))

    def _note(self, text: tuple[str, str], place: tuple[str, str, str, str]) -> Note:
        """The note of a place in a text (article, territory, dates, confidence), numbered when first met."""
        key = (*text, *place)
        if key not in self._notes:
            self._notes[key] = Note(len(self._notes) + 1, *place)
            self._sources.setdefault(text, Source(*text)).notes.append(self._notes[key])
        return self._notes[key]


def _words(statement: Statement, cited: Cited) -> str:
    """The sentence of a statement; a list of codes is put into words."""
    return cited.text if isinstance(statement.rule.effective, list) else statement.text


def as_csv(comparison: Comparison, site: str) -> str:
    """The same as a file for spreadsheets: semicolons, UTF-8 with its mark, one statement a line.

    `site` begins the addresses of the rules (« https://… »). No text can be taken for a formula.
    """
    page = StringIO()
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for line in comparison.rows:
        for found in line.cells:
            begin = (line.row.label, found.form.label)
            for one in found.said:
                writer.writerow([harmless(text) for text in (*begin, *_exported(one, site))])
            if not found.said:
                nothing = "À demander" if line.is_contacts else "Rien de publié"
                writer.writerow([*map(harmless, begin), nothing, "", "", "", "", ""])
    return f"\ufeff{page.getvalue()}"


def _exported(said: Said, site: str) -> tuple[str, ...]:
    if said.cited is None:
        return (typographic(said.text), said.note.when, "", "", "", "")
    reference = said.cited.dated.reference
    page = f"{site}{said.cited.url}"
    return (typographic(said.text), said.note.when, reference.title, reference.article, said.note.mark, page)
