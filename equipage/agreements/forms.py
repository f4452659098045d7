"""The forms of signing and ending."""

from __future__ import annotations

from django import forms

from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people.rules import check_secure_mail


def _secure_mail() -> forms.EmailField:
    return forms.EmailField(
        label="Votre adresse de messagerie sécurisée de santé",
        help_text="Elle finit le plus souvent par .mssante.fr. Elle est nécessaire pour faire partie de l'équipe.",
        error_messages={
            "required": "Indiquez votre adresse de messagerie sécurisée : votre Ordre ou Mailiz en ouvre une.",
            "invalid": "Écrivez une adresse complète, par exemple prenom.nom@pro.mssante.fr.",
        },
    )


class SignForm(forms.Form):
    """Consent, word for word, and the code received."""

    consent = forms.BooleanField(
        error_messages={"required": "Cochez la case : sans votre accord, rien n'est signé."},
    )
    code = forms.CharField(
        label="Code reçu par e-mail",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text="Six chiffres, valables dix minutes.",
        error_messages={"required": "Écrivez le code à six chiffres reçu par e-mail."},
    )

    def __init__(self, data: object = None, *, wording: str, asks_secure_mail: bool = False) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["consent"].label = wording
        if asks_secure_mail:
            self.fields = {"secure_mail": _secure_mail(), **self.fields}

    def clean_secure_mail(self) -> str:
        """An address of secure health mail, never an ordinary mailbox."""
        try:
            return check_secure_mail(self.cleaned_data["secure_mail"])
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def clean_code(self) -> str:
        """Spaces that people type between digits do not matter."""
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isdigit() and len(code) == 6):
            raise forms.ValidationError("Le code compte six chiffres, sans lettre.")
        return code


class EndForm(forms.Form):
    """From which day, and why."""

    on = forms.DateField(label="Fin de la convention (premier jour qui n'est plus couvert)", initial=today)
    reason = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez une phrase : elle sera lue par l'autre partie."},
    )


class CancelForm(forms.Form):
    """Why a convention that is not yet signed by both is cancelled."""

    reason = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez une phrase : elle sera lue par l'autre partie."},
    )
