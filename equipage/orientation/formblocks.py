"""The pieces of the page of a form: its stages, its steps, its actions, its missions, its chapters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from equipage.orientation.rulebook import Chunk, Cited
from equipage.orientation.wording import CHAPTERS, chapter
from equipage.rules.catalogue import Action, Mission, Step
from equipage.rules.comparison import NATURES
from equipage.rules.dated import Reference
from equipage.rules.telling import WHO
from equipage.rules.wording import enumerate_words, number


@dataclass(frozen=True)
class StageBlock:
    """A stage (stade) and what it takes to reach it; `cited` is None for a form without stages."""

    label: str
    sentence: str
    cited: Cited | None
    thresholds: tuple[Cited, ...]


@dataclass(frozen=True)
class StepLine:
    """A step of the path: what is done, who acts, with whom; `again` when its source is that of the line before."""

    step: Step
    cited: Cited
    again: bool

    @property
    def who(self) -> str:
        """Who acts, and with whom."""
        company = enumerate_words([WHO[who] for who in self.step.accompanied_by])
        return f"{WHO[self.step.who]}, avec {company}" if company else WHO[self.step.who]


@dataclass(frozen=True)
class ActionLine:
    """An action of the catalogue, and what it asks for first."""

    action: Action
    cited: Cited
    again: bool

    @property
    def asks(self) -> str:
        """The facts that must be true before."""
        return enumerate_words([f"{gate.label[0].lower()}{gate.label[1:]}" for gate in self.action.gates])


@dataclass(frozen=True)
class MissionLine:
    """A mission of the contract: its points and its delays, as far as a text gives them."""

    mission: Mission
    cited: Cited

    @property
    def nature(self) -> str:
        """Required, core or optional, in words."""
        return NATURES[self.mission.nature]

    @property
    def note(self) -> str:
        """What it is, and how its points are counted."""
        return " ".join(filter(None, (self.mission.description, self.mission.points_note)))

    @property
    def points(self) -> list[str]:
        """Its points, each kind in words."""
        one = self.mission
        kinds = ((one.fixed_points, "fixes"), (one.variable_points, "variables"))
        found = [f"{number(count)} {word}" for count, word in kinds if count]
        return [*found, f"{number(one.at_most)} au plus"] if one.at_most else found

    @property
    def delays(self) -> str:
        """When it begins and when it is whole."""
        start, full = self.mission.start_months, self.mission.full_months
        if start is None or full is None:
            return ""
        return f"commence sous {start} mois, complète sous {full} mois"


@dataclass(frozen=True)
class Missions:
    """The missions of one axis, with the sources of the lines."""

    axis: str
    lines: tuple[MissionLine, ...]

    @property
    def has_points(self) -> bool:
        """Whether a line has points."""
        return any(line.points for line in self.lines)

    @property
    def has_delays(self) -> bool:
        """Whether a line has delays."""
        return any(line.delays for line in self.lines)

    @property
    def sources(self) -> list[Cited]:
        """One of each source line."""
        return list({line.cited.support: line.cited for line in self.lines}.values())


@dataclass(frozen=True)
class Section:
    """A chapter of the page: a question, facts, and the blocks that are told in their own way."""

    key: str
    title: str
    facts: list[Chunk]
    blocks: tuple[str, ...]

    @property
    def is_named(self) -> bool:
        """Whether each fact needs its name: alone under its question, a fact speaks for itself."""
        return bool(self.blocks) or sum(len(chunk.items) for chunk in self.facts) > 1


@dataclass(frozen=True)
class Source:
    """A text on which the form rests, and how many of its rules."""

    reference: Reference
    rules: int


def by_chapter(values: Iterable[Cited]) -> list[tuple[str, list[Cited]]]:
    """The values under the names of their groups, in the order of the chapters."""
    groups: dict[str, list[Cited]] = {}
    for one in values:
        groups.setdefault(one.rule.group, []).append(one)
    order = list(CHAPTERS)
    known = sorted(groups, key=lambda group: order.index(group) if group in order else len(order))
    return [(chapter(group), groups[group]) for group in known]
