"""The typed pieces of a form: professions, actions, steps, themes, conditions, sections of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from equipage.rules.dated import Dated
from equipage.rules.pack import Rule
from equipage.rules.wording import NARROW


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many of whom a team needs (exigence de composition); `of` is "professionals" or a category."""

    key: str
    of: str
    minimum: int
    one: str
    many: str
    gate: str
    way_out: str
    rule: Dated

    def told(self, count: int) -> str:
        """The comparison as a step of an explanation."""
        return f"{self.many}{NARROW}: {count} pour un minimum de {self.minimum}"


@dataclass(frozen=True, slots=True)
class Qualification:
    """What a know-how makes of a person inside a profession (qualification): general practitioner, biologist."""

    key: str
    label: str
    know_how_type: str
    codes: frozenset[str]
    categories: frozenset[str]
    pay_group: str


@dataclass(frozen=True, slots=True)
class Profession:
    """A profession whose people may be members (profession de premier recours)."""

    key: str
    system: str
    code: str
    label: str
    plural: str
    pay_group: str
    eligible_for_pay: bool
    categories: frozenset[str]
    qualifications: tuple[Qualification, ...]
    without_know_how: str
    confirms_as: str
    sections: frozenset[str]
    rule: Dated

    @classmethod
    def read(cls, rule: Rule, dated: Dated) -> Profession:
        """The profession of one dated value."""
        value: Mapping[str, Any] = dated.value
        qualifications = tuple(
            Qualification(
                item["key"],
                item["label"],
                item.get("know_how_type", ""),
                frozenset(item["codes"]),
                frozenset(item["categories"]),
                item.get("pay_group", value["pay_group"]),
            )
            for item in value.get("qualifications", ())
        )
        return cls(
            rule.key,
            value["system"],
            value["code"],
            value["label"],
            value["plural"],
            value["pay_group"],
            value["eligible_for_pay"],
            frozenset(value["categories"]),
            qualifications,
            value.get("without_know_how", "refuse"),
            value.get("confirms_as", ""),
            frozenset(value.get("sections", ())),
            dated,
        )


@dataclass(frozen=True, slots=True)
class Need:
    """A dated fact that must be true (condition): before an action is allowed, or before a payment."""

    key: str
    fact: str
    label: str
    refusal: str
    way_out: str
    rule: Dated

    @classmethod
    def read(cls, rule: Rule, dated: Dated) -> Need:
        """The need of one dated value."""
        value = dated.value
        return cls(rule.key, value["fact"], value["label"], value["refusal"], value["way_out"], dated)


@dataclass(frozen=True, slots=True)
class AskedEvidence:
    """A file that must be joined to an action (pièce exigée): what it is, with its article, and where it is written."""

    label: str
    reference: str

    @classmethod
    def read(cls, written: Mapping[str, Any] | None) -> AskedEvidence | None:
        """What an action asks for; None when it asks for nothing, or says that a file is only welcome."""
        if written is None or not written["required"]:
            return None
        return cls(written["label"], written.get("reference", ""))


