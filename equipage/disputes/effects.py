"""What follows from each move of a dispute: who is told."""

from __future__ import annotations

from equipage.disputes.states import DISPUTE
from equipage.disputes.telling import tell_association, tell_payee
from equipage.foundation.workflow import Happened

_NOT_AGREED = "Si vous n'êtes pas d'accord, dites-le sur la page : une autre personne réexaminera, une fois."


@DISPUTE.effect("keep")
def tell_kept(happened: Happened) -> None:
    body = f"L'association a répondu : le montant est maintenu. Lisez pourquoi.\n\n{_NOT_AGREED}"
    tell_payee(happened.obj, "kept", "Votre contestation a sa réponse", body)


@DISPUTE.effect("correct")
def tell_corrected(happened: Happened) -> None:
    body = f"L'association a corrigé le montant. Lisez de combien, et quand.\n\n{_NOT_AGREED}"
    tell_payee(happened.obj, "corrected", "Votre ligne est corrigée", body)


@DISPUTE.effect("uphold", "amend")
def tell_reviewed(happened: Happened) -> None:
    body = "Une autre personne de l'association a réexaminé votre contestation. Lisez sa réponse."
    tell_payee(happened.obj, "reviewed", "Votre contestation est réexaminée", body)


@DISPUTE.effect("reopen")
def tell_reopened(happened: Happened) -> None:
    tell_association(happened.obj, "reopened")
