"""The rules as public pages read them: each value with its place, its dates and its source, and who says otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from equipage.foundation.french import day
from equipage.orientation.place import Place
from equipage.orientation.wording import Told, chapter, told, words
from equipage.rules import Library, NoRuleInForce, library
from equipage.rules.dated import CONFIDENCE_LABELS, Dated, Reading
from equipage.rules.pack import Rule, Territory
from equipage.rules.wording import NARROW

# As many as one reads; beyond, one more word finds better.
MOST_FOUND = 60
ABOLISHED, NOT_PUBLISHED = "règle retirée ici", "non publié"


def address(place: Place, name: str, *args: str, **query: str) -> str:
    """The address of a public page, which says the place again."""
    said = {**place.query, **query}
    return reverse(f"orientation:{name}", args=args) + (f"?{urlencode(said)}" if said else "")


@dataclass(frozen=True)
class Cited:
    """One value as a page cites it (valeur citée): what it says, and everything that supports it."""

    rule: Rule
    dated: Dated
    place: Place

    @cached_property
    def told(self) -> Told:
        """What it says; a value that is not public is said to be so."""
        if self.dated.abolished:
            return Told(f"{self.rule.label}{NARROW}: {ABOLISHED}")
        if self.dated.value is not None:
            return told(self.rule, self.dated.value)
        if self.dated.effective is None:
            return Told(f"{self.rule.label}{NARROW}: {NOT_PUBLISHED}")
        return Told(f"{self.rule.label}{NARROW}: {NOT_PUBLISHED}{NARROW}; valeur de travail{NARROW}: {self.working}")

    @property
    def text(self) -> str:
        """What it says, in one sentence."""
        return self.told.sentence

    @property
    def term(self) -> str:
        """The name of a value that is a text; other values say their name themselves."""
        return self.rule.label if isinstance(self.dated.value, str) else ""

    @property
    def working(self) -> str:
        """The working value that no text supports, in words; "" when there is none."""
        default = self.dated.working_default
        return "" if default is None else words(self.rule, default)

    @property
    def known(self) -> bool:
        """Whether the value is public."""
        return self.dated.value is not None

    @property
    def url(self) -> str:
        """The page of its rule, for the same place and day."""
        return address(self.place, "rule", self.rule.id)

    @property
    def where(self) -> str:
        """The territory where it is written."""
        return library().territories[self.dated.territory].label

    @property
    def when(self) -> str:
        """Since when it holds."""
        return self.dated.when()

    @property
    def source(self) -> str:
        """The text that says it, and the place in it."""
        return self.dated.reference.sentence()

    @property
    def source_url(self) -> str:
        """The address of that text, "" for a document that is not on the web."""
        return self.dated.reference.url

    @property
    def mark(self) -> str:
        """How sure we are, in words."""
        return CONFIDENCE_LABELS[self.dated.confidence]

    @property
    def support(self) -> tuple[str, ...]:
        """What its source line says; two values with the same one share it."""
        return (self.where, self.when, self.source, self.source_url, self.dated.confidence)

    @cached_property
    def others(self) -> tuple[Said, ...]:
        """What else is said for the same day, and why it does not apply here."""
        return (*map(self._reading, self.dated.other_readings), *self._hidden())

    def _reading(self, other: Reading) -> Said:
        text = told(self.rule, other.value).sentence
        # The same title with other details: the note says the difference better.
        text, note = (other.note, "") if text == self.text and other.note else (text, other.note)
        reference = other.reference
        return Said(
            "Autre lecture", text, note, reference.sentence(), reference.url, CONFIDENCE_LABELS[other.confidence]
        )

    def _hidden(self) -> Iterator[Said]:
        """The values of larger places that the value of a smaller one replaces."""
        chain = library().chain(self.place.code)
        nearest = chain.index(self.dated.territory) if self.dated.territory in chain else len(chain)
        for code in chain[nearest + 1 :]:
            timeline = self.rule.timelines.get(code)
            found = timeline.at(self.place.on) if timeline else None
            if found is not None and found.value is not None and found.value != self.dated.value:
                cited = Cited(self.rule, found, self.place)
                note = f"{library().territories[self.dated.territory].label} a sa propre valeur, qui s'applique."
                yield Said(cited.where, cited.text, note, f"{cited.source}, {cited.when}", cited.source_url, cited.mark)


@dataclass(frozen=True)
class Said:
    """Another value for the same day (autre lecture): it stands beside, it does not apply."""

    where: str
    text: str
    note: str
    source: str
    source_url: str
    mark: str


@dataclass(frozen=True)
class Chunk:
    """Values that follow each other and rest on one source line."""

    items: tuple[Cited, ...]

    @property
    def source(self) -> Cited:
        """Any of them: they share the line."""
        return self.items[0]


def cite(dated: Dated, place: Place) -> Cited:
    """A value of the rules as the pages cite it."""
    return Cited(library().rule(dated.rule_id), dated, place)


def chunks(values: Iterable[Cited]) -> list[Chunk]:
    """The values in their order, those that share a source together; one with a note or a rival stands alone."""

    def support(one: Cited) -> tuple[str, ...]:
        alone = one.rule.id if one.dated.note or one.others else ""
        return (*one.support, alone)

    return [Chunk(tuple(group)) for _, group in groupby(values, support)]


# The history of a rule --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One value in the history of a rule, on both axes of time."""

    cited: Cited
    applies: bool
    corrected: bool

    @property
    def since(self) -> str:
        """The first day, or the day that attests it."""
        start = day(self.cited.dated.valid_from)
        return f"attesté au {start}" if self.cited.dated.attested else start

    @property
    def until(self) -> str:
        """The last day that holds, "" when it still does."""
        end = self.cited.dated.valid_to
        return day(end - timedelta(days=1)) if end else ""

    @property
    def known(self) -> str:
        """Since when we know it."""
        dated = self.cited.dated
        if dated.known_from:
            return f"{day(dated.known_from)}, par un texte qui corrige le passé"
        return day(dated.published_on) if dated.published_on else ""


