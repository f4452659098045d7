"""The forms of what may be spent, and how a refusal is shown on any form of money."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.money import parse_euros
from equipage.foundation.refusals import Refused


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
