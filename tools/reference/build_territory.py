#!/usr/bin/env python3
"""Reduce the published French administrative division to the compact tables of `reference/territory/`.

Run it by hand once a year, when a new edition (millésime) is out, then commit what it wrote:

    python3 tools/reference/build_territory.py

It needs `npm` and writes the same bytes for the same source. Two editions of one package are read: the newest says
what exists, an old one (the last that carried the history of communes) names the communes that no longer exist.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
CURRENT, HISTORY = "6.0.0", "0.7.0"
VINTAGE = 2026
TARGET = Path(__file__).resolve().parents[2] / "reference" / "territory"

Row = tuple[str, ...]
Json = dict[str, Any]

_FORMER_KINDS = {
    "commune-deleguee": "deleguee",
    "commune-associee": "associee",
    "arrondissement-municipal": "arrondissement",
}

SOURCE = """\
# Découpage administratif de la France : source des tables

| | |
|---|---|
| Source | paquet npm `{package}` {current} (ce qui existe) et {history} (noms des communes disparues) |
| Producteurs des données | INSEE (code géographique, populations municipales), DGCL (EPCI à fiscalité propre), \
La Poste (base officielle des codes postaux) |
| Licence des données | Licence Ouverte / Open Licence (Etalab) ; mention : « INSEE, DGCL, La Poste » |
| Millésime | {vintage} (code officiel géographique au 1er janvier {vintage}) |
| Extraction | {extracted} |
| Refaire | `python3 tools/reference/build_territory.py` (demande `npm` ; mêmes octets pour la même source) |

Fichiers UTF-8, une ligne d'en-tête, colonnes séparées par une tabulation, triés par code. Les codes sont du texte
(« 2A004 », « 01001 »).

| fichier | lignes | colonnes |
|---|---|---|
{files}

- `communes.tsv` : communes actuelles. `postal_codes` : codes séparés par une espace. `seat_name` : nom de la commune
  déléguée ou associée qui porte le même code et un autre nom (« Chemillé » pour Chemillé-en-Anjou).
- `former.tsv` : codes qui ne désignent plus une commune, et la commune actuelle qui les a repris. `kind` : `deleguee`,
  `associee` (elles existent encore dans leur commune), `arrondissement` (Paris, Lyon, Marseille), `fusionnee`.
- Une commune sans EPCI, sans population ou sans code postal l'est dans la source (îles, terres australes).
- Les codes CEDEX de La Poste n'y sont pas : ils ne désignent pas une commune.
"""


def fetch(version: str, folder: Path) -> Path:
    """Unpack one version of the package below `folder` and answer its data folder."""
    place = folder / version
    place.mkdir()
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{PACKAGE}@{version}"], cwd=place, check=True, capture_output=True, text=True
    )
    with tarfile.open(place / packed.stdout.split()[-1]) as archive:
        archive.extractall(place, filter="data")
    return place / "package" / "data"


def read(data: Path, name: str) -> list[Json]:
    """One JSON table of the package."""
    rows: list[Json] = json.loads((data / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def commune_rows(communes: list[Json], epcis: list[Json]) -> list[Row]:
    """The current communes, each with its inter-communal body, postal codes, and the other name its code bears."""
    epci_of = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
    # A delegated commune may share its code with the new commune: its name would be lost with a row per code.
    seats = {row["code"]: row["nom"] for row in communes if row["type"] in ("commune-deleguee", "commune-associee")}
    return [
        (
            row["code"],
            row["nom"],
            row["departement"],
            epci_of.get(row["code"], ""),
            str(row.get("population", "")),
            " ".join(sorted(row.get("codesPostaux", []))),
            seats.get(row["code"], "") if seats.get(row["code"]) != row["nom"] else "",
        )
        for row in communes
        if row["type"] == "commune-actuelle"
    ]


def former_rows(communes: list[Json], history: list[Json]) -> list[Row]:
    """The codes that no longer name a commune, with name, kind and the current commune that took them over."""
    current = {row["code"]: row for row in communes if row["type"] == "commune-actuelle"}
    taken_by = {old: row["code"] for row in current.values() for old in row.get("anciensCodes", [])}
    rows: dict[str, Row] = {}
    for row in communes:
        code = row["code"]
        if row["type"] not in _FORMER_KINDS or code in current:
            continue
        parent = row.get("commune") or row["chefLieu"]
        parent = parent if parent in current else taken_by.get(parent, taken_by.get(code, ""))
        rows[code] = (code, row["nom"], parent, _FORMER_KINDS[row["type"]], str(row.get("population", "")))
    last_name = {row["code"]: row["nom"] for row in sorted(history, key=_history_order)}
    for code, parent in taken_by.items():
        if code not in rows:
            rows[code] = (code, last_name[code], parent, "fusionnee", "")
    lost = [row for row in rows.values() if row[2] not in current]
    if lost:
        raise SystemExit(f"{len(lost)} anciens codes n'ont pas de commune actuelle, dont {lost[0]}.")
    return list(rows.values())


def _history_order(row: Json) -> tuple[str, str]:
    return (row.get("dateFin", "9999"), row.get("dateDebut", ""))


def write(name: str, header: Row, rows: Iterable[Row]) -> str:
    """Write one table sorted by its first column; answer its line for SOURCE.md."""
    ordered = sorted(rows)
    for row in ordered:
        if any("\t" in cell or "\n" in cell for cell in row):
            raise SystemExit(f"{name} : une cellule de {row[0]} contient une tabulation ou un saut de ligne.")
    lines = ["\t".join(row) for row in [header, *ordered]]
    (TARGET / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return f"| `{name}` | {len(ordered)} | {', '.join(f'`{column}`' for column in header)} |"


def build(data: Path, history: Path, extracted: str) -> None:
    """Write the five tables and SOURCE.md."""
    communes, epcis = read(data, "communes"), read(data, "epci")
    files = [
        write("regions.tsv", ("code", "name"), ((r["code"], r["nom"]) for r in read(data, "regions"))),
        write(
            "departments.tsv",
            ("code", "name", "region"),
            ((d["code"], d["nom"], d["region"]) for d in read(data, "departements")),
        ),
        write("epci.tsv", ("siren", "name", "kind"), ((e["code"], e["nom"], e["type"]) for e in epcis)),
        write(
            "communes.tsv",
            ("code", "name", "department", "epci", "population", "postal_codes", "seat_name"),
            commune_rows(communes, epcis),
        ),
        write(
            "former.tsv",
            ("code", "name", "successor", "kind", "population"),
            former_rows(communes, read(history, "historique-communes")),
        ),
    ]
    text = SOURCE.format(
        package=PACKAGE, current=CURRENT, history=HISTORY, vintage=VINTAGE, extracted=extracted, files="\n".join(files)
    )
    (TARGET / "SOURCE.md").write_text(text, encoding="utf-8")
    (TARGET / "VINTAGE").write_text(f"{VINTAGE}\n", encoding="utf-8")
    print("\n".join(files))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--extracted", default=datetime.now(UTC).date().isoformat(), help="day written in SOURCE.md")
    extracted = parser.parse_args().extracted
    with tempfile.TemporaryDirectory() as folder:
        build(fetch(CURRENT, Path(folder)), fetch(HISTORY, Path(folder)), extracted)


if __name__ == "__main__":
    main()
