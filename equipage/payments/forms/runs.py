"""The small forms of payment runs and of the association's account."""

from __future__ import annotations

from django import forms

from equipage.foundation.fields import IbanField
from equipage.foundation.periods import today


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
    file_version = forms.ChoiceField(
        label="Version du fichier bancaire",
        choices=[
            ("pain.001.001.09", "pain.001.001.09 (la plus récente)"),
            ("pain.001.001.03", "pain.001.001.03 (l'ancienne)"),
        ],
        help_text="Celle que demande votre banque. Une campagne déjà approuvée garde la sienne.",
        error_messages={"required": "Choisissez la version que demande votre banque."},
    )
