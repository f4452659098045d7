"""A form as its public pages read it: who, how many, the path, the contract, the money, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.text import capfirst

from equipage.orientation.formblocks import (
    ActionLine,
    MissionLine,
    Missions,
    Section,
    Source,
    StageBlock,
    StepLine,
    by_chapter,
)
from equipage.orientation.place import Place
from equipage.orientation.rulebook import Chunk, Cited, address, applying, chunks, cite
from equipage.rules import FormView, library
from equipage.rules.catalogue import Section as ProjectSection
from equipage.rules.comparison import CONTACTS
from equipage.rules.dated import Dated, Reference
from equipage.rules.errors import NoRuleInForce
from equipage.rules.orientation import in_doubt
from equipage.rules.pack import FormCard, Territory
from equipage.rules.thresholds import PROFESSIONALS, asked
from equipage.rules.wording import day, enumerate_words, quantity

# What a page tells in its own way, and the title where no row of the comparison asks for it.
BLOCKS = {
    "requirements": "Combien faut-il être ?",
    "professions": "Quelles professions comptent ?",
    "steps": "Quel est le chemin ?",
    "actions": "Quelles actions ?",
    "missions": "Quelles missions ?",
}
SITUATION, BRINGS, ASKS = "organisation.situation", "brief.brings", "brief.asks"
INITIATORS, AUDIENCE = "composition.initiators", "audience.members"
# Said by a block of their own, or only of use to the machine.
_SAID_APART = {SITUATION, BRINGS, ASKS, "organisation.in_doubt"}


class FormPage:
    """Everything the pages of one form show, read once."""

    def __init__(self, form: FormView, place: Place) -> None:
        self.form = form
        self.card = form.card
        self.place = place

    def _cite(self, dated: Dated) -> Cited:
        return cite(dated, self.place)

    def _cited(self, items: Iterable[Any]) -> Iterator[tuple[Cited, bool]]:
        """Each with its source, and whether it is the source of the one before."""
        before: tuple[str, ...] = ()
        for item in items:
            cited = self._cite(item.rule)
            yield cited, cited.support == before
            before = cited.support

    def _find(self, name: str) -> Cited | None:
        found = self.form.find(name)
        return self._cite(found) if found is not None and found.effective is not None else None

    @cached_property
    def where(self) -> str:
        """The territory of the identity card."""
        return library().territories[self.card.territory].label

    @cached_property
    def situation(self) -> Cited | None:
        """What changes today."""
        return self._find(SITUATION)

    @property
    def situation_title(self) -> str:
        """The title of what changes: today, or on the day that is read."""
        if self.in_doubt:
            return "Son avenir est incertain"
        return "Ce qui change aujourd’hui" if self.place.is_today else "À savoir à cette date"

    @cached_property
    def in_doubt(self) -> bool:
        """Whether a text says that the form is suspended or unsure."""
        return in_doubt(self.form)

    @cached_property
    def brief(self) -> list[tuple[str, Cited]]:
        """What it brings and what it asks, in a line each."""
        pairs = (("Ce que cela apporte", BRINGS), ("Ce que cela demande", ASKS))
        return [(title, found) for title, name in pairs if (found := self._find(name))]

    @cached_property
    def stages(self) -> list[StageBlock]:
        """The stages in order, each with its thresholds; one block for a form that has none."""
        with_numbers = [
            StageBlock(stage.label, stage.sentence, self._cite(stage.rule), self._thresholds(stage.key))
            for stage in self.form.stages.values()
        ]
        plain = self._thresholds("")
        return with_numbers or ([StageBlock("", "", None, plain)] if plain else [])

    def _thresholds(self, gate: str) -> tuple[Cited, ...]:
        return tuple(self._cite(item.rule) for item in reversed(asked(self.form, gate)))

    @cached_property
    def anchor(self) -> Cited | None:
        """The value on which the minimum rests."""
        return next((cited for stage in self.stages for cited in stage.thresholds), None) or self._find(INITIATORS)

    @property
    def has_numbers(self) -> bool:
        """Whether the first stage asks for a number of people."""
        return bool(asked(self.form, next(iter(self.form.stages), "")))

    @cached_property
    def minimum(self) -> str:
        """How many people the first stage asks for, in words; who may begin where no number is fixed."""
        gate = next(iter(self.form.stages), "")
        items = asked(self.form, gate)
        if not items:
            found = self._find(INITIATORS)
            return found.text if found else ""
        people = [quantity(item.minimum, item.one, item.many) for item in items if item.of != PROFESSIONALS]
        whole = [quantity(item.minimum, item.one, item.many) for item in items if item.of == PROFESSIONALS]
        if not whole:
            return enumerate_words(people)
        return f"{whole[0]}, dont {enumerate_words(people)}" if people else whole[0]

    @cached_property
    def who(self) -> Cited | None:
        """Whom it is for."""
        return self._find(AUDIENCE)

    @cached_property
    def professions(self) -> list[Chunk]:
        """The professions that count."""
        cited = (self._cite(item.rule) for item in self.form.composition.professions.values())
        return [Chunk(tuple(found)) for _, found in groupby(cited, lambda one: one.support)]

    @cached_property
    def steps(self) -> list[StepLine]:
        """The path, in order."""
        return [StepLine(step, *said) for step, said in zip(self.form.steps, self._cited(self.form.steps), strict=True)]

    @property
    def way(self) -> str:
        """The path in a few words: « Huit étapes pour une ESP CLAP »."""
        count = len(self.steps)
        return (
            f"{capfirst(quantity(count, 'une étape', 'étapes'))} pour {self.card.named}" if count else self.card.named
        )

    @property
    def way_first(self) -> str:
        """Where it begins."""
        if not self.steps:
            return self.card.summary
        first = self.steps[0]
        return f"Pour commencer : {first.step.label[0].lower()}{first.step.label[1:]}. {first.step.description}"

    @property
    def chapters(self) -> tuple[ProjectSection, ...]:
        """The cards of the health project."""
        return self.form.project_template.sections

    @cached_property
    def conditions(self) -> list[Chunk]:
        """What must be true before anybody is paid."""
        return chunks(self._cite(need.rule) for need in self.form.payment_conditions)

    @cached_property
    def actions(self) -> list[ActionLine]:
        """The catalogue of actions."""
        actions = tuple(self.form.actions.values())
        return [ActionLine(action, *said) for action, said in zip(actions, self._cited(actions), strict=True)]

    @cached_property
    def missions(self) -> list[Missions]:
        """The missions by axis, with their points and delays."""
        lines = [MissionLine(mission, self._cite(mission.rule)) for mission in self.form.missions]
        axes = dict.fromkeys(line.mission.axis for line in lines)
        return [Missions(axis, tuple(line for line in lines if line.mission.axis == axis)) for axis in axes]

    @cached_property
    def answers(self) -> list[tuple[str, Cited, bool]]:
        """What the form answers to each need; whether the source is that of the line before."""
        found, before = [], None
        for key, dated in self.form.answers.items():
            cited = self._cite(dated)
            found.append((library().pack.concerns[key].label, cited, cited.support == before))
            before = cited.support
        return found

    @cached_property
    def sections(self) -> list[Section]:
        """The rows of the comparison as chapters, then the blocks that no row asks for; a value is told once."""
        rows = [row for row in library().pack.comparison.values() if CONTACTS not in row.cells]
        told = {item.rule.rule_id for item in self.form.composition.requirements}
        told |= {f"{self.form.code}.{name}" for name in _SAID_APART}
        found = []
        for row in rows:
            facts = [dated for dated in self._values(row.cells) if dated.rule_id not in told]
            told |= {dated.rule_id for dated in facts}
            found.append(Section(row.key, row.question, chunks(map(self._cite, facts)), self._blocks(row.cells)))
        left = [name for name in BLOCKS if not any(name in row.cells for row in rows)]
        found += [Section(name, BLOCKS[name], [], self._blocks((name,))) for name in left]
        return [section for section in found if section.facts or section.blocks]

    def _blocks(self, names: Iterable[str]) -> tuple[str, ...]:
        held = {"requirements": "stages"}
        return tuple(name for name in names if name in BLOCKS and getattr(self, held.get(name, name)))

    def _values(self, names: Iterable[str]) -> Iterator[Dated]:
        """The single values that a row names; those not published are kept for the end of the page."""
        for name in names:
            if name == "requirements" or name.endswith(".*"):
                group = "composition." if name == "requirements" else name.removesuffix("*")
                yield from (
                    dated for key, dated in self.form.parameters.items() if _known(dated) and key.startswith(group)
                )
            elif name not in BLOCKS and (found := self.form.find(name)) and _known(found):
                yield found

    @cached_property
    def unknown(self) -> list[tuple[str, list[Cited]]]:
        """What is known to exist and is not public, by chapter."""
        return by_chapter(self._cite(dated) for dated in self._standing if not _known(dated))

    @cached_property
    def rest(self) -> list[tuple[str, list[Chunk]]]:
        """The single values that no chapter told, by group."""
        told = {one.rule.id for section in self.sections for chunk in section.facts for one in chunk.items}
        told |= {item.rule.rule_id for item in self.form.composition.requirements}
        told |= {f"{self.form.code}.{name}" for name in _SAID_APART}
        values = (dated for dated in self.form.parameters.values() if _known(dated) and dated.rule_id not in told)
        return [(title, chunks(found)) for title, found in by_chapter(map(self._cite, values))]

    @cached_property
    def _standing(self) -> list[Dated]:
        """Every value of the form that stands here that day, its own and those it inherits."""
        packs = library()
        rules = packs.rules(f"{self.form.code}.")
        if self.card.parent:
            rules += [
                rule
                for rule in packs.rules(f"{self.card.parent}.")
                if rule.group in self.card.inherits
                and f"{self.form.code}.{rule.group}.{rule.key}" not in packs.pack.rules
            ]
        return [found.dated for rule in rules if (found := applying(rule, self.place))]

    @cached_property
    def sources(self) -> list[Source]:
        """The texts on which it rests, those that say most first."""
        by_source: dict[str, list[Reference]] = {}
        for dated in self._standing:
            if not dated.fictitious and _known(dated):
                by_source.setdefault(dated.reference.source, []).append(dated.reference)
        found = [Source(references[0], len(references)) for references in by_source.values()]
        return sorted(found, key=lambda source: (-source.rules, source.reference.title))

    @cached_property
    def has_scale(self) -> bool:
        """Whether amounts can be simulated."""
        try:
            return bool(self.form.scale.rates)
        except NoRuleInForce:
            return False

    @property
    def url_form(self) -> str:
        """The page of the form."""
        return address(self.place, "form", self.form.code)

    @property
    def url_start(self) -> str:
        """The page that says how to start."""
        return address(self.place, "start_form", self.form.code)


def _known(dated: Dated) -> bool:
    return dated.value is not None


def page_of(code: str, place: Place) -> FormPage:
    """The pages of a form. Raises NoRuleInForce when it does not exist there that day."""
    return FormPage(library().form(code, place.code, place.on), place)


def everywhere(code: str) -> list[tuple[FormCard, Territory, str]]:
    """Where and when a form exists: its identity cards, their territory, the days in words."""
    cards = library().pack.forms.get(code, ())
    return [(card, library().territories[card.territory], _days(card)) for card in cards]


def _days(card: FormCard) -> str:
    until = f" jusqu'au {day(date.fromordinal(card.valid_to.toordinal() - 1))}" if card.valid_to else ""
    return f"depuis le {day(card.valid_from)}{until}"
