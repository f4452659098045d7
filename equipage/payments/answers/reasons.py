"""Reason codes (motifs de rejet ou de retour) in words: for the person paid, what to do, and who does it.

Source: ISO 20022 external code sets, ExternalStatusReason1Code, ExternalReturnReason1Code and the SEPA recall reasons.
A code means only what these lists say; a code not listed here is shown as it is, with the bank's own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from equipage.foundation.french import typographic

Who = Literal["person", "administration", "treasurer"]


@dataclass(frozen=True)
class Reason:
    """Why a transfer failed (`sentence`, which the person paid may read), what to do, and who does it."""

    code: str
    sentence: str
    to_do: str
    who: Who
    known: bool = True


_GIVE_ACCOUNT = "Donner de nouvelles coordonnées bancaires, depuis un RIB récent ; le virement sera refait ensuite."
_ASK_BANK = "Demander à la banque de l'association ce qui s'est passé avant de refaire le virement."
_CHECK_DUPLICATE = "Vérifier dans le relevé si le premier virement est arrivé ; ne pas le refaire avant de le savoir."
_SUPPORT = "Ne rien renvoyer tel quel : faire corriger le fichier, puis le redonner à la banque."

_TABLE: dict[str, tuple[str, str, Who]] = {
    "AC01": ("Le numéro de compte n'est pas valable ou manque.", _GIVE_ACCOUNT, "person"),
    "AC03": ("L'IBAN du compte à créditer n'est pas valable.", _GIVE_ACCOUNT, "person"),
    "AC04": ("Ce compte est clos.", _GIVE_ACCOUNT, "person"),
    "AC06": (
        "La banque indique que ce compte est bloqué.",
        "Voir avec sa banque, ou donner les coordonnées d'un autre compte ; le virement sera refait ensuite.",
        "person",
    ),
    "AG01": (
        "Ce type de compte ne peut pas recevoir de virement (un livret, par exemple).",
        "Donner les coordonnées d'un compte courant ; le virement sera refait ensuite.",
        "person",
    ),
    "AG02": (
        "La banque n'a pas accepté la nature de l'opération ; vos coordonnées bancaires ne sont pas en cause.",
        _ASK_BANK,
        "treasurer",
    ),
    "AM04": (
        "Le compte de l'association n'était pas assez approvisionné ; vos coordonnées bancaires ne sont pas en cause.",
        "Approvisionner le compte de l'association, puis refaire le virement.",
        "treasurer",
    ),
    "AM05": ("La banque a reconnu un virement déjà présenté.", _CHECK_DUPLICATE, "treasurer"),
    "ARDT": (
        "Ce virement avait déjà été renvoyé par la banque.",
        "Retrouver le premier retour dans le relevé ; ne rien refaire avant.",
        "treasurer",
    ),
    "BE05": (
        "L'association qui verse n'a pas été reconnue par la banque ou le titulaire du compte.",
        "Vérifier avec la personne le compte à utiliser, puis refaire le virement.",
        "administration",
    ),
    "BE06": ("La banque ne connaît pas, ou plus, le titulaire de ce compte.", _GIVE_ACCOUNT, "person"),
    "CUST": (
        "Le virement a été annulé à la demande de l'association.",
        "Dire à la personne pourquoi, et quand elle sera payée.",
        "treasurer",
    ),
    "DT01": (
        "La date du virement n'est pas valable ; vos coordonnées bancaires ne sont pas en cause.",
        "Refaire le virement avec une date d'exécution à venir, un jour ouvré.",
        "treasurer",
    ),
    "DUPL": ("La banque a reconnu un virement en double.", _CHECK_DUPLICATE, "treasurer"),
    "FF01": (
        "Le fichier donné à la banque est incomplet ou mal formé ; vos coordonnées bancaires ne sont pas en cause.",
        _SUPPORT,
        "administration",
    ),
    "FOCR": (
        "Le virement a été renvoyé à la suite d'une demande d'annulation.",
        "Dire à la personne pourquoi, et quand elle sera payée.",
        "treasurer",
    ),
    "MD07": (
        "La banque fait savoir que le titulaire de ce compte est décédé.",
        "N'envoyer aucun message automatique. S'assurer de la nouvelle avec l'équipe, avec égards, puis voir avec le "
        "notaire ou la famille comment régler ce qui est dû.",
        "administration",
    ),
    "MS02": (
        "Le titulaire du compte a fait refuser le virement, sans en donner la raison.",
        "Voir avec la personne pourquoi, et sur quel compte la payer.",
        "administration",
    ),
    "MS03": ("La banque n'a pas donné la raison.", _ASK_BANK, "treasurer"),
    "NARR": (
        "La banque donne la raison dans ses propres mots.",
        "Lire ce que la banque a écrit, et agir.",
        "treasurer",
    ),
    "NOAS": (
        "Le bénéficiaire n'a pas répondu à la demande de renvoi des fonds.",
        "Voir directement avec la personne.",
        "treasurer",
    ),
    "RC01": ("L'identifiant de la banque (BIC) n'a pas le bon format.", _GIVE_ACCOUNT, "person"),
    "RR01": (
        "La réglementation demande le compte ou l'identifiant de l'association, insuffisant ou absent.",
        "Compléter avec la banque l'identification de l'association, puis refaire le virement.",
        "treasurer",
    ),
    "RR02": (
        "La réglementation demande le nom ou l'adresse de l'association, insuffisants ou absents.",
        "Compléter avec la banque le nom et l'adresse de l'association, puis refaire le virement.",
        "treasurer",
    ),
    "RR03": (
        "La réglementation demande le nom ou l'adresse du titulaire du compte, insuffisants ou absents.",
        "Vérifier le nom du titulaire, tel que sur le RIB, puis refaire le virement.",
        "administration",
    ),
    "RR04": ("La banque invoque un motif réglementaire.", _ASK_BANK, "treasurer"),
    "TECH": ("Un problème technique a produit un virement erroné.", _ASK_BANK, "treasurer"),
    "TM01": (
        "Le fichier est arrivé à la banque après l'heure limite ; vos coordonnées bancaires ne sont pas en cause.",
        "Refaire le virement en le donnant plus tôt dans la journée.",
        "treasurer",
    ),
}
# Who reads these may be the family: nothing goes out by itself.
TACTFUL = frozenset({"MD07"})
# Paying again by itself might pay twice, or pay what was called back: somebody looks first, and releases it.
HELD = TACTFUL | {"AM05", "ARDT", "CUST", "DUPL", "FOCR", "NOAS", "TECH"}


def explain(code: str, text: str = "") -> Reason:
    """The reason in words; `text` is what the bank added (AddtlInf) and stands at the end of the sentence."""
    found = _TABLE.get(code)
    added = f" La banque écrit : « {text} »." if text else ""
    if found:
        sentence, to_do, who = found
        return Reason(code, typographic(sentence + added), typographic(to_do), who)
    if code:
        sentence = f"La banque donne le motif « {code[:35]} », qu'Équipage ne connaît pas."
    else:
        sentence = "La banque n'a pas donné de motif."
    return Reason(code, typographic(sentence + added), typographic(_ASK_BANK), "treasurer", known=False)


def choices() -> list[tuple[str, str]]:
    """(code, words) of every known reason, for a form; the empty code first."""
    known = sorted(_TABLE.items())
    return [("", "La banque n'a pas donné de motif"), *((code, f"{code} : {row[0]}") for code, row in known)]
