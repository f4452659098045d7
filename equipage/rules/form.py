"""All that the rules say of one form, in one territory, between two changes of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from equipage.rules.answer import Answer
from equipage.rules.catalogue import (
    Action,
    AskedEvidence,
    ConventionTemplate,
    Indicator,
    Mission,
    Need,
    Profession,
    ProjectTemplate,
    Requirement,
    Section,
    Stage,
    Step,
    Theme,
)
from equipage.rules.dated import Dated
from equipage.rules.errors import NoRuleInForce
from equipage.rules.pack import FormCard, Rule
from equipage.rules.scale import Scale
from equipage.rules.shared import Contact
from equipage.rules.wording import NARROW

if TYPE_CHECKING:
    from equipage.rules.library import Library


@dataclass(frozen=True, slots=True)
class Composition:
    """Who counts, and how many are needed (règles de composition)."""

    requirements: tuple[Requirement, ...]
    professions: Mapping[tuple[str, str], Profession]
    practice_modes: Dated | None
    practice_kinds: Dated | None
    distinct_professions: Dated | None

    def by_key(self, key: str) -> Profession | None:
        """A profession by its key in the pack ("infirmier")."""
        return next((item for item in self.professions.values() if item.key == key), None)

    def requirement(self, key: str) -> Requirement | None:
        """A requirement by its key ("min_professionals")."""
        return next((item for item in self.requirements if item.key == key), None)


class FormView:
    """A form as the rules describe it (forme d'exercice coordonné). Computed once, then only read."""

    def __init__(self, library: Library, card: FormCard, territory: str, on: date, known_on: date | None) -> None:
        self._library = library
        self.card = card
        self.code = card.code
        self.label = card.label
        self.territory = territory
        self._on = on
        self._known_on = known_on
        self.composition = self._composition()
        # What each kind of person counts as, once asked (`headcount`): the answer never changes for this view.
        self.standings: dict[tuple[str, str], Answer] = {}
        self.asked: dict[str, tuple[Requirement, ...]] = {}

    def _collect(self, group: str) -> Iterator[tuple[Rule, Dated]]:
        """The values of a group: the form's own, after those it inherits and does not rewrite."""
        own = list(self._library.collection(self.code, group, self.territory, self._on, self._known_on))
        if self.card.parent and group in self.card.inherits:
            written = {rule.key for rule, _ in own}
            parents = self._library.collection(self.card.parent, group, self.territory, self._on, self._known_on)
            own = [(rule, dated) for rule, dated in parents if rule.key not in written] + own
        yield from sorted(own, key=lambda pair: pair[0].order)

    def find(self, name: str) -> Dated | None:
        """The value of "group.key" for this form, or for the one it inherits that group from; None when none stands."""
        rule_id = self._rule_id(name)
        return self._library.find(rule_id, territory=self.territory, on=self._on, known_on=self._known_on)

    def value(self, name: str) -> Dated:
        """The value of "group.key" for this form. Raises NoRuleInForce, ValueUnknown."""
        rule_id = self._rule_id(name)
        return self._library.value(rule_id, territory=self.territory, on=self._on, known_on=self._known_on)

    def _rule_id(self, name: str) -> str:
        own, group = f"{self.code}.{name}", name.partition(".")[0]
        if self.card.parent and group in self.card.inherits and own not in self._library.pack.rules:
            return f"{self.card.parent}.{name}"
        return own

    def _composition(self) -> Composition:
        requirements = tuple(
            Requirement(
                rule.key,
                rule.requirement["of"],
                dated.value,
                rule.requirement["one"],
                rule.requirement["many"],
                rule.requirement.get("gate", ""),
                rule.requirement.get("way_out", ""),
                dated,
            )
            for rule, dated in self._collect("composition")
            if rule.requirement and dated.value is not None
        )
        professions = [Profession.read(rule, dated) for rule, dated in self._collect("professions")]
        return Composition(
            requirements,
            {(item.system, item.code): item for item in professions},
            self.find("practice.modes"),
            self.find("practice.kinds"),
            self.find("composition.distinct_professions"),
        )

    @cached_property
    def parameters(self) -> dict[str, Dated]:
        """Every single value of the form, by "group.key"."""
        rules = (rule for rule in self._library.rules(f"{self.code}.") if rule.kind == "parameters")
        found = ((f"{rule.group}.{rule.key}", self.find(f"{rule.group}.{rule.key}")) for rule in rules)
        return {name: dated for name, dated in found if dated is not None}

    @cached_property
    def gates(self) -> dict[str, Need]:
        """Facts that some actions need, by key."""
        return {rule.key: Need.read(rule, dated) for rule, dated in self._collect("gates")}

    @cached_property
    def actions(self) -> dict[str, Action]:
        """The catalogue of actions, by code, in order."""
        return {rule.key: self._action(rule, dated) for rule, dated in self._collect("actions")}

    def _action(self, rule: Rule, dated: Dated) -> Action:
        value = dated.value
        return Action(
            rule.key,
            value["label"],
            value["short_label"],
            value["description"],
            value["family"],
            tuple(self.gates[key] for key in value["gates"] if key in self.gates),
            value["counted_in"],
            value["involves_patients"],
            tuple(value.get("examples", ())),
            self.find(f"participants.{rule.key}"),
            self.find(f"evidence.{rule.key}"),
            dated,
            AskedEvidence.read(value.get("evidence")),
            value.get("before_recognition", False),
        )

    def action(self, code: str) -> Action:
        """An action of the catalogue. Raises NoRuleInForce when it is not in it."""
        if code not in self.actions:
            raise NoRuleInForce(f"L'action «{NARROW}{code}{NARROW}» n'est pas au catalogue de la forme {self.label}.")
        return self.actions[code]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the path, in order."""
        return tuple(
            Step(
                rule.key,
                dated.value["label"],
                dated.value["description"],
                dated.value["who"],
                tuple(dated.value.get("with", ())),
                dated,
            )
            for rule, dated in self._collect("steps")
        )

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """The stages that have thresholds of their own, in order, by gate."""
        return {
            rule.key: Stage(rule.key, dated.value["label"], dated.value["sentence"], dated)
            for rule, dated in self._collect("stages")
        }

    @cached_property
    def missions(self) -> tuple[Mission, ...]:
        """The missions or indicators of the contract, in order."""
        return tuple(Mission.read(rule, dated) for rule, dated in self._collect("missions"))

    @cached_property
    def answers(self) -> dict[str, Dated]:
        """What the form answers to each need (`needs.yaml`); the value holds `how`."""
        return {rule.key: dated for rule, dated in self._collect("answers")}

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """The themes proposed; a team may always write its own when `themes_are_free`."""
        return tuple(
            Theme(rule.key, dated.value["label"], dated.value.get("help", ""), dated)
            for rule, dated in self._collect("themes")
        )

    @property
    def themes_are_free(self) -> bool:
        """Whether a team may write a theme of its own."""
        found = self.find("organisation.free_themes")
        return bool(found and found.effective)

    @cached_property
    def project_template(self) -> ProjectTemplate:
        """The cards of the health project, in order."""
        sections = tuple(Section.read(rule, dated) for rule, dated in self._collect("project"))
        newest = max((section.rule.valid_from for section in sections), default=self.card.valid_from)
        return ProjectTemplate(sections, f"{self.code}/{self.territory}/{newest.isoformat()}")

    @cached_property
    def payment_conditions(self) -> tuple[Need, ...]:
        """What must be true before anybody is paid."""
        return tuple(Need.read(rule, dated) for rule, dated in self._collect("conditions"))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators asked for."""
        return tuple(Indicator.read(rule, dated) for rule, dated in self._collect("indicators"))

    @cached_property
    def contacts(self) -> tuple[Contact, ...]:
        """Who helps teams of this form here, as published."""
        return tuple(self._library.contacts(self.territory, self.code))

    @property
    def envelope(self) -> Dated:
        """The most a team may receive in a civil year (enveloppe), in cents. Raises NoRuleInForce."""
        return self.value("money.team_year_cents")

    @property
    def envelope_cents(self) -> int:
        """The envelope in integer cents. Raises NoRuleInForce."""
        return int(self.envelope.effective)

    @property
    def scale(self) -> Scale:
        """The scale written in the packs. Raises NoRuleInForce when there is none."""
        return self._library.scale(self.code, self.territory, self._on, self._known_on)

    @property
    def convention(self) -> ConventionTemplate:
        """The text to sign. Raises NoRuleInForce when there is none."""
        return self._library.convention(self.code, self.territory, self._on)

    def group_of(self, system: str, code: str, know_hows: tuple[str, ...] = ()) -> str:
        """The pay group of a profession (groupe de rémunération); "" when the profession is not listed."""
        profession = self.composition.professions.get((system, code))
        if profession is None:
            return ""
        for qualification in profession.qualifications:
            if qualification.codes.intersection(know_hows):
                return qualification.pay_group
        return profession.pay_group
