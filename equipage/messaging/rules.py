"""What a message may not say. Pure functions."""

from __future__ import annotations

import re

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0\u202f]?[A-Z0-9]{4}){2,7}(?:[ \u00a0\u202f]?[A-Z0-9]{1,4})?\b")
_NIR = re.compile(r"\b[1278][ \u00a0\u202f]?\d{2}[ \u00a0\u202f]?(?:0[1-9]|1[0-2]|[2-9]\d)[ \u00a0\u202f]?"
                  r"(?:\d{2}|2[AB])[ \u00a0\u202f]?\d{3}[ \u00a0\u202f]?\d{3}(?:[ \u00a0\u202f]?\d{2})?\b")  # fmt: skip


class TooPrivate(ValueError):
    """A message carries what may not travel by e-mail: a fault of the code that wrote it."""


def check_message(subject: str, body: str) -> None:
    """Refuse a bank account (IBAN) or a social security number (NIR) in a message. Raises TooPrivate."""
    for what, pattern in (("un compte bancaire", _IBAN), ("un numéro de sécurité sociale", _NIR)):
        if pattern.search(subject) or pattern.search(body):
            raise TooPrivate(f"Un message contient {what} : dites-le sur une page, après connexion.")


def check_link(link: str) -> None:
    """A link is a path of this site, or nothing. Raises ValueError."""
    if link and (not link.startswith("/") or link.startswith("//") or "\\" in link or not link.isprintable()):
        raise ValueError(f"Le lien « {link} » n'est pas un chemin de ce site.")


def one_line(subject: str) -> str:
    """A subject fits on one line: a line break in a header would be refused by mail servers."""
    return " ".join(subject.split())
