"""The forms of what the bank answers: its file, and a return written by hand."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.documents.receiving import MOST_BYTES
from equipage.foundation.periods import today
from equipage.payments.answers.reasons import choices

_TOO_HEAVY = "Ce fichier pèse plus de 15 Mo : demandez à la banque un relevé d'une période plus courte."


class AnswerForm(forms.Form):
    """The file that the bank gives."""

    file = forms.FileField(
        label="Fichier de la banque (pain.002, camt.053 ou camt.054)",
        help_text="Il est lu, puis oublié : seul ce qu'il dit de vos virements est gardé. 15 Mo au plus.",
        error_messages={
            "required": "Choisissez le fichier téléchargé depuis l'espace de la banque.",
            "empty": "Ce fichier est vide : téléchargez-le de nouveau depuis l'espace de la banque.",
        },
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".xml,text/xml,application/xml",
                "data-most-bytes": str(MOST_BYTES),
                "data-too-heavy": _TOO_HEAVY,
            }
        ),
    )

    def clean_file(self) -> Any:
        """What was too heavy was not kept."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_TOO_HEAVY)
        return file


class ReturnForm(forms.Form):
    """A rejection or a return, as the bank's page shows it."""

    on = forms.DateField(label="Date", initial=today, help_text="Celle du relevé ou de l'avis de la banque.")
    reason_code = forms.ChoiceField(label="Motif", choices=choices, required=False)
    reason_text = forms.CharField(
        label="Ce que la banque a écrit",
        max_length=500,
        required=False,
        help_text="La personne peut le lire. N'y écrivez aucun numéro de compte.",
    )
