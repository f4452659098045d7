"""Reads the compact tables of `reference/territory/` (see SOURCE.md there): text in, text out, no database."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

_HEADERS = {
    "regions": ["code", "name"],
    "departments": ["code", "name", "region"],
    "epci": ["siren", "name", "kind"],
    "communes": ["code", "name", "department", "epci", "population", "postal_codes", "seat_name"],
    "former": ["code", "name", "successor", "kind", "population"],
}


class SourceBroken(ValueError):
    """A table of `reference/territory/` cannot be read; the sentence says which line and what was expected."""


@dataclass(frozen=True)
class Source:
    """The tables of one edition (millésime)."""

    vintage: int
    regions: list[list[str]]
    departments: list[list[str]]
    epci: list[list[str]]
    communes: list[list[str]]
    former: list[list[str]]

    def only(self, region: str) -> Source:
        """The same edition reduced to one region: enough for tests, seconds faster."""
        departments = [row for row in self.departments if row[2] == region]
        if not departments:
            known = ", ".join(f"{code} ({name})" for code, name in self.regions)
            raise SourceBroken(f"La région « {region} » n’existe pas. Régions connues : {known}.")
        kept = {row[0] for row in departments}
        communes = [row for row in self.communes if row[2] in kept]
        codes, epci = {row[0] for row in communes}, {row[3] for row in communes}
        return Source(
            self.vintage,
            [row for row in self.regions if row[0] == region],
            departments,
            [row for row in self.epci if row[0] in epci],
            communes,
            [row for row in self.former if row[2] in codes],
        )


def read_source(folder: Path | None = None) -> Source:
    """Read the committed tables. Raises SourceBroken where one is missing or has another shape."""
    place = folder or settings.REFERENCE / "territory"
    try:
        vintage = int((place / "VINTAGE").read_text().strip())
    except (OSError, ValueError) as problem:
        raise SourceBroken(
            f"{place / 'VINTAGE'} doit contenir l’année du millésime, par exemple 2026 ({problem})."
        ) from problem
    tables = {name: list(_rows(place / f"{name}.tsv", header)) for name, header in _HEADERS.items()}
    return Source(vintage, **tables)


def _rows(path: Path, header: list[str]) -> Iterator[list[str]]:
    try:
        file = path.open(encoding="utf-8", newline="")
    except OSError as problem:
        raise SourceBroken(f"{path} ne se lit pas ({problem.strerror}) : refaites-le, voir SOURCE.md.") from problem
    with file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if next(reader, None) != header:
            raise SourceBroken(f"{path}, ligne 1 : les colonnes attendues sont {', '.join(header)}.")
        for row in reader:
            if len(row) != len(header):
                raise SourceBroken(
                    f"{path}, ligne {reader.line_num} : {len(row)} colonnes au lieu de {len(header)} ({row[0]})."
                )
            yield row
