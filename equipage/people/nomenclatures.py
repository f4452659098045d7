"""Code tables of the health professions (nomenclatures), read once from `reference/nomenclatures/`.

A code is unique only with its system: 93 is « Psychologue » in two of them. A closed code can be read for ever and is
never offered for a new record. Labels change, codes stay: compare codes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from equipage.environment import ROOT
from equipage.foundation.french import typographic
from equipage.foundation.periods import today

FOLDER = ROOT / "reference" / "nomenclatures"
_COMMON = ("code", "label", "screen_label", "screen_plural", "valid_from", "valid_to", "confidence", "note")
_INDEX = ("table", "system", "oid", "version", "source")

DOCTOR, PHARMACIST, NURSE = "10", "21", "60"
LIBERAL_MODE, CARE_GENRE = "L", "GENR01"


class UnknownCode(LookupError):
    """A code that its system does not have."""


class NomenclatureBroken(ValueError):
    """A file of `reference/nomenclatures/` cannot be read; the sentence says where and what was expected."""


class Answer(StrEnum):
    """An answer that may need a person."""

    YES = "yes"
    NO = "no"
    TO_CONFIRM = "to_confirm"


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of one system, with its dates; `valid_to` is the first day that no longer holds."""

    system: str
    code: str
    label: str
    screen_label: str
    screen_plural: str
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: str = "verified"
    note: str = ""
    traits: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)

    def selectable_on(self, day: date) -> bool:
        """May this code enter a new record on that day? An unknown date closes nothing."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    @property
    def key(self) -> str:
        """The code with its system, as FHIR writes a token: « TRE_G15-ProfessionSante|60 »."""
        return f"{self.system}|{self.code}"


@dataclass(frozen=True)
class Table:
    """One code system as we ship it."""

    name: str
    system: str
    oid: str
    version: str
    source: str
    concepts: Mapping[str, Concept]

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts.values())

    def __len__(self) -> int:
        return len(self.concepts)

    def __getitem__(self, code: str) -> Concept:
        """The concept of that code, closed or not. Raises UnknownCode."""
        try:
            return self.concepts[code]
        except KeyError:
            raise UnknownCode(f"Le code « {code} » n’existe pas dans {self.system}.") from None

    def selectable(self, day: date | None = None) -> list[Concept]:
        """What may be chosen on `day` (today in Paris), in the order of the codes."""
        on = day or today()
        return [concept for concept in self if concept.selectable_on(on)]

    def choices(self, day: date | None = None) -> list[tuple[str, str]]:
        """The same for a form: (code, screen label), by label."""
        found = [(concept.code, concept.screen_label) for concept in self.selectable(day)]
        return sorted(found, key=lambda choice: choice[1].casefold())


@cache
def tables(folder: Path = FOLDER) -> Mapping[str, Table]:
    """All tables by name. Raises NomenclatureBroken with the file, the line and what was expected."""
    found: dict[str, Table] = {}
    for line, row in _rows(folder / "tables.csv", _INDEX):
        if row["table"] in found:
            raise NomenclatureBroken(f"{folder / 'tables.csv'}, ligne {line} : « {row['table']} » est déjà nommée.")
        path = folder / f"{row['table']}.csv"
        concepts = _concepts(path, row["system"])
        found[row["table"]] = Table(row["table"], row["system"], row["oid"], row["version"], row["source"], concepts)
    return MappingProxyType(found)


def table(name: str) -> Table:
    """One table: "professions", "specialities", "sectors"… Raises UnknownCode."""
    try:
        return tables()[name]
    except KeyError:
        raise UnknownCode(f"Aucune nomenclature ne s’appelle « {name} » : {', '.join(tables())}.") from None


def concept(system: str, code: str) -> Concept:
    """The concept of a (system, code) pair. Raises UnknownCode."""
    for candidate in tables().values():
        if candidate.system == system:
            return candidate[code]
    raise UnknownCode(f"Le système « {system} » n’est pas chargé.")


def profession(code: str) -> Concept:
    """A health profession (TRE_G15): « 60 » is « Infirmier ou infirmière » on screens."""
    return table("professions")[code]


def professions(selectable_on: date | None = None) -> list[Concept]:
    """All health professions, or those that may be chosen on a day."""
    return _listed("professions", selectable_on)


def speciality(code: str) -> Concept:
    """A speciality of the professional order (spécialité ordinale, TRE_R38)."""
    return table("specialities")[code]


def specialities(selectable_on: date | None = None) -> list[Concept]:
    """All specialities, or those that may be chosen on a day."""
    return _listed("specialities", selectable_on)


def pharmacist_section(code: str) -> Concept:
    """A section of the pharmacists' order (TRE_R06)."""
    return table("pharmacist_sections")[code]


def pharmacist_sections(selectable_on: date | None = None) -> list[Concept]:
    """All sections of the pharmacists' order, or those that may be chosen on a day."""
    return _listed("pharmacist_sections", selectable_on)


