"""Who is told what became of bank details."""

from __future__ import annotations

from equipage.compensation.services.bank import tell
from equipage.compensation.states import BANK_DETAILS
from equipage.foundation.workflow import Happened


@BANK_DETAILS.effect("confirm")
def tell_of_confirmation(happened: Happened) -> None:
    details = happened.obj
    tell(
        details,
        "compensation.bank_confirmed",
        "Vos coordonnées bancaires sont confirmées",
        f"{details.organisation.name} a confirmé le compte {details.iban_masked} : vos prochains versements y iront."
        "\n\nSi ce compte n'est pas le vôtre, prévenez l'association aujourd'hui.",
    )


@BANK_DETAILS.effect("refuse")
def tell_of_refusal(happened: Happened) -> None:
    details = happened.obj
    tell(
        details,
        "compensation.bank_refused",
        "Vos coordonnées bancaires sont à corriger",
        f"{details.organisation.name} n'a pas pu confirmer le compte {details.iban_masked} : {happened.comment}\n\n"
        "Donnez-les à nouveau, c'est l'affaire d'une minute. Le compte déjà confirmé, s'il y en a un, reste utilisé.",
    )
