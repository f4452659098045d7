"""What an answer of the bank is shown as, before and after it is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from equipage.foundation.french import counted, day
from equipage.foundation.listing import Badge
from equipage.payments.answers.reasons import explain
from equipage.payments.models import PaymentRun
from equipage.payments.services.answers import Plan

OUTCOMES = {
    "executed": Badge("Exécuté", "ok"),
    "accepted": Badge("Accepté", "info"),
    "pending": Badge("En attente", "wait"),
    "rejected": Badge("Rejeté", "stop"),
    "returned": Badge("Revenu", "stop"),
    "received": Badge("Reçu", "info"),
    "partial": Badge("En partie", "info"),
}
FATES = {
    "executed": "Sera noté exécuté.",
    "rejected": "Sera noté rejeté : la somme reste due.",
    "returned": "Sera noté revenu : la somme est due à nouveau.",
    "later": "Son retour sera noté avec l'exécution de la campagne.",
    "known": "Déjà connu : rien ne change.",
    "contradicted": "La banque l'a aussi dit exécuté : rien ne change, voyez avec elle.",
    "undecided": "Rien n'est encore décidé.",
}


def rows_of(lines: Iterable[Any], plan: Plan, *, decided: bool) -> list[dict[str, Any]]:
    """Each line with what the bank says, why, and what recording it writes."""
    return [
        {
            "payment": line.payment,
            "badge": OUTCOMES[line.outcome],
            "on": line.booked_on,
            "reason": explain(line.reason_code, line.reason_text).sentence
            if line.outcome in ("rejected", "returned")
            else "",
            "fate": "" if decided else FATES[plan.fates[line.pk]],
        }
        for line in lines
    ]


def summary_of(plan: Plan) -> list[str]:
    """What recording the whole answer does, in sentences."""
    runs = PaymentRun.objects.defer("bank_file").in_bulk([*plan.executes, *plan.waiting])
    said = [
        f"La campagne {runs[key].number} est exécutée, au {day(on)} : ses lignes sont versées, chaque personne est "
        "prévenue."
        for key, on in sorted(plan.executes.items())
    ]
    for fate, what in (("rejected", "rejeté"), ("returned", "revenu")):
        count = plan.count(fate)
        if count:
            said.append(
                f"{counted(count, f'virement est noté {what}', f'virements sont notés {what}s')} : les sommes restent "
                "dues et seront refaites."
            )
    said += [
        f"La campagne {runs[key].number} attend encore la réponse de la banque pour "
        f"{counted(left, 'virement', 'virements')}."
        for key, left in sorted(plan.waiting.items())
    ]
    return said or ["Rien ne change : ce fichier ne dit rien de nouveau."]