@dataclass(frozen=True, slots=True)
class Action:
    """A type of coordinated action (action coordonnée) of the catalogue.

    `min_participants` and `evidence` may be working values that no text supports: see `Dated.is_assumption`.
    `asked_evidence` is the file without which the action is not validated; None unless a text asks for one.
    `before_recognition`: it comes before the recognition of the team (writing the project), and is declared after it.
    """

    code: str
    label: str
    short_label: str
    description: str
    family: str
    gates: tuple[Need, ...]
    counted_in: str
    involves_patients: bool
    examples: tuple[str, ...]
    min_participants: Dated | None
    evidence: Dated | None
    rule: Dated
    asked_evidence: AskedEvidence | None = None
    before_recognition: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the path (étape); `who` acts: professionals, association, agency… (see `telling.WHO`)."""

    key: str
    label: str
    description: str
    who: str
    accompanied_by: tuple[str, ...]
    rule: Dated


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a form with thresholds of its own (stade): recognised, under contract, in company."""

    key: str
    label: str
    sentence: str
    rule: Dated


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission or an indicator of a contract (mission, indicateur); nature, points, months where a text gives them."""

    key: str
    label: str
    description: str
    nature: str
    axis: str
    fixed_points: int | None
    variable_points: int | None
    points_note: str
    start_months: int | None
    full_months: int | None
    at_most: int | None
    rule: Dated

    @classmethod
    def read(cls, rule: Rule, dated: Dated) -> Mission:
        """The mission of one dated value."""
        value = dated.value
        words = {key: value.get(key, "") for key in ("description", "nature", "axis", "points_note")}
        names = ("fixed_points", "variable_points", "start_months", "full_months", "at_most")
        numbers = {key: value.get(key) for key in names}
        return cls(key=rule.key, label=value["label"], rule=dated, **words, **numbers)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme found in a source (thématique); teams may always write another one."""

    key: str
    label: str
    help: str
    rule: Dated


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposed answer."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a section (champ)."""

    key: str
    label: str
    type: str
    required: bool = False
    choices: tuple[Choice, ...] = ()
    help: str = ""
    example: str = ""
    unit: str = ""
    min: int | None = None
    max: int | None = None
    required_if: tuple[str, Any] | None = None
    not_above: str = ""
    missing: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Field:
        """The field of one mapping."""
        rest = {key: data[key] for key in data.keys() - {"choices", "required_if"}}
        condition = data.get("required_if")
        return cls(
            **rest,
            choices=tuple(Choice(item["key"], item["label"]) for item in data.get("choices", ())),
            required_if=(condition["field"], condition["equals"]) if condition else None,
        )


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several fields of which at least one must be filled."""

    fields: tuple[str, ...]
    sentence: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Section:
    """A card of the health project (section du projet de santé); `number` is the item of the national annex."""

    key: str
    title: str
    number: str
    help: str
    example: str
    optional: bool
    fields: tuple[Field, ...]
    any_of: tuple[AnyOf, ...]
    rule: Dated

    def field(self, key: str) -> Field | None:
        """The field of that key, if any."""
        return next((field for field in self.fields if field.key == key), None)

    @classmethod
    def read(cls, rule: Rule, dated: Dated) -> Section:
        """The section of one dated value."""
        value = dated.value
        return cls(
            rule.key,
            value["title"],
            value.get("number", ""),
            value["help"],
            value.get("example", ""),
            value.get("optional", False),
            tuple(Field.read(item) for item in value["fields"]),
            tuple(
                AnyOf(tuple(item["fields"]), item["sentence"], item.get("way_out", ""))
                for item in value.get("any_of", ())
            ),
            dated,
        )


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """The cards of a project in their order (trame); `version` changes when one of them does."""

    sections: tuple[Section, ...]
    version: str

    def section(self, key: str) -> Section | None:
        """The section of that key, if any."""
        return next((section for section in self.sections if section.key == key), None)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a convention, with words to be filled in."""

    key: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConventionTemplate:
    """The text members sign with the association (modèle de convention)."""

    code: str
    label: str
    title: str
    preamble: str
    duration_months: int | None
    summary: tuple[str, ...]
    articles: tuple[Article, ...]
    fictitious: bool
    rule: Dated

    @classmethod
    def read(cls, dated: Dated) -> ConventionTemplate:
        """The template of one dated value."""
        value = dated.value
        return cls(
            value["code"],
            value["label"],
            value["title"],
            value["preamble"],
            value.get("duration_months"),
            tuple(value["summary"]),
            tuple(Article(item["key"], item["title"], tuple(item["paragraphs"])) for item in value["articles"]),
            value["fictitious"],
            dated,
        )


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator asked for several times a year (indicateur national)."""

    key: str
    title: str
    definition: str
    counts: str
    breakdowns: tuple[Choice, ...]
    campaigns_per_year: int
    rule: Dated

    @classmethod
    def read(cls, rule: Rule, dated: Dated) -> Indicator:
        """The indicator of one dated value."""
        value = dated.value
        breakdowns = tuple(Choice(item["key"], item["label"]) for item in value["breakdowns"])
        return cls(
            rule.key,
            value["title"],
            value["definition"],
            value["counts"],
            breakdowns,
            value["campaigns_per_year"],
            dated,
        )