def practice_mode(code: str) -> Concept:
    """A mode of practice (mode d'exercice, TRE_R23): L libéral, S salarié…"""
    return table("practice_modes")[code]


def practice_modes(selectable_on: date | None = None) -> list[Concept]:
    """All modes of practice, or those that may be chosen on a day."""
    return _listed("practice_modes", selectable_on)


def activity_genre(code: str) -> Concept:
    """A kind of activity (genre d'activité, TRE_R22): GENR01 is care."""
    return table("activity_genres")[code]


def activity_genres(selectable_on: date | None = None) -> list[Concept]:
    """All kinds of activity, or those that may be chosen on a day."""
    return _listed("activity_genres", selectable_on)


def sector(code: str) -> Concept:
    """A sector of activity (secteur d'activité, TRE_R02): SA07 cabinet individuel…"""
    return table("sectors")[code]


def sectors(selectable_on: date | None = None) -> list[Concept]:
    """All sectors met in primary care, or those that may be chosen on a day."""
    return _listed("sectors", selectable_on)


def finess_category(code: str) -> Concept:
    """A category of establishment (FINESS, TRE_R397; the numbers of TRE_R66). An ESP CLAP team has none."""
    return table("finess_categories")[code]


def finess_categories(selectable_on: date | None = None) -> list[Concept]:
    """All FINESS categories we use, or those that may be chosen on a day."""
    return _listed("finess_categories", selectable_on)


def first_recourse_professions() -> list[Concept]:
    """The professions that the ESP CLAP leaflet names (premier recours), twelve; some under a condition."""
    return [found for found in table("professions") if found.traits["first_recourse"]]


def general_practice(speciality_codes: Iterable[str]) -> Answer:
    """Is a doctor with these specialities (type S) a general practitioner? None at all is to be confirmed.

    One general qualification is enough, whatever stands beside it (allergology, geriatrics…).
    """
    kinds = _kinds(speciality_codes)
    if not kinds:
        return Answer.TO_CONFIRM
    return Answer.YES if "general_practice" in kinds else Answer.NO


def medical_biology(speciality_codes: Iterable[str]) -> bool:
    """Is a doctor with these specialities a medical biologist (biologiste)?"""
    return "biology" in _kinds(speciality_codes)


def occupation(profession_code: str, speciality_codes: Iterable[str] = (), section: str = "") -> str:
    """What a screen says somebody does: « Médecin généraliste », « Infirmier ou infirmière en pratique avancée »."""
    base = profession(profession_code).screen_label
    codes = list(speciality_codes)
    if profession_code == DOCTOR and codes:
        if general_practice(codes) is Answer.YES:
            return "Médecin généraliste"
        if medical_biology(codes):
            return "Médecin biologiste"
        return typographic(
            f"{base} ({speciality(codes[0]).screen_label[:1].lower()}{speciality(codes[0]).screen_label[1:]})"
        )
    if profession_code == PHARMACIST and section == "G":
        return pharmacist_section(section).screen_label
    if profession_code == NURSE and "advanced_practice" in _kinds(codes):
        return f"{base} en pratique avancée"
    return base


def _listed(name: str, selectable_on: date | None) -> list[Concept]:
    return list(table(name)) if selectable_on is None else table(name).selectable(selectable_on)


def _kinds(codes: Iterable[str]) -> set[str]:
    return {speciality(code).traits["kind"] for code in codes}


def _concepts(path: Path, system: str) -> Mapping[str, Concept]:
    found: dict[str, Concept] = {}
    for line, row in _rows(path, _COMMON):
        code = row["code"]
        if not code or not row["label"] or code in found:
            raise NomenclatureBroken(f"{path}, ligne {line} : il faut un code (« {code} ») nouveau et un libellé.")
        traits = {name: value for name, value in row.items() if name not in _COMMON}
        found[code] = Concept(
            system,
            code,
            row["label"],
            row["screen_label"],
            row["screen_plural"],
            _day(path, line, row["valid_from"]),
            _day(path, line, row["valid_to"]),
            row["confidence"],
            row["note"],
            MappingProxyType(traits),
        )
    return MappingProxyType(found)


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise NomenclatureBroken(f"{path} ne se lit pas : {problem}.") from problem
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or [])]
    if missing:
        raise NomenclatureBroken(f"{path}, ligne 1 : il manque {', '.join(missing)}.")
    rows = [(reader.line_num, dict(row)) for row in reader]
    for line, row in rows:
        if None in row or None in row.values():
            raise NomenclatureBroken(f"{path}, ligne {line} : il faut {len(reader.fieldnames or [])} colonnes.")
    return rows


def _day(path: Path, line: int, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise NomenclatureBroken(f"{path}, ligne {line} : « {text} » n’est pas une date AAAA-MM-JJ.") from problem
