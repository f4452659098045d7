"""One question, every form: what the rules say, statement by statement, each with its source and its date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from equipage.rules.catalogue import Mission
from equipage.rules.dated import Dated
from equipage.rules.form import FormView
from equipage.rules.shared import ComparisonRow
from equipage.rules.wording import NARROW, enumerate_words, euros, in_words, number, quantity

NATURES: Mapping[str, str] = {"prerequisite": "préalable", "core": "socle", "optional": "facultatif", "": ""}
# What the pages fill in themselves, from what administrators keep up to date.
CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a cell and the value it comes from (énoncé). `known` is False where the value is not public."""

    text: str
    rule: Dated
    known: bool = True


def plain(value: object, unit: str = "") -> str:
    """A single value in words; amounts are in cents when the unit says so."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int) and unit == "centimes":
        return euros(value)
    if isinstance(value, int):
        return f"{number(value)} {unit}".strip()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value} {unit}".strip()


def of_parameter(dated: Dated) -> Statement:
    """A single value as a statement; a text speaks for itself, other values need their label."""
    if dated.value is None:
        working = f"{NARROW}; valeur de travail{NARROW}: {plain(dated.effective, dated.unit)}"
        return Statement(
            f"{dated.label}{NARROW}: non publié{working if dated.effective is not None else ''}", dated, False
        )
    if isinstance(dated.value, str):
        return Statement(dated.value, dated)
    return Statement(f"{dated.label}{NARROW}: {plain(dated.value, dated.unit)}", dated)


def _requirements(form: FormView) -> Iterator[Statement]:
    known = {item.key for item in form.composition.requirements}
    for item in form.composition.requirements:
        stage = form.stages.get(item.gate)
        place = f" (pour {stage.label[0].lower()}{stage.label[1:]})" if stage else ""
        yield Statement(f"Au moins {quantity(item.minimum, item.one, item.many)}{place}", item.rule)
    for name, dated in form.parameters.items():
        group, _, key = name.partition(".")
        if group == "composition" and key not in known and not isinstance(dated.value, bool):
            yield of_parameter(dated)


def of_mission(mission: Mission) -> str:
    """A mission with its nature, its points and its delays, as far as a text gives them."""
    details = [NATURES[mission.nature]]
    points = [
        f"{number(count)} points {word}"
        for count, word in ((mission.fixed_points, "fixes"), (mission.variable_points, "variables"))
        if count
    ]
    if points:
        details.append(enumerate_words(points))
    if mission.points_note:
        details.append(mission.points_note[0].lower() + mission.points_note[1:].rstrip("."))
    if mission.at_most is not None:
        details.append(f"{in_words(mission.at_most)} au plus")
    if mission.start_months is not None and mission.full_months is not None:
        details.append(f"commence sous {mission.start_months} mois, complète sous {mission.full_months} mois")
    told = ", ".join(detail for detail in details if detail)
    return f"{mission.label} ({told})" if told else mission.label


def _steps(form: FormView) -> Iterator[Statement]:
    for place, step in enumerate(form.steps, start=1):
        yield Statement(f"{place}. {step.label}", step.rule)


_COLLECTIONS: Mapping[str, Callable[[FormView], Iterator[Statement]]] = {
    "requirements": _requirements,
    "professions": lambda form: (Statement(item.label, item.rule) for item in form.composition.professions.values()),
    "steps": _steps,
    "actions": lambda form: (Statement(action.label, action.rule) for action in form.actions.values()),
    "missions": lambda form: (Statement(of_mission(mission), mission.rule) for mission in form.missions),
    CONTACTS: lambda form: iter(()),
}


def cell(form: FormView, row: ComparisonRow) -> tuple[Statement, ...]:
    """All that the rules say of one form on one row; empty when nothing is written."""
    found: list[Statement] = []
    for name in row.cells:
        if name in _COLLECTIONS:
            found += _COLLECTIONS[name](form)
        elif name.endswith(".*"):
            group = name.removesuffix("*")
            found += [of_parameter(dated) for key, dated in form.parameters.items() if key.startswith(group)]
        elif (dated := form.find(name)) is not None:
            found.append(of_parameter(dated))
    # A value may hold a list or a mapping, so a statement has no hash: its words and its rule tell it apart.
    return tuple({(said.text, said.rule.rule_id): said for said in found}.values())
