"""Whether a section of the health project says what it must, and what is still missing. Pure functions.

Data of a section is a mapping from field key to value, JSON-safe: text → str; integer → int; boolean → bool;
choices → list of choice keys (a free one is written "other:…"); communes → list of INSEE codes; themes, actions →
list of keys or free texts; members → list of member keys or mappings; indicators → list of
{"label", "kind": "quantitative" | "qualitative", "baseline", "target"}; phases → list of {"label", "starts", "ends"}
with ISO days, `ends` included or absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipage.rules.answer import Reason
from equipage.rules.catalogue import Field, ProjectTemplate, Section
from equipage.rules.wording import NARROW, number, quantity

Data = Mapping[str, Any]
LISTS = frozenset({"choices", "communes", "indicators", "phases", "members", "actions", "themes"})
_ITEMS = {
    "choices": ("une réponse", "réponses"),
    "communes": ("une commune", "communes"),
    "indicators": ("un indicateur", "indicateurs"),
    "phases": ("une étape datée", "étapes datées"),
    "members": ("une personne", "personnes"),
    "actions": ("une action", "actions"),
    "themes": ("un thème", "thèmes"),
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """State of one section: `filled` of `expected` required answers, and a reason for each missing or wrong one.

    `errors` are the reasons that come from a wrong answer rather than from an absent one.
    """

    ok: bool
    reasons: tuple[Reason, ...]
    filled: int
    expected: int
    errors: tuple[Reason, ...] = ()
    started: bool = False


@dataclass(frozen=True, slots=True)
class ProjectCompleteness:
    """State of a whole project: per section in order, and the keys of the sections that remain."""

    ok: bool
    sections: Mapping[str, Completeness]
    remaining: tuple[str, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason of every section, in order."""
        return tuple(reason for state in self.sections.values() for reason in state.reasons)


