"""One spelling for the names people type: without accents, capitals, apostrophes, hyphens or abbreviations."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SUR = re.compile(r"\bs(?:/|\. )")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
ARTICLES = ("le", "la", "les", "l")


def normalise(name: str) -> str:
    """`name` as it is compared: « Chemillé-en-Anjou » and « CHEMILLE EN ANJOU » give the same text.

    « St » and « Ste » become « saint » and « sainte », « s/ » becomes « sur », « 12e » stays « 12e ».
    """
    decomposed = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
    words = _NOT_A_WORD.sub(" ", _SUR.sub(" sur ", plain)).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)
