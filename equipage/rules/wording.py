"""How a rule speaks French: the few forms that sentences need, without any framework.

`rules` stands on the lowest floor and imports nothing of the house, so it carries its own small grammar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

NARROW = "\u202f"
NO_BREAK = "\u00a0"

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_NUMBERS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_BEFORE = re.compile(r"[ \u00a0\u202f]+([;:?!»])")
_AFTER = re.compile(r"«[ \u00a0\u202f]+")
_EURO = re.compile(r"(?<=\d) €")


def typographic(text: str) -> str:
    """The same text with the spaces of French printing (espaces fines insécables)."""
    return _EURO.sub(f"{NO_BREAK}€", _AFTER.sub(f"«{NARROW}", _BEFORE.sub(rf"{NARROW}\1", text)))


def number(value: Decimal | int) -> str:
    """A number as read in French: thousands parted by a narrow space, a comma, no useless zeros."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", NARROW).replace(".", ",")


def euros(cents: int) -> str:
    """An amount in cents as « 1 234,50 € »."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100:,}".replace(",", NARROW) + f",{cents % 100:02d}{NO_BREAK}€"


def euros_exact(amount: Decimal) -> str:
    """An amount in euros with at least two decimals, for a rate that may hold more."""
    text = f"{amount:,.6f}".rstrip("0")
    whole, _, cents = text.partition(".")
    return f"{whole.replace(',', NARROW)},{cents.ljust(2, '0')}{NO_BREAK}€"


def day(value: date) -> str:
    """A day as « 1er janvier 2026 »."""
    ordinal = "1er" if value.day == 1 else str(value.day)
    return f"{ordinal}{NO_BREAK}{_MONTHS[value.month - 1]} {value.year}"


def period(start: date, end: date | None) -> str:
    """A half-open period in words; `end` is the first day that no longer holds."""
    if end is None:
        return f"depuis le {day(start)}"
    return f"du {day(start)} au {day(date.fromordinal(end.toordinal() - 1))}"


def de(value: date) -> str:
    """« du 1er janvier 2026 »."""
    return f"du {day(value)}"


def in_words(count: int) -> str:
    """Small numbers in letters, others in digits."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else number(count)


def quantity(count: int, one: str, many: str) -> str:
    """« un médecin », « deux médecins »; `one` holds its article."""
    return one if count == 1 else f"{in_words(count)} {many}"


def duration(minutes: int) -> str:
    """Minutes as « 45 min », « 1 h », « 1 h 30 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK}min"
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02d}" if rest else "")


def enumerate_words(words: Sequence[str], last: str = "et") -> str:
    """« a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def clause(sentence: str) -> str:
    """A sentence made ready to be followed by another one: ends with exactly one full stop."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