def is_filled(value: Any) -> bool:
    """Whether an answer says something: zero and "no" do, blanks and empty lists do not."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list | tuple):
        return any(
            is_filled(item.get("label") if isinstance(item, Mapping) and "label" in item else item) for item in value
        )
    return not (isinstance(value, Mapping) and not value)


def _integer(field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "un nombre entier est attendu"
    if field.min is not None and value < field.min:
        return f"le nombre doit être d'au moins {number(field.min)}"
    if field.max is not None and value > field.max:
        return f"le nombre ne peut pas dépasser {number(field.max)}"
    return ""


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        return "un texte est attendu"
    size = len(value.strip())
    if field.min is not None and size < field.min:
        return f"quelques mots de plus sont attendus, au moins {number(field.min)} caractères"
    if field.max is not None and size > field.max:
        return f"le texte compte {number(size)} caractères pour {number(field.max)} au plus{NARROW}: raccourcissez-le"
    return ""


def _choices(field: Field, value: list[Any]) -> str:
    known = {choice.key for choice in field.choices}
    unknown = [str(item) for item in value if item not in known and not str(item).startswith("other:")]
    return f"«{NARROW}{unknown[0]}{NARROW}» n'est pas une réponse proposée" if known and unknown else ""


def _communes(field: Field, value: list[Any]) -> str:
    wrong = [str(code) for code in value if not (isinstance(code, str) and len(code) == 5 and code.isalnum())]
    return f"«{NARROW}{wrong[0]}{NARROW}» n'est pas un code de commune" if wrong else ""


def _phases(field: Field, value: list[Any]) -> str:
    for item in value:
        if not isinstance(item, Mapping):
            return "chaque étape s'écrit avec un nom et des dates"
        name = str(item.get("label") or "sans nom")
        if not item.get("starts"):
            return f"l'étape «{NARROW}{name}{NARROW}» n'a pas de date de début"
        try:
            starts = date.fromisoformat(str(item["starts"]))
            ends = date.fromisoformat(str(item["ends"])) if item.get("ends") else None
        except ValueError:
            return f"une date de l'étape «{NARROW}{name}{NARROW}» n'existe pas au calendrier"
        if ends is not None and ends < starts:
            return f"l'étape «{NARROW}{name}{NARROW}» finit avant d'avoir commencé"
    return ""


def _indicators(field: Field, value: list[Any]) -> str:
    for item in value:
        if not isinstance(item, Mapping):
            return "chaque indicateur s'écrit avec un nom et une cible"
        if is_filled(item.get("label")) and not is_filled(item.get("target")):
            return f"l'indicateur «{NARROW}{item['label']}{NARROW}» n'a pas encore de cible"
    return ""


_CHECKS: dict[str, Callable[[Field, Any], str]] = {
    "integer": _integer,
    "text": _text,
    "choices": _choices,
    "communes": _communes,
    "phases": _phases,
    "indicators": _indicators,
    "boolean": lambda field, value: "" if isinstance(value, bool) else "la réponse est oui ou non",
}


def _wrong(field: Field, value: Any) -> str:
    """What is wrong with an answer that is there, "" when nothing is."""
    if field.type in LISTS:
        if not isinstance(value, list | tuple):
            return "une liste est attendue"
        count = sum(1 for item in value if is_filled(item))
        one, many = _ITEMS[field.type]
        if field.min is not None and count < field.min:
            return f"il manque {quantity(field.min - count, one, many)}"
        if field.max is not None and count > field.max:
            return f"{number(count)} {many} pour {number(field.max)} au plus"
    check = _CHECKS.get(field.type)
    return check(field, value) if check else ""


def _required(field: Field, data: Data) -> bool:
    if field.required_if is not None:
        other, wanted = field.required_if
        return bool(data.get(other) == wanted)
    return field.required


def _missing(section: Section, field: Field) -> Reason:
    sentence = field.missing or f"Il manque «{NARROW}{field.label}{NARROW}»."
    out = field.help or f"Complétez la carte «{NARROW}{section.title}{NARROW}»."
    return Reason.of(section.rule, "missing", sentence, out, field.key)


def _invalid(section: Section, field: Field, what: str) -> Reason:
    sentence = f"«{NARROW}{field.label}{NARROW}»{NARROW}: {what}."
    out = field.help or f"Corrigez la carte «{NARROW}{section.title}{NARROW}»."
    return Reason.of(section.rule, "invalid", sentence, out, field.key)


def _above(section: Section, field: Field, value: Any, others: Mapping[str, Data]) -> Reason | None:
    """A number that may not be above the one given in another section."""
    if not field.not_above or not isinstance(value, int):
        return None
    name, _, key = field.not_above.partition(".")
    limit = others.get(name, {}).get(key)
    if not isinstance(limit, int) or isinstance(limit, bool) or value <= limit:
        return None
    return _invalid(section, field, f"{number(value)} dépasse les {number(limit)} déclarés plus haut")


def check_section(section: Section, data: Data, others: Mapping[str, Data] | None = None) -> Completeness:
    """What is missing or wrong in one section. `others` is the data of every section, for checks across them.

    An optional section that nobody has started is complete; once started it is checked like the others.
    """
    started = any(is_filled(data.get(field.key)) for field in section.fields)
    missing: list[Reason] = []
    errors: list[Reason] = []
    filled = expected = 0
    for field in section.fields:
        value, required = data.get(field.key), _required(field, data)
        expected += required
        if not is_filled(value):
            if required and (started or not section.optional):
                missing.append(_missing(section, field))
            continue
        what = _wrong(field, value)
        problem = _invalid(section, field, what) if what else _above(section, field, value, others or {})
        if problem is not None:
            errors.append(problem)
        else:
            filled += required
    for group in section.any_of:
        expected += 1
        if any(is_filled(data.get(key)) for key in group.fields):
            filled += 1
        elif started or not section.optional:
            missing.append(Reason.of(section.rule, "any_of", group.sentence, group.way_out, group.fields[0]))
    reasons = (*missing, *errors)
    return Completeness(not reasons, reasons, filled, expected, tuple(errors), started)


def check_project(template: ProjectTemplate, sections_data: Mapping[str, Data]) -> ProjectCompleteness:
    """The state of every section of a project, absent ones included."""
    states = {
        section.key: check_section(section, sections_data.get(section.key, {}), sections_data)
        for section in template.sections
    }
    remaining = tuple(key for key, state in states.items() if not state.ok)
    return ProjectCompleteness(not remaining, states, remaining)


def unknown_fields(section: Section, keys: Iterable[str]) -> tuple[str, ...]:
    """Keys of data that belong to no field: a form posted for another version of the section."""
    known = {field.key for field in section.fields}
    return tuple(key for key in keys if key not in known)
