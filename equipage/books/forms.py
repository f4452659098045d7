"""The forms of the books: accounts, their parts, subsidies."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.books import subsidies
from equipage.books.models import Account, LedgerEntry
from equipage.books.roles import PARTS
from equipage.foundation.money import parse_euros
from equipage.foundation.refusals import Refused


class AccountForm(forms.Form):
    """The number and the label of an account."""

    code = forms.CharField(
        label="Numéro du compte",
        max_length=20,
        help_text="Il commence par trois chiffres, par exemple 6226.",
        error_messages={"required": "Écrivez le numéro du compte, par exemple 6226."},
    )
    label = forms.CharField(
        label="Intitulé",
        max_length=120,
        error_messages={"required": "Écrivez l'intitulé du compte : il figure dans le fichier des écritures."},
    )


class RolesForm(forms.Form):
    """Which account plays each part; only those whose number begins as the part asks are offered."""

    def __init__(self, data: Any = None, *, accounts: list[Account], played: dict[str, Account]) -> None:
        super().__init__(data)
        self.accounts = {account.pk: account for account in accounts}
        for role, part in PARTS.items():
            offered = [(account.pk, str(account)) for account in accounts if account.code.startswith(part.begins)]
            self.fields[role] = forms.TypedChoiceField(
                label=part.label,
                coerce=int,
                choices=offered,
                initial=played[role].pk if role in played else None,
                error_messages={
                    "required": "Choisissez un compte.",
                    "invalid_choice": "Ce compte n'est pas au plan : choisissez-en un de la liste.",
                },
            )

    def chosen(self) -> dict[str, Account]:
        """The account chosen for each part."""
        return {role: self.accounts[key] for role, key in self.cleaned_data.items()}


class SubsidyForm(forms.Form):
    """What a funder notified or paid."""

    NOTIFIED, EARMARKED, RECEIVED = "notified", "earmarked", "received"

    what = forms.ChoiceField(
        label="Ce qui s'est passé",
        choices=[
            (EARMARKED, "Le financeur a notifié une subvention affectée à un projet"),
            (NOTIFIED, "Le financeur a notifié une subvention sans affectation"),
            (RECEIVED, "L'argent est arrivé sur le compte"),
        ],
    )
    funder = forms.CharField(
        label="Financeur",
        max_length=120,
        help_text="Toujours le même nom : les fonds dédiés sont suivis pour chacun.",
        error_messages={"required": "Écrivez le nom du financeur, par exemple ARS Pays de la Loire, FIR."},
    )
    amount = forms.CharField(label="Montant, en euros", max_length=30)
    dated = forms.DateField(label="Date", help_text="Celle de la notification, ou du relevé bancaire.")
    reference = forms.CharField(
        label="Référence de la pièce",
        max_length=40,
        help_text="Numéro de la convention, de l'arrêté ou du relevé. La même référence n'est écrite qu'une fois.",
    )

    def clean_amount(self) -> int:
        """Cents."""
        try:
            return parse_euros(self.cleaned_data["amount"])
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def record(self, organisation: Any, actor: Any) -> LedgerEntry:
        """Write it in the books. Raises Refused."""
        said = self.cleaned_data
        common = {
            "organisation": organisation,
            "funder": said["funder"],
            "amount_cents": said["amount"],
            "dated": said["dated"],
            "reference": said["reference"],
            "actor": actor,
        }
        if said["what"] == self.RECEIVED:
            return subsidies.record_received(**common)
        return subsidies.record_notified(**common, earmarked=said["what"] == self.EARMARKED)
