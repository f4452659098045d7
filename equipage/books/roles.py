"""The parts that accounts play (rôles des comptes): an entry names a part, the accountant names its account.

Defaults after règlement ANC 2018-06 over the general plan (interop §5.4, a belief to confirm): an accountant renames,
replaces or maps them again at any moment. What is written keeps the account it was written on.
"""

from __future__ import annotations

from dataclasses import dataclass

PAYABLE = "payable"
BANK = "bank"
EXPENSE = "expense"
SUBSIDY_RECEIVABLE = "subsidy_receivable"
SUBSIDY_INCOME = "subsidy_income"
EARMARKED_INCOME = "earmarked_income"
DEDICATED = "dedicated"
DEDICATED_REPORT = "dedicated_report"
DEDICATED_USE = "dedicated_use"
DEBTORS = "debtors"
SURPLUS = "surplus"
DEFICIT = "deficit"


@dataclass(frozen=True)
class Part:
    """One part: its name on screen, its default account, how the code of an account that plays it begins."""

    label: str
    code: str
    account_label: str
    begins: str


PARTS: dict[str, Part] = {
    PAYABLE: Part("Ce qui est dû aux professionnels", "401", "Professionnels à payer", "4"),
    BANK: Part("La banque", "512", "Banque", "5"),
    EXPENSE: Part("Les indemnités versées", "6226", "Indemnités de coordination versées aux professionnels", "6"),
    SUBSIDY_RECEIVABLE: Part("Les subventions à recevoir", "441", "État et autres financeurs, subventions", "4"),
    SUBSIDY_INCOME: Part("Les subventions sans affectation", "740", "Subventions d'exploitation", "7"),
    EARMARKED_INCOME: Part("Les subventions affectées", "741", "Subventions d'exploitation affectées", "7"),
    DEDICATED: Part("Les fonds dédiés", "194", "Fonds dédiés sur subventions d'exploitation", "19"),
    DEDICATED_REPORT: Part("Le report en fonds dédiés", "6894", "Reports en fonds dédiés sur subventions", "689"),
    DEDICATED_USE: Part("L'utilisation de fonds dédiés", "7894", "Utilisations de fonds dédiés sur subventions", "789"),
    DEBTORS: Part("Ce que des personnes doivent", "467", "Débiteurs divers", "4"),
    SURPLUS: Part("Le résultat, s'il est un excédent", "120", "Résultat de l'exercice, excédent", "1"),
    DEFICIT: Part("Le résultat, s'il est un déficit", "129", "Résultat de l'exercice, déficit", "1"),
}


def has_auxiliary(code: str) -> bool:
    """Is the account one of third parties (classe 4), followed person by person and funder by funder?"""
    return code.startswith("4")


def follows_funder(code: str) -> bool:
    """Is the balance of the account followed funder by funder: third parties, and dedicated funds (19)?"""
    return code.startswith(("4", "19"))


def is_carried(code: str) -> bool:
    """Does the balance of the account go on into the next year (classes 1 to 5, comptes de bilan)?"""
    return code[:1] in {"1", "2", "3", "4", "5"}
