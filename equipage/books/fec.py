"""The file of accounting entries (fichier des écritures comptables, FEC), line by line, from rows already read.

Eighteen columns, tabs, decimal commas, days as AAAAMMJJ, ISO 8859-15: article A47 A-1 of the Livre des procédures
fiscales, and the order of the columns in the test tool of the DGFiP (Test-Compta-Demat). No model here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

ENCODING = "iso-8859-15"
COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
OPENING = "AN"
JOURNALS = {
    OPENING: "À-nouveaux",
    "IND": "Indemnités de coordination",
    "BQ": "Banque",
    "SUB": "Subventions",
    "OD": "Opérations diverses",
}
_SPELLED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


@dataclass(frozen=True)
class Side:
    """An account of a movement; its auxiliary account, when it is one of third parties."""

    account: str
    label: str
    auxiliary: str = ""
    auxiliary_label: str = ""


@dataclass(frozen=True)
class Head:
    """What every line of an entry repeats."""

    journal: str
    number: int
    dated: date
    piece: str
    label: str
    validated_on: date


@dataclass(frozen=True)
class Movement:
    """`cents` from the credited side to the debited one. A line of opening balances has one side only."""

    head: Head
    debit: Side | None
    credit: Side | None
    cents: int


def name(siren: str, year: int) -> str:
    """The name that the law gives to the file: the SIREN, and the last day of the civil year.

    A SIREN that is not known yet is left to be written: « SIRENFEC20261231.txt ».
    """
    return f"{siren or 'SIREN'}FEC{year}1231.txt"


def lines(movements: Iterable[Movement]) -> Iterator[bytes]:
    """The header, then the debit and the credit of each movement, in the order given (that of the entries)."""
    yield _line(COLUMNS)
    for one in movements:
        if one.debit is not None:
            yield _line(_columns(one.head, one.debit, debit=one.cents))
        if one.credit is not None:
            yield _line(_columns(one.head, one.credit, credit=one.cents))


def number(rank: int) -> str:
    """The number of an entry on six digits: the opening balances have zero, which some tools take for nothing."""
    return f"{rank:06d}"


def amount(cents: int) -> str:
    """Cents as the file writes them: « 1234,05 »."""
    return f"{cents // 100},{cents % 100:02d}"


def plain(text: str) -> str:
    """Text of one line in ISO 8859-15: no tab, no bar, no line break; a letter that it lacks loses its accents."""
    written = []
    for sign in text.translate(_SPELLED):
        if sign.isspace() or sign == "|" or unicodedata.category(sign).startswith("C"):
            written.append(" ")
            continue
        try:
            sign.encode(ENCODING)
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
            written.append(bare or "?")
        else:
            written.append(sign)
    return " ".join("".join(written).split())


def _columns(one: Head, side: Side, *, debit: int = 0, credit: int = 0) -> tuple[str, ...]:
    day = f"{one.dated:%Y%m%d}"
    return (
        *(one.journal, JOURNALS.get(one.journal, one.journal), number(one.number), day),
        *(side.account, side.label, side.auxiliary, side.auxiliary_label),
        *(one.piece, day, one.label, amount(debit), amount(credit)),
        *("", "", f"{one.validated_on:%Y%m%d}", "", ""),
    )


def _line(columns: Iterable[str]) -> bytes:
    return ("\t".join(plain(column) for column in columns) + "\r\n").encode(ENCODING)
