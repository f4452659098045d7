"""What the test tool of the tax authority checks of a FEC, written again from its published rules. No product code.

Article A47 A-1 of the Livre des procédures fiscales; order and formats after DGFiP, Test-Compta-Demat (`fmt_arrete`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

COLUMNS = [
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
]
FILLED = {*COLUMNS} - {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
DATES = ("EcritureDate", "PieceDate", "ValidDate", "DateLet")


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The records, once the file has a header of eighteen columns and as many in each line."""
    text = content.decode("iso-8859-15")
    assert text.endswith("\r\n")
    header, *lines = text.removesuffix("\r\n").split("\r\n")
    assert header.split("\t") == COLUMNS
    rows = [line.split("\t") for line in lines]
    assert {len(row) for row in rows} <= {len(COLUMNS)}
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def problems(content: bytes) -> list[str]:
    """Sentences; empty for a file that the tool takes."""
    found: list[str] = []
    totals: dict[str, Decimal] = defaultdict(Decimal)
    numbers: list[int] = []
    rows = rows_of(content)
    for at, row in enumerate(rows, start=2):
        found += [f"ligne {at} : {name} est vide" for name in sorted(FILLED) if not row[name].strip()]
        if not re.match(r"[1-7]\d\d", row["CompteNum"]):
            found.append(f"ligne {at} : CompteNum {row['CompteNum']!r}")
        found += [f"ligne {at} : {name} {row[name]!r}" for name in DATES if row[name] and not _is_day(row[name])]
        for name in ("Debit", "Credit"):
            if not re.fullmatch(r"\d+,\d\d", row[name]):
                found.append(f"ligne {at} : {name} {row[name]!r}")
        if row["ValidDate"] < row["EcritureDate"]:
            found.append(f"ligne {at} : validée avant sa date")
        if bool(row["CompAuxNum"]) != bool(row["CompAuxLib"]):
            found.append(f"ligne {at} : compte auxiliaire à moitié écrit")
        totals[row["EcritureNum"]] += cents(row["Debit"]) - cents(row["Credit"])
        numbers.append(int(row["EcritureNum"]))
    found += [f"écriture {number} : déséquilibre de {left}" for number, left in totals.items() if left]
    # Opening balances (à-nouveaux) are written last and stand first: their number is 0.
    first = 0 if any(row["JournalCode"] == "AN" for row in rows) else 1
    if numbers != sorted(numbers) or sorted(set(numbers)) != list(range(first, first + len(set(numbers)))):
        found.append(f"numéros : {sorted(set(numbers))[:10]}")
    return found


def _is_day(written: str) -> bool:
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    return len(written) == 8


def cents(written: str) -> Decimal:
    """An amount of the file."""
    return Decimal(written.replace(",", "."))
