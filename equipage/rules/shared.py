"""What all forms share: the words of the people who ask, and the rows in which forms are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from equipage.rules.dated import Reference
from equipage.rules.wording import quantity


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that bothers professionals (besoin), in their words; forms answer it in their `answers` file."""

    key: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class PersonKind:
    """A kind of person that can be counted without naming anybody (sorte de personne): "un médecin généraliste".

    `know_hows` are pairs (type, code); `section` is that of the Order of pharmacists (TRE_R06).
    """

    key: str
    one: str
    many: str
    label: str
    system: str
    code: str
    know_hows: tuple[tuple[str, str], ...] = ()
    section: str = ""

    def counted(self, count: int) -> str:
        """« un médecin généraliste », « deux médecins généralistes »."""
        return quantity(count, self.one, self.many)

    @classmethod
    def read(cls, key: str, data: Mapping[str, Any]) -> PersonKind:
        """The kind of one mapping."""
        known = tuple(tuple(text.split(" ", 1)) for text in data.get("know_hows", ()))
        words = {name: data[name] for name in ("one", "many", "label", "system", "code")}
        return cls(key, **words, know_hows=known, section=data.get("section", ""))


@dataclass(frozen=True, slots=True)
class Contact:
    """A body that helps, as published (contact): for some forms (none named: for all), in a territory.

    `department` is an INSEE code, "" for the whole territory. What people call today is kept in `support`, where it is
    corrected; this is what an installation begins with.
    """

    key: str
    territory: str
    name: str
    role: str
    kind: str
    reference: Reference
    forms: tuple[str, ...] = ()
    department: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    note: str = ""

    def serves(self, form: str) -> bool:
        """Whether it helps teams of that form."""
        return not self.forms or form in self.forms


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One question put to every form (ligne du comparateur); `cells` names the rules that answer it."""

    key: str
    label: str
    question: str
    cells: tuple[str, ...]