def applying(rule: Rule, place: Place) -> Cited | None:
    """The value that applies in the place on its day; None when there is none."""
    found = library().find(rule.id, territory=place.code, on=place.on)
    return Cited(rule, found, place) if found else None


def history(rule: Rule, place: Place) -> list[tuple[Territory, list[Line]]]:
    """Every value of a rule by territory, those of the place first, each in the order of its days."""
    packs = library()
    chain = packs.chain(place.code)
    here = applying(rule, place)
    found = []
    for code in sorted(rule.timelines, key=lambda code: (chain.index(code) if code in chain else len(chain), code)):
        timeline = rule.timelines[code]
        standing = [id(segment.value) for segment in timeline.segments()]
        entries = sorted(timeline.entries, key=lambda entry: (entry.valid_from, entry.known))
        lines = [
            Line(Cited(rule, entry, place), here is not None and entry is here.dated, id(entry) not in standing)
            for entry in entries
        ]
        found.append((packs.territories[code], lines))
    return found


def uses(rule: Rule, place: Place) -> list[str]:
    """The forms that read this rule there and then, by code: its own, and those that inherit its group."""
    return [
        card.code
        for card in place.cards
        if card.code == rule.form or (card.parent == rule.form and rule.group in card.inherits)
    ]


# The search -------------------------------------------------------------------------------------------------------


def bare(text: str) -> str:
    """The letters and digits of a text, small and without accents, other signs as spaces."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign if sign.isalnum() else " " for sign in flat if not unicodedata.combining(sign))


@lru_cache(maxsize=4)
def _index(packs: Library) -> dict[str, str]:
    """What each rule is found by: its name, its form, its chapter, what it says or said anywhere."""
    found = {}
    for rule in packs.rules():
        cards = packs.pack.forms.get(rule.form, ())
        said = [
            told(rule, entry.value).sentence
            for timeline in rule.timelines.values()
            for entry in timeline.entries
            if entry.value is not None
        ]
        names = [name for card in cards for name in (card.label, card.full_name)]
        found[rule.id] = bare(" ".join([rule.id, rule.label, chapter(rule.group), *names, *said]))
    return found


def search(text: str, *, form: str = "") -> list[Rule]:
    """The rules that hold every word, wherever it stands, in the order of forms and chapters."""
    packs = library()
    wanted = bare(text).split()
    index = _index(packs)
    return [
        rule
        for rule in packs.rules()
        if (not form or rule.form == form) and all(word in index[rule.id] for word in wanted)
    ]


@dataclass(frozen=True)
class Count:
    """How much of a form is written and how sure it is, in one place on one day."""

    code: str
    label: str
    full_name: str
    url: str
    verified: int
    secondary: int
    unknown: int

    @property
    def total(self) -> int:
        """All the rules in force."""
        return self.verified + self.secondary + self.unknown


def counts(place: Place) -> list[Count]:
    """The forms that exist there, with how many of their own rules stand by confidence."""
    found = []
    for card in place.cards:
        standing = [cited for rule in library().rules(f"{card.code}.") if (cited := applying(rule, place))]
        by_mark = {mark: sum(one.dated.confidence == mark for one in standing) for mark in CONFIDENCE_LABELS}
        url = address(place, "rules", forme=card.code)
        found.append(Count(card.code, card.label, card.full_name, url, **by_mark))
    return found


@dataclass(frozen=True)
class Entry:
    """A rule in a list: what it says here and now, or that nothing stands."""

    rule: Rule
    cited: Cited | None
    url: str

    @property
    def text(self) -> str:
        """Its words here and now."""
        return self.cited.text if self.cited else f"{self.rule.label}{NARROW}: rien ne s'applique ici ce jour-là"


@dataclass(frozen=True)
class Shelf:
    """The rules of one chapter of one form."""

    form: str
    chapter: str
    entries: tuple[Entry, ...]


def shelves(rules: Iterable[Rule], place: Place) -> list[Shelf]:
    """The rules as a page lists them: by form, then by chapter."""
    return [
        Shelf(
            form_label(code, place),
            chapter(group),
            tuple(Entry(rule, applying(rule, place), address(place, "rule", rule.id)) for rule in found),
        )
        for (code, group), found in groupby(rules, lambda rule: (rule.form, rule.group))
    ]


def form_label(code: str, place: Place) -> str:
    """The short name of a form, where it exists or anywhere."""
    try:
        return library().card(code, place.code, place.on).label
    except NoRuleInForce:
        return library().pack.forms[code][0].label
