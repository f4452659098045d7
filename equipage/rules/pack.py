"""What a folder of rules becomes in memory: territories, forms, rules with their timelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from equipage.rules.dated import Dated, Reference, Timeline
from equipage.rules.shared import ComparisonRow, Concern, Contact, PersonKind


@dataclass(frozen=True, slots=True)
class Territory:
    """A place where rules may differ (territoire): France, then its regions."""

    code: str
    label: str
    inside: str
    parent: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class FormCard:
    """The identity card of a form of coordinated practice (forme d'exercice coordonné).

    `one` is its name in a sentence, with its article.
    """

    code: str
    territory: str
    label: str
    full_name: str
    summary: str
    valid_from: date
    valid_to: date | None
    reference: Reference
    parent: str = ""
    inherits: tuple[str, ...] = ()
    note: str = ""
    one: str = ""

    @property
    def named(self) -> str:
        """The form in a sentence: « une ESP CLAP »."""
        return self.one or self.label


@dataclass(slots=True)
class Rule:
    """One rule (règle) under its stable id `form.group.key`, with one timeline per territory."""

    id: str
    form: str
    group: str
    key: str
    label: str
    kind: str
    order: int
    type: str = ""
    unit: str = ""
    requirement: Mapping[str, str] | None = None
    timelines: dict[str, Timeline] = field(default_factory=dict)


@dataclass(slots=True)
class Pack:
    """Everything read from one or several folders."""

    territories: dict[str, Territory] = field(default_factory=dict)
    forms: dict[str, list[FormCard]] = field(default_factory=dict)
    sources: dict[str, Reference] = field(default_factory=dict)
    fictitious_sources: set[str] = field(default_factory=set)
    rules: dict[str, Rule] = field(default_factory=dict)
    concerns: dict[str, Concern] = field(default_factory=dict)
    people: dict[str, PersonKind] = field(default_factory=dict)
    comparison: dict[str, ComparisonRow] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    files: int = 0
    values: int = 0


@dataclass(slots=True)
class Draft:
    """A rule while its file is being read: values not yet laid on their timelines."""

    rule: Rule
    values: dict[str, list[Dated]] = field(default_factory=dict)
    continuous: set[str] = field(default_factory=set)
