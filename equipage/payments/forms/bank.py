"""The forms of bank details."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.fields import IbanField


class BankForm(forms.Form):
    """Whose account, and which. The association is asked only of a person whom several may pay."""

    organisation = forms.TypedChoiceField(label="Association qui vous verse", coerce=int)
    holder = forms.CharField(
        label="Titulaire du compte",
        max_length=70,
        help_text="Tel qu'il figure sur le RIB.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Écrivez le nom du titulaire, tel qu'il figure sur le RIB."},
    )
    iban = IbanField(
        label="IBAN",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Saisissez l'IBAN : 27 caractères qui commencent par FR, imprimés sur le RIB."},
    )

    def __init__(self, data: Any = None, *, organisations: list[Any], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["organisation"].choices = [(row.pk, row.name) for row in organisations]  # type: ignore[attr-defined]
        if len(organisations) == 1:
            del self.fields["organisation"]


class RefuseForm(forms.Form):
    """What the person must correct."""

    reason = forms.CharField(
        label="Ce qu'il faut corriger",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La personne lira cette phrase. N'y écrivez aucun numéro de compte.",
        error_messages={"required": "Écrivez une phrase : elle sera lue par la personne."},
    )
