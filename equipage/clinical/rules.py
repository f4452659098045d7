"""What the vault computes without a database: the key of an INS number, initials, how long a file is kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from equipage.clinical.nomenclatures import InsSystem
from equipage.foundation.french import typographic
from equipage.foundation.periods import add_months
from equipage.foundation.refusals import Refused

# A reference, not a law: hence the two settings of the environment.
RETENTION_SOURCE = "CNIL, référentiel des cabinets médicaux et paramédicaux, délibération 2020-081 du 18 juin 2020"
OLDEST = 130  # years: nobody older is a typing mistake away
LONGEST_TEXT = 20_000  # characters: some eight pages
_SPACES = re.compile(r"[\s\u00a0\u202f.\-]+")
_CORSICA = {"2A": "19", "2B": "18"}


@dataclass(frozen=True)
class Retention:
    """How long a file is kept after the last intervention, in years: in use, then put away.

    Source: RETENTION_SOURCE (5 years in use, 15 put away: 20 in all).
    """

    active: int
    archived: int

    def archive_on(self, last: date) -> date:
        """The day it is put away."""
        return add_months(last, 12 * self.active)

    def erase_on(self, last: date) -> date:
        """The day it is erased."""
        return add_months(last, 12 * (self.active + self.archived))


def check_ins(raw: str) -> str:
    """An INS number: 13 characters and a key of 2 digits (97 − n mod 97; 2A counts 19, 2B 18). Raises Refused."""
    value = _SPACES.sub("", raw).upper()
    if not value:
        return ""
    if not re.fullmatch(r"[0-9]{6}[0-9AB][0-9]{8}", value) or not re.fullmatch(r"2[AB]|[0-9]{2}", value[5:7]):
        raise Refused(
            typographic(
                f"Un INS compte 15 chiffres, la clé comprise (2A ou 2B en Corse) ; nous lisons {len(value)} signes. "
                "Relisez-le sur la carte Vitale ou l'attestation."
            ),
            field="ins",
        )
    department = value[5:7]
    number = int(value[:5] + _CORSICA.get(department, department) + value[7:13])
    if int(value[13:]) != 97 - number % 97:
        raise Refused(
            typographic(
                "La clé de cet INS (les 2 derniers chiffres) ne tombe pas juste : un chiffre est sans doute mal "
                "recopié. Relisez les 15 chiffres, ou laissez la case vide."
            ),
            field="ins",
        )
    return value


def ins_system(demo: bool) -> str:
    """The OID under which a number typed here is kept: a test number in a demonstration."""
    return InsSystem.TEST.value if demo else InsSystem.NIR.value


def check_birth_date(born: date, on: date) -> None:
    """A birth is past, and recent enough. Raises Refused."""
    if born > on:
        raise Refused("La date de naissance est dans l'avenir : vérifiez l'année.", field="birth_date")
    if on.year - born.year > OLDEST:
        raise Refused(
            typographic(f"La date de naissance donne plus de {OLDEST} ans : vérifiez l'année."), field="birth_date"
        )


def check_past(day: date, on: date, *, field: str, what: str) -> None:
    """A fact that is recorded has happened. Raises Refused."""
    if day > on:
        raise Refused(typographic(f"{what} est dans l'avenir : vérifiez la date."), field=field)
    if day.year < 1990:
        raise Refused(typographic(f"{what} est bien loin : vérifiez l'année."), field=field)


def check_length(text: str, *, field: str) -> None:
    """A text is short enough to be read by those who care. Raises Refused."""
    if len(text) > LONGEST_TEXT:
        shown = f"{len(text):,}".replace(",", "\u202f")
        limit = f"{LONGEST_TEXT:,}".replace(",", "\u202f")
        raise Refused(
            typographic(
                f"Ce texte compte {shown} signes ; la limite est de {limit}. Gardez l'essentiel : ce qui est "
                "strictement nécessaire à la coordination."
            ),
            field=field,
        )


def initials(last: str, first: str) -> str:
    """« M. D. » of Marcel Durand: what a list shows first."""
    return " ".join(f"{name.strip()[0].upper()}." for name in (first, last) if name.strip())


def same_name(*parts: str) -> str:
    """A name as it is compared: without accents, capitals, spaces nor hyphens."""
    plain = unicodedata.normalize("NFKD", " ".join(parts)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def age(born: date, on: date) -> int:
    """In whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
