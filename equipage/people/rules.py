"""What people type about themselves, read and checked. Pure functions."""

from __future__ import annotations

import re

from equipage.foundation.french import NARROW, typographic
from equipage.foundation.refusals import Refused
from equipage.territory.names import normalise

_SIGNS = re.compile(r"[\s\u00a0\u202f.\-/()]+")
# Ordinary mail: these domains never belong to the trust space of health mail (MSSanté).
ORDINARY_MAIL = frozenset(
    (
        *(
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "outlook.fr",
            "hotmail.com",
            "hotmail.fr",
            "live.fr",
            "live.com",
        ),
        *(
            "live.com",
            "msn.com",
            "yahoo.com",
            "yahoo.fr",
            "orange.fr",
            "wanadoo.fr",
            "free.fr",
            "sfr.fr",
            "neuf.fr",
            "laposte.net",
        ),
        *("bbox.fr", "numericable.fr", "icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.fr", "aol.com"),
    )
)
PARTICLES = frozenset(("le", "la", "les", "l", "de", "du", "des", "d", "ben", "el", "da", "van", "von"))
# Which kind of organisation each role is held in.
KIND_OF_ROLE = {
    "association_officer": "association",
    "association_treasurer": "association",
    "association_admin": "association",
    "ars_department": "delegation",
    "ars_region": "agency",
    "platform_admin": "platform",
}


def check_phone(raw: str) -> str:
    """A French telephone as « 02 41 00 00 00 » (narrow spaces), or an international one as typed without signs.

    Raises Refused.
    """
    compact = _SIGNS.sub("", raw.strip())
    compact = re.sub(r"^(?:\+33|0033)0?", "0", compact)
    if re.fullmatch(r"0[1-9][0-9]{8}", compact):
        return NARROW.join(compact[at : at + 2] for at in range(0, 10, 2))
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", compact):
        return compact
    digits = sum(sign.isdigit() for sign in compact)
    raise Refused(
        typographic(
            f"Un numéro de téléphone français compte 10 chiffres et commence par 0 ; nous en lisons {digits}. "
            "Pour un numéro étranger, commencez par + et l'indicatif du pays."
        ),
        field="phone",
    )


def check_secure_mail(address: str) -> str:
    """An address of secure health mail (MSSanté), in small letters. Raises Refused for an ordinary mailbox.

    The white list of domains is not public: what is not known to be ordinary is accepted, as a dated declaration.
    """
    value = address.strip().lower()
    domain = value.rpartition("@")[2]
    if domain in ORDINARY_MAIL:
        raise Refused(
            typographic(
                f"« {domain} » est une messagerie ordinaire. Indiquez votre adresse de messagerie sécurisée de santé : "
                "elle finit le plus souvent par .mssante.fr. Votre Ordre ou Mailiz en ouvre une gratuitement."
            ),
            field="secure_mail",
        )
    return value


def same_person(first_name: str, last_name: str, other_first_name: str, other_last_name: str) -> bool:
    """May these two names be those of one person? Accents and capitals aside, a word of each part is common.

    « Anne-Marie Le Gall » and « ANNE LE GALL-ROUX » may; two people of one family may not.
    """
    first = set(normalise(first_name).split()) & set(normalise(other_first_name).split())
    last = _long_words(last_name) & _long_words(other_last_name)
    return bool(first and last)


def _long_words(name: str) -> set[str]:
    """The words that tell families apart: not « le » nor « de », unless the name has nothing else."""
    words = set(normalise(name).split())
    return {word for word in words if word not in PARTICLES} or words
