"""The words that a convention leaves to be filled, written `{professional_name}` in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from equipage.rules.errors import BadInput
from equipage.rules.reading import Path_

PLACEHOLDERS: Mapping[str, str] = {
    "association_name": "nom de l'association",
    "association_address": "adresse de l'association",
    "association_representative": "personne qui signe pour l'association",
    "professional_name": "nom du professionnel",
    "professional_profession": "profession",
    "professional_rpps": "numéro RPPS",
    "team_name": "nom de l'équipe",
    "registration_number": "numéro d'enregistrement par l'ARS",
    "registration_day": "jour de l'enregistrement",
    "agency_name": "nom de l'agence régionale de santé",
    "start_day": "premier jour d'effet",
    "duration": "durée",
    "scale_label": "nom du barème en vigueur",
    "envelope": "enveloppe annuelle de l'équipe",
    "actions": "actions du projet de santé",
}
_WORD = re.compile(r"\{([^{}]*)\}")


def unknown_placeholders(data: Any, at: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every word between braces that nobody will fill, with the key where it stands."""
    if isinstance(data, str):
        for word in _WORD.findall(data):
            if word not in PLACEHOLDERS:
                yield at, word
    elif isinstance(data, list | dict):
        for key, item in enumerate(data) if isinstance(data, list) else data.items():
            yield from unknown_placeholders(item, (*at, key))


def words_of(text: str) -> set[str]:
    """The words to be filled in a text."""
    return set(_WORD.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its words filled; raises BadInput naming the ones that were not given."""
    missing = sorted(word for word in words_of(text) if not values.get(word))
    if missing:
        names = ", ".join(PLACEHOLDERS.get(word, word) for word in missing)
        raise BadInput(f"Il manque de quoi remplir la convention\u202f: {names}.")
    return _WORD.sub(lambda match: values[match.group(1)], text)
