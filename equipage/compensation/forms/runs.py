"""The small forms of payment runs and of the association's own money."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.fields import IbanField
from equipage.foundation.money import parse_euros
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused


class CancelForm(forms.Form):
    """Why a prepared run is given up."""

    reason = forms.CharField(
        label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Il restera au journal."
    )


class ExecuteForm(forms.Form):
    """The day the bank executed the transfers."""

    executed_on = forms.DateField(
        label="Date d'exécution", initial=today, help_text="Celle du relevé bancaire de l'association."
    )


class AccountForm(forms.Form):
    """The account the association pays from."""

    holder = forms.CharField(label="Titulaire du compte", max_length=70)
    iban = IbanField(label="IBAN du compte de l'association")


class BudgetForm(forms.Form):
    """The regional budget of a year."""

    amount = forms.CharField(label="Montant de l'année, en euros", max_length=30)
    fictitious = forms.BooleanField(label="Montant fictif", required=False)

    def clean_amount(self) -> int:
        """Cents."""
        try:
            return parse_euros(self.cleaned_data["amount"])
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused


def refuse_on(form: Any, refused: Refused) -> None:
    """Put the sentence beside its field, or on top of the form; each reason of a blocked move on its own line."""
    for reason in getattr(refused, "reasons", (refused.sentence,)):
        form.add_error(refused.field if refused.field in form.fields else None, reason)
