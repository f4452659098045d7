"""What looks like somebody: a name, a day of birth, a social security number. A question to ask, never a block. Pure.

No text of a meeting leaves the team, yet it names nobody: what looks like a person is said beside the field, and the
person who wrote it decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LETTER = "A-ZÀ-ÖØ-Þ"
_NAME = rf"[{_LETTER}][\w’'-]+"
# « Dr Martin » is a colleague: only titles of everybody are looked for.
_TITLED = re.compile(
    rf"\b(?:(?:M\.|Mr\.?|Mme\.?|Mlle\.?|Mle)|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Ff]amille)\s+{_NAME}"
)
_FULL_NAME = re.compile(rf"(?<![\w’'-])({_NAME})[ \u00a0]({_NAME})(?![\w’'-])")
_INITIALS = re.compile(rf"(?<!\w)[{_LETTER}]\.\s?[{_LETTER}]\.(?!\w)")
_BORN = re.compile(r"\b[Nn]ée?s?\s+(?:le\b|en\s+(?:19|20)\d\d)")
_DAY = re.compile(r"\b(0?[1-9]|[12]\d|3[01])[/.\-](0?[1-9]|1[0-2])[/.\-]((?:19|20)\d\d)\b")
# A patient identity (INS) is a social security number: 13 digits and a key, Corsica with a letter.
_NIR = re.compile(
    r"(?<!\d)[1278][ .\u00a0]?\d{2}[ .\u00a0]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .\u00a0]?(?:\d{2}|2[ABab])[ .\u00a0]?"
    r"\d{3}[ .\u00a0]?\d{3}(?:[ .\u00a0]?\d{2})?(?!\d)"
)
# A birthday is not of last week: a date so recent is that of a stay or an appointment.
_YOUNGEST_YEARS = 3


def personal_signs(text: str, *, this_year: int, known: Iterable[str] = ()) -> list[str]:
    """The pieces of a text that look like a person, each as it is written, in order and once.

    `known` are the names of colleagues, which may be written.
    """
    colleagues = {word.casefold() for name in known for word in name.split() if len(word) > 1}
    found: list[tuple[int, str]] = []
    for pattern in (_NIR, _BORN, _INITIALS):
        found += [(match.start(), match[0]) for match in pattern.finditer(text)]
    for match in _DAY.finditer(text):
        if int(match[3]) <= this_year - _YOUNGEST_YEARS:
            found.append((match.start(), match[0]))
    for match in _TITLED.finditer(text):
        if match[0].split()[-1].casefold() not in colleagues:
            found.append((match.start(), match[0]))
    for match in _FULL_NAME.finditer(text):
        if _looks_like_a_name(match) and not {match[1].casefold(), match[2].casefold()} & colleagues:
            found.append((match.start(), match[0]))
    return list(dict.fromkeys(sign for _, sign in sorted(found)))


# Words that are written with a capital and are nobody, besides acronyms.
# fmt: off
_NOBODY = frozenset((
    "dr", "pr", "mme", "le", "la", "les", "un", "une", "des", "il", "elle", "on", "ils", "elles", "situation",
    "equipe", "équipe", "docteur", "centre", "hôpital", "hopital", "clinique", "maison", "service", "soins", "rue",
    "avenue", "place", "bureau", "réseau", "association", "agence", "caisse", "conseil", "département", "mairie",
    "france", "loire", "maine", "anjou", "bretagne", "saint", "sainte", "urgences", "pharmacie", "cabinet",
    "protocole", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
))
# fmt: on


def _looks_like_a_name(match: re.Match[str]) -> bool:
    """Two words with a capital that are not the beginning of a sentence, an acronym or a place."""
    first, second = match[1], match[2]
    if {first.casefold(), second.casefold()} & _NOBODY:
        return False
    if first.isupper() and second.isupper():
        return False
    # « Elle Marche » begins a sentence with one capital only: the second word tells.
    return not (second.isupper() and len(second) <= 4) and not (first.isupper() and len(first) <= 4)


def question_about(signs: list[str]) -> str:
    """The question asked beside the field; empty when nothing looks like anybody."""
    if not signs:
        return ""
    shown = ", ".join(f"« {sign} »" for sign in signs[:3])
    return (
        f"{shown} : est-ce que cela désigne un patient ? Si oui, retirez-le : un code et une situation suffisent. "
        "Sinon, laissez ainsi."
    )
