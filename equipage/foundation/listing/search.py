"""Search without accents, capitals or database extensions: the model keeps a normalised column, the list filters it."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})

# Enough for any name; more words only cost time.
MAX_WORDS = 6


def normalised(*parts: Any) -> str:
    """The text that is searched: small letters and digits, no accent, one space between words.

    The same function writes the column (in `save` or `bulk_create`) and reads what the person typed.
    """
    text = unicodedata.normalize("NFKD", " ".join(str(part) for part in parts if part)).lower().translate(_LIGATURES)
    # Lowering may bring new combined letters (« İ »), so the accents leave last.
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def words(typed: str) -> list[str]:
    """The words to find, each one anywhere in the column."""
    return normalised(typed).split()[:MAX_WORDS]


def search_field() -> models.TextField[str, str]:
    """The column to add to a model: `search = search_field()`; fill it with `normalised(...)` when saving."""
    return models.TextField(editable=False, blank=True, default="")
