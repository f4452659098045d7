"""The few words that every template says, in both of its files."""

from __future__ import annotations

from equipage.foundation.french import day, typographic
from equipage.support.toolbox.blocks import Blank

FREE = typographic("Modèle libre : copiez-le, changez-le.")
ORIGIN = typographic("D'où vient ce modèle")
EXAMPLE = typographic("Exemple : {}")
SIGN_HERE = "Nom, date et signature"


def foot(blank: Blank) -> str:
    """The foot of every page: what it is, who proposes it, and which version it is."""
    return typographic(f"{blank.name}. Modèle proposé par Équipage, version du {day(blank.dated)}.")
