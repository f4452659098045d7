"""What each type of protocol asks before it comes into force: one small table, to be changed here and nowhere else.

Only what a source says is asked. What no source told us is said as such on the page (« inconnu, à vérifier »), never
guessed. The checks behind the names of `demands` are in `rules.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

ORGANISATIONAL, OUTSIDE_FEES, COOPERATION = "organisational", "outside_fees", "cooperation"
# The names of the demands: each profession said yes · the association was told · it answered « favourable » · the act
# that authorises it is named.
PROFESSIONS, TOLD, FAVOURABLE, LEGAL_ACT = "professions", "told", "favourable", "legal_act"

SCOPES = (
    ("national", "National, autorisé par arrêté"),
    ("local", "Local, déclaré (possible depuis 2021)"),
)


@dataclass(frozen=True)
class Kind:
    """A type of protocol: what it is, what it asks (`demands`), what no source told us."""

    code: str
    label: str
    meaning: str
    demands: tuple[str, ...]
    unknown: str = ""
    law: str = ""
    source: str = ""


KINDS: tuple[Kind, ...] = (
    Kind(
        ORGANISATIONAL,
        "Organisationnel",
        "Il dit qui fait quoi, quand et comment, chacun dans son métier.",
        (PROFESSIONS,),
        source="fiche méthode de la Haute Autorité de santé (HAS)",
    ),
    Kind(
        OUTSIDE_FEES,
        "Avec des actes hors nomenclature",
        "Il prévoit des actes qui ne figurent pas dans la nomenclature des actes remboursés.",
        (PROFESSIONS, TOLD),
        unknown=(
            "Qui valide un protocole avec des actes hors nomenclature, et comment ces actes sont payés : inconnu ici, "
            "à vérifier avec l'association. Elle est prévenue quand vous le proposez, lit le texte et peut donner "
            "son avis."
        ),
        source="plaquette des ESP CLAP et comparatif des formes, type d'action « Protocole »",
    ),
    Kind(
        COOPERATION,
        "Protocole de coopération",
        "Il transfère des actes ou des activités d'une profession à une autre.",
        (PROFESSIONS, LEGAL_ACT),
        unknown="Les autres conditions du texte qui l'autorise : inconnues ici, à vérifier dans ce texte.",
        law=(
            "Ses règles juridiques sont différentes (article L. 4011-1 du code de la santé publique) : un protocole "
            "national est autorisé par arrêté, après avis de la HAS ; un protocole local est possible depuis 2021. "
            "L'accord de l'équipe ne suffit pas."
        ),
        source="article L. 4011-1 du code de la santé publique",
    ),
)

_BY_CODE = {kind.code: kind for kind in KINDS}


def kind_named(code: str) -> Kind:
    """A type by its code; the first one for a code that the table no longer knows."""
    return _BY_CODE.get(code, KINDS[0])


def choices() -> list[tuple[str, str]]:
    """(code, label) of every type."""
    return [(kind.code, kind.label) for kind in KINDS]
