"""French identifiers (RPPS, FINESS, SIRET, RNA, IBAN…): read what people type, give the one spelling we keep.

Each `check_*` answers a `Checked` or raises `Refused` with a sentence that says what is wrong and how to mend it.
Leniencies are deliberate: a number that exists must never be turned away, so a doubtful key is a warning, not a
refusal, wherever real numbers are known to break it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schwifty import BIC, IBAN
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)
from stdnum import luhn
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from equipage.foundation.french import NBSP, counted, typographic
from equipage.foundation.refusals import Refused

# Spaces of every width, and the signs people put between groups of digits.
_SEPARATORS = re.compile(r"[\s\u00a0\u202f\u2009\u200b\ufeff.\-_/]+")
_IBAN_LABEL = re.compile(r"^iban[\s\u00a0\u202f:]*", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """An identifier in the spelling we keep, and what to confirm about it (French), or None."""

    value: str
    warning: str | None = None


def check_rpps(raw: str) -> Checked:
    """RPPS: 11 digits, for life. A failed Luhn key only warns: test, military and some real numbers break it."""
    digits = _digits(raw, "Le numéro RPPS")
    if len(digits) == 12 and digits.startswith("8"):
        raise _refused(
            "Ce numéro compte 12 chiffres : le 8 du début n'appartient pas au RPPS. Saisissez les 11 suivants."
        )
    if len(digits) == 9:
        raise _refused(
            "Le numéro RPPS compte 11 chiffres ; 9 chiffres, c'est un ancien numéro ADELI. Le RPPS l'a remplacé."
        )
    _length(digits, 11, "Le numéro RPPS", "Il figure sur la carte professionnelle de santé et dans l'Annuaire Santé.")
    if not luhn.is_valid(digits):
        return _doubtful(digits, "La clé de ce numéro RPPS est inhabituelle : vérifiez-le dans l'Annuaire Santé.")
    return Checked(digits)


def check_adeli(raw: str) -> Checked:
    """ADELI: 9 characters, kept only as a former number (professions moved to the RPPS). No key is enforced."""
    value = _compact(raw)
    if not re.fullmatch(r"[0-9][0-9AB][0-9]{7}", value):
        raise _refused(
            f"Un numéro ADELI compte 9 chiffres et commence par le département ; nous lisons {_count(value)} "
            f"dans « {raw.strip()} »."
        )
    return Checked(value)


def check_finess(raw: str) -> Checked:
    """FINESS: 9 letters or digits (a Corsican one carries a letter). A numeric one that fails Luhn only warns."""
    value = _compact(raw)
    if not re.fullmatch(r"[0-9A-Z]{9}", value):
        raise _refused(
            f"Un numéro FINESS compte 9 caractères, chiffres ou lettres ; nous en lisons {len(value)}. "
            "Il figure dans le répertoire FINESS, à la page de l'établissement."
        )
    if value.isdigit() and not luhn.is_valid(value):
        return _doubtful(value, "La clé de ce numéro FINESS est inhabituelle : vérifiez-le dans le répertoire FINESS.")
    return Checked(value)


def check_siren(raw: str) -> Checked:
    """SIREN: 9 digits with a Luhn key."""
    digits = _digits(raw, "Le SIREN")
    if len(digits) == 14:
        raise _refused(
            f"Ce numéro compte 14 chiffres : c'est un SIRET. Le SIREN est fait des 9 premiers : {_grouped(digits[:9])}."
        )
    _length(digits, 9, "Le SIREN", "Il figure sur l'avis de situation de l'INSEE.")
    try:
        return Checked(stdnum_siren.validate(digits))
    except StdnumError:
        raise _refused(
            "La clé de ce SIREN ne tombe pas juste : un chiffre est sans doute mal recopié. Relisez les 9 chiffres."
        ) from None


def check_siret(raw: str) -> Checked:
    """SIRET: 14 digits, the SIREN and the establishment, with Luhn keys; La Poste has its own rule."""
    digits = _digits(raw, "Le SIRET")
    if len(digits) == 9:
        raise _refused(
            "Ce numéro compte 9 chiffres : c'est un SIREN. Ajoutez les 5 chiffres de l'établissement (le NIC)."
        )
    _length(digits, 14, "Le SIRET", "Il figure sur l'avis de situation de l'INSEE et sur les bulletins de paie.")
    try:
        return Checked(stdnum_siret.validate(digits))
    except StdnumError:
        part = "des 9 premiers chiffres (le SIREN)" if not stdnum_siren.is_valid(digits[:9]) else "des 14 chiffres"
        raise _refused(
            f"La clé {part} ne tombe pas juste : un chiffre est sans doute mal recopié. Relisez le SIRET."
        ) from None


def check_rna(raw: str) -> Checked:
    """RNA number of an association: W and 9 digits; the third character of some is a letter, which only warns."""
    value = _compact(raw)
    if value.startswith("RNA"):
        value = value[3:]
    if re.fullmatch(r"W[0-9]{9}", value):
        return Checked(value)
    if re.fullmatch(r"W[0-9][A-Z][0-9]{7}", value):
        return _doubtful(
            value, "Ce numéro RNA porte une lettre, comme en Corse ou outre-mer : vérifiez-le sur le récépissé."
        )
    if re.fullmatch(r"[0-9]{9}", value):
        raise _refused(
            f"Il manque la lettre W au début du numéro RNA : W{value} ? S'il s'agit d'un SIREN, il a sa propre case."
        )
    after = value[1:] if value.startswith("W") else value
    raise _refused(
        f"Un numéro RNA s'écrit avec la lettre W suivie de 9 chiffres, par exemple W442001234 ; nous lisons "
        f"{_count(after)}{' après le W' if value.startswith('W') else ''}. Il figure sur le récépissé de la préfecture."
    )


def check_iban(raw: str) -> Checked:
    """IBAN of the SEPA area: country, length, key (mod 97) and, for a French account, the RIB key.

    Spaces and a leading « IBAN » are forgiven. The bank's existence is not checked.
    """
    value = _compact(_IBAN_LABEL.sub("", raw.strip()))
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", value):
        raise _refused(_unreadable_iban(value))
    try:
        iban = IBAN(value, validate_bban=True)
    except InvalidLength:
        raise _refused(_wrong_iban_length(value)) from None
    except InvalidCountryCode:
        raise _refused(
            f"« {value[:2]} » n'est pas un code de pays : un IBAN français commence par FR. Relisez les 2 lettres."
        ) from None
    except InvalidBBANChecksum:
        raise _refused(
            "La clé RIB (les 2 derniers chiffres) ne correspond pas au compte. Recopiez l'IBAN depuis le RIB."
        ) from None
    except InvalidChecksumDigits:
        raise _refused(
            "La clé de cet IBAN ne tombe pas juste : un caractère est sans doute mal recopié. Relisez chaque groupe."
        ) from None
    except SchwiftyException:
        raise _refused(_misplaced_letter(value)) from None
    if not iban.in_sepa_zone:
        raise _refused(
            "Ce compte est hors de la zone SEPA : nous ne pouvons y faire un virement. Indiquez un compte de la zone."
        )
    if iban.country_code not in ("FR", "MC"):
        return _doubtful(
            value, f"Ce compte n'est pas tenu en France ({iban.country_code}) : confirmez-le avec le titulaire."
        )
    return Checked(value)


def check_bic(raw: str) -> Checked:
    """BIC of a bank: 8 or 11 characters with a known country."""
    value = _compact(raw)
    if len(value) not in (8, 11):
        raise _refused(
            f"Un BIC compte 8 ou 11 caractères ; nous en lisons {len(value)}. Il figure sur le RIB, près de l'IBAN."
        )
    try:
        return Checked(str(BIC(value)))
    except SchwiftyException:
        raise _refused(
            "Ce BIC n'est pas bien formé : 4 lettres pour la banque, 2 pour le pays, puis 2 ou 5 caractères."
        ) from None


def mask_iban(value: str) -> str:
    """ "FR76 •••• … 189": enough for its holder to recognise an account, not enough to use it."""
    compact = _compact(value)
    return f"{compact[:4]}{NBSP}••••{NBSP}…{NBSP}{compact[-3:]}"


def format_iban(value: str) -> str:
    """The IBAN in groups of four, as banks print it."""
    compact = _compact(value)
    return NBSP.join(compact[start : start + 4] for start in range(0, len(compact), 4))


def bank_of(value: str) -> str:
    """The name of the bank that keeps an account, or "" where the registry does not know it."""
    return IBAN(value, allow_invalid=True).bank_name or ""


def format_siret(value: str) -> str:
    """ "732 829 320 00074"; a SIREN gives its three groups."""
    return _grouped(value[:9]) + (f"{NBSP}{value[9:]}" if len(value) > 9 else "")


def _compact(raw: str) -> str:
    return _SEPARATORS.sub("", raw).upper()


def _digits(raw: str, what: str) -> str:
    compact = _compact(raw)
    strangers = sorted({sign for sign in compact if sign not in "0123456789"})
    if strangers:
        shown = ", ".join(f"« {sign} »" for sign in strangers[:3])
        hint = " Est-ce un zéro plutôt que la lettre O ?" if "O" in strangers else ""
        raise _refused(f"{what} ne contient que des chiffres ; nous y lisons aussi {shown}.{hint}")
    return compact


def _length(digits: str, expected: int, what: str, where: str) -> None:
    if len(digits) == expected:
        return
    gap = expected - len(digits)
    rest = f"il en manque {gap}" if gap > 0 else f"il y en a {-gap} de trop"
    raise _refused(f"{what} compte {expected} chiffres ; nous en lisons {len(digits)} : {rest}. {where}")


def _unreadable_iban(value: str) -> str:
    if not value:
        return "Saisissez l'IBAN : 27 caractères qui commencent par FR, imprimés sur le RIB."
    if re.fullmatch(r"[0-9]{21}[0-9A-Z]{0,2}", value) or value.isdigit():
        return "Ceci ressemble à un RIB. Saisissez l'IBAN : il commence par FR et figure sur le même document."
    strange = sorted({sign for sign in value if not re.fullmatch(r"[A-Z0-9]", sign)})
    if strange:
        return (
            f"Un IBAN ne contient que des lettres sans accent et des chiffres ; nous y lisons aussi « {strange[0]} »."
        )
    return "Un IBAN commence par 2 lettres (le pays) et 2 chiffres (la clé), par exemple FR76. Relisez le début."


def _wrong_iban_length(value: str) -> str:
    if not value.startswith("FR"):
        return (
            f"Cet IBAN compte {counted(len(value), 'caractère')} : ce n'est pas la longueur de son pays ({value[:2]})."
        )
    gap = 27 - len(value)
    rest = f"il en manque {gap}" if gap > 0 else f"il y en a {-gap} de trop"
    return f"Un IBAN français compte 27 caractères ; nous en lisons {len(value)} : {rest}. Recopiez-le depuis le RIB."


def _misplaced_letter(value: str) -> str:
    if value.startswith("FR"):
        body = value[4:14] + value[-2:]
        found = next((sign for sign in body if not sign.isdigit()), "")
        if found:
            hint = " (un zéro, peut-être ?)" if found == "O" else ""
            return (
                f"La lettre « {found} » n'a pas sa place dans la banque, le guichet ou la clé{hint}. Relisez ce groupe."
            )
    return "Cet IBAN n'a pas la forme prévue par son pays : des lettres et des chiffres sont intervertis. Relisez-le."


def _count(value: str) -> str:
    return counted(len(value), "caractère")


def _grouped(siren: str) -> str:
    return NBSP.join(siren[start : start + 3] for start in range(0, 9, 3))


def _doubtful(value: str, warning: str) -> Checked:
    return Checked(value, typographic(warning))


def _refused(sentence: str) -> Refused:
    return Refused(typographic(sentence))
